"""The display kernel: from a ray to colour, depth, opacity and object in one go.

It marches as training does (`space`), evaluates fields on the spot, stops when nothing
behind can be seen, and asks for a colour only where a sample can contribute.
"""

import warp as wp

from nsg_core.kernels.field import colour, density, geometry
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
    vec8,
)

wp.set_module_options(OPTIONS)

OPAQUE = wp.constant(wp.float32(2.0e-3))
"""A ray ends when less light than this comes from behind."""
UNSEEN = wp.constant(wp.float32(1.0e-3))
"""A sample that adds less than this is not worth a colour."""


@wp.struct
class FieldData:
    """One hash-grid field: table, scales of its levels, weights."""

    table: wp.array(dtype=wp.float32)
    scales: wp.array(dtype=wp.float32)
    mask: wp.uint32
    weights: wp.array(dtype=wp.float32)


@wp.kernel
def display_kernel(
    first: wp.int32,
    space: Space,
    boxes: Boxes,
    background: FieldData,
    objects: FieldData,
    origins: wp.array(dtype=wp.vec3),
    directions: wp.array(dtype=wp.vec3),
    frames: wp.array(dtype=wp.int32),
    jitter: wp.float32,
    grid: wp.array(dtype=wp.float32),
    object_grid: wp.array(dtype=wp.float32),
    with_background: wp.bool,
    rgb: wp.array(dtype=wp.vec3),
    depth: wp.array(dtype=wp.float32),
    clear: wp.array(dtype=wp.float32),
    seen: wp.array(dtype=wp.int32),
):
    """`seen` is the column of the object that contributes most, or -1."""
    i = first + wp.tid()
    o = origins[i]
    d = directions[i]
    frame = frames[i]
    hits = find_hits(boxes, frame, o, d)
    shares = vec8()
    ground = float(0.0)
    c = wp.vec3(0.0, 0.0, 0.0)
    z = float(0.0)
    T = float(1.0)
    t = space.near
    while t < space.far and T > OPAQUE:
        dt = step_at(space, boxes, frame, hits, t)
        ts = t + dt * jitter
        p = o + d * ts
        if with_background:
            q = contract(space, p)
            if grid[cell_of(q, space.cells)] * dt > space.threshold:
                geo = geometry(
                    background.table,
                    background.scales,
                    background.mask,
                    background.weights,
                    -1,
                    q[0],
                    q[1],
                    q[2],
                )
                w = T * (1.0 - wp.exp(-density(geo) * dt))
                if w > UNSEEN:
                    c = c + w * colour(background.weights, geo, d[0], d[1], d[2])
                    z = z + w * ts
                    ground = ground + w
                    T = T - w
        for h in range(hits.count):
            middle = t + 0.5 * dt
            if middle > hits.near[h] and middle < hits.far[h]:
                instance = boxes.instances[hits.object[h]]
                box = frame * boxes.objects + hits.object[h]
                u = unit_in_box(boxes, box, p)
                if object_grid[object_cell(instance, u)] * dt > space.threshold:
                    geo = geometry(
                        objects.table,
                        objects.scales,
                        objects.mask,
                        objects.weights,
                        instance,
                        u[0],
                        u[1],
                        u[2],
                    )
                    w = T * (1.0 - wp.exp(-density(geo) * dt))
                    if w > UNSEEN:
                        v = to_local(boxes, box, d, 0.0)
                        c = c + w * colour(objects.weights, geo, v[0], v[1], v[2])
                        z = z + w * ts
                        shares[h] = shares[h] + w
                        T = T - w
        t = t + dt
    best = int(-1)
    most = ground
    for h in range(hits.count):
        if shares[h] > most:
            most = shares[h]
            best = hits.object[h]
    rgb[i] = c
    depth[i] = z
    clear[i] = T
    seen[i] = best
