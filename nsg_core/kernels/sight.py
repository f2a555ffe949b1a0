"""The march of training once geometry is known: only samples that light passes.

Occupancy grids promise the highest density that a cell ever showed, so a ray that
believes them goes through several times the samples that matter. Looking densities up
while marching costs a fraction of training on a sample, ends each ray where it is truly
opaque, and leaves out what has no weight.
"""

import warp as wp

from nsg_core.kernels.display import FieldData
from nsg_core.kernels.field import density, geometry
from nsg_core.kernels.launching import OPTIONS
from nsg_core.kernels.space import (
    Boxes,
    Space,
    cell_of,
    contract,
    find_hits,
    object_cell,
    step_at,
    to_local,
    unit_in_box,
)
from nsg_core.kernels.volume import INSIGNIFICANT

wp.set_module_options(OPTIONS)

DARK = wp.constant(wp.float32(1.0e-3))
"""A ray ends when less light than this comes from behind."""


@wp.func
def optical_depth(
    field: FieldData, instance: wp.int32, q: wp.vec3, dt: wp.float32
) -> wp.float32:
    """Of a segment, from the density at its sample."""
    geo = geometry(
        field.table,
        field.scales,
        field.mask,
        field.weights,
        instance,
        q[0],
        q[1],
        q[2],
    )
    return density(geo) * dt


@wp.kernel
def sight_kernel(
    first: wp.int32,
    space: Space,
    boxes: Boxes,
    background: FieldData,
    objects: FieldData,
    origins: wp.array(dtype=wp.vec3),
    directions: wp.array(dtype=wp.vec3),
    frames: wp.array(dtype=wp.int32),
    jitter: wp.array(dtype=wp.float32),
    grid: wp.array(dtype=wp.float32),
    object_grid: wp.array(dtype=wp.float32),
    room: wp.int32,
    counts: wp.array(dtype=wp.int32),
    out_instance: wp.array(dtype=wp.int32),
    out_t: wp.array(dtype=wp.float32),
    out_dt: wp.array(dtype=wp.float32),
    out_position: wp.array(dtype=wp.vec3),
    out_direction: wp.array(dtype=wp.vec3),
):
    """Up to `room` samples a ray, at rows ``ray * room`` and on."""
    i = first + wp.tid()
    o = origins[i]
    d = directions[i]
    frame = frames[i]
    hits = find_hits(boxes, frame, o, d)
    t = space.near
    T = float(1.0)
    count = int(0)
    while t < space.far and T > DARK and count < room:
        dt = step_at(space, boxes, frame, hits, t)
        ts = t + dt * jitter[i]
        p = o + d * ts
        q = contract(space, p)
        if grid[cell_of(q, space.cells)] * dt > space.threshold:
            after = T * wp.exp(-optical_depth(background, -1, q, dt))
            if T - after > INSIGNIFICANT:
                k = i * room + count
                out_instance[k] = -1
                out_t[k] = ts
                out_dt[k] = dt
                out_position[k] = q
                out_direction[k] = d
                count = count + 1
                T = after
        for h in range(hits.count):
            middle = t + 0.5 * dt
            if middle > hits.near[h] and middle < hits.far[h] and count < room:
                instance = boxes.instances[hits.object[h]]
                box = frame * boxes.objects + hits.object[h]
                u = unit_in_box(boxes, box, p)
                if object_grid[object_cell(instance, u)] * dt > space.threshold:
                    after = T * wp.exp(-optical_depth(objects, instance, u, dt))
                    if T - after > INSIGNIFICANT:
                        k = i * room + count
                        out_instance[k] = instance
                        out_t[k] = ts
                        out_dt[k] = dt
                        out_position[k] = u
                        out_direction[k] = to_local(boxes, box, d, 0.0)
                        count = count + 1
                        T = after
        t = t + dt
    counts[i] = count
