"""Where rays go: contraction, occupancy, boxes and the steps between samples.

One march serves training and display, so what is trained is what is shown:

* A step is `max(smallest, cone * t)` long, so samples are as far apart as pixels are
  wide, times a constant; inside a box it is at most that object's own step. Steps end
  at the faces of boxes, so a segment is inside or outside of each box as a whole.
* Unbounded space is contracted into a cube (Barron et al., "Mip-NeRF 360", CVPR 2022,
  eq. 10, with the maximum norm and one scale an axis): [-1, 1] of `half` around
  `centre` stays as it is, everything beyond shares the other half of the cube.
* A segment is skipped where the occupancy grid's density promises an optical depth
  under `threshold`. Grids hold densities rather than bits, so the same grid serves
  every step length.
"""

import warp as wp

from nsg_core.kernels.launching import OPTIONS

HITS = 8
"""Boxes a ray may cross; of more, the nearest count."""
OBJECT_CELLS = 24
"""Cells along each edge of an object's occupancy grid."""

vec8 = wp.types.vector(length=HITS, dtype=wp.float32)
vec8i = wp.types.vector(length=HITS, dtype=wp.int32)

wp.set_module_options(OPTIONS)


@wp.struct
class Space:
    """How to march through a scene; lengths in metres."""

    centre: wp.vec3
    half: wp.vec3
    cells: wp.vec3i
    near: wp.float32
    far: wp.float32
    cone: wp.float32
    smallest: wp.float32
    threshold: wp.float32


@wp.struct
class Boxes:
    """Placed boxes, [frames * objects] each but for `instances` [objects]."""

    objects: wp.int32
    transforms: wp.array(dtype=wp.float32)
    """12 numbers a box: world to object, row-major [3 4]."""
    low: wp.array(dtype=wp.vec3)
    high: wp.array(dtype=wp.vec3)
    """Corners of the enlarged box in the object's frame; equal: not there."""
    steps: wp.array(dtype=wp.float32)
    instances: wp.array(dtype=wp.int32)


@wp.struct
class Hits:
    """The boxes that a ray crosses, in order of entry."""

    count: wp.int32
    near: vec8
    far: vec8
    object: vec8i


@wp.func
def to_local(boxes: Boxes, box: wp.int32, p: wp.vec3, w: wp.float32) -> wp.vec3:
    """A point (w = 1) or direction (w = 0) in a box's frame."""
    b = box * 12
    m = boxes.transforms
    return wp.vec3(
        m[b] * p[0] + m[b + 1] * p[1] + m[b + 2] * p[2] + m[b + 3] * w,
        m[b + 4] * p[0] + m[b + 5] * p[1] + m[b + 6] * p[2] + m[b + 7] * w,
        m[b + 8] * p[0] + m[b + 9] * p[1] + m[b + 10] * p[2] + m[b + 11] * w,
    )


@wp.func
def slab(
    origin: wp.float32, direction: wp.float32, low: wp.float32, high: wp.float32
) -> wp.vec2:
    """Where a ray is between two planes: entry and exit."""
    d = direction
    if wp.abs(d) < 1.0e-12:
        d = 1.0e-12
    a = (low - origin) / d
    b = (high - origin) / d
    return wp.vec2(wp.min(a, b), wp.max(a, b))


@wp.func
def find_hits(boxes: Boxes, frame: wp.int32, origin: wp.vec3, d: wp.vec3) -> Hits:
    """The boxes that a ray crosses, nearest first."""
    hits = Hits()
    for j in range(boxes.objects):
        box = frame * boxes.objects + j
        low = boxes.low[box]
        high = boxes.high[box]
        if low[0] < high[0]:
            o = to_local(boxes, box, origin, 1.0)
            v = to_local(boxes, box, d, 0.0)
            x = slab(o[0], v[0], low[0], high[0])
            y = slab(o[1], v[1], low[1], high[1])
            z = slab(o[2], v[2], low[2], high[2])
            near = wp.max(wp.max(x[0], y[0]), wp.max(z[0], 0.0))
            far = wp.min(x[1], wp.min(y[1], z[1]))
            if near < far:
                hits = insert(hits, j, near, far)
    return hits


@wp.func
def insert(hits: Hits, j: wp.int32, near: wp.float32, far: wp.float32) -> Hits:
    """With one more, by entry distance; the last of too many falls off.

    Warp hands structs over by value, so the changed copy must be returned.
    """
    n = near
    f = far
    o = j
    for k in range(HITS):
        if k < hits.count:
            if n < hits.near[k]:
                n2 = hits.near[k]
                f2 = hits.far[k]
                o2 = hits.object[k]
                hits.near[k] = n
                hits.far[k] = f
                hits.object[k] = o
                n = n2
                f = f2
                o = o2
    if hits.count < HITS:
        hits.near[hits.count] = n
        hits.far[hits.count] = f
        hits.object[hits.count] = o
        hits.count = hits.count + 1
    return hits


@wp.func
def step_at(
    space: Space, boxes: Boxes, frame: wp.int32, hits: Hits, t: wp.float32
) -> wp.float32:
    """Length of the segment that begins at t."""
    dt = wp.max(space.smallest, space.cone * t)
    for k in range(hits.count):
        if t < hits.near[k]:
            dt = wp.min(dt, hits.near[k] - t)
        elif t < hits.far[k]:
            dt = wp.min(dt, boxes.steps[frame * boxes.objects + hits.object[k]])
            dt = wp.min(dt, hits.far[k] - t)
    # Rounding must not stop the march at a face.
    return wp.max(dt, 1.0e-4 + 1.0e-6 * t)


@wp.func
def contract(space: Space, p: wp.vec3) -> wp.vec3:
    """A world point in the unit cube."""
    u = wp.cw_div(p - space.centre, space.half)
    m = wp.max(wp.abs(u[0]), wp.max(wp.abs(u[1]), wp.abs(u[2])))
    if m > 1.0:
        u = u * ((2.0 - 1.0 / m) / m)
    return (u + wp.vec3(2.0, 2.0, 2.0)) * 0.25


@wp.func
def cell_of(q: wp.vec3, cells: wp.vec3i) -> wp.int32:
    """Index of the grid cell of a point of the unit cube."""
    x = wp.clamp(wp.int32(q[0] * wp.float32(cells[0])), 0, cells[0] - 1)
    y = wp.clamp(wp.int32(q[1] * wp.float32(cells[1])), 0, cells[1] - 1)
    z = wp.clamp(wp.int32(q[2] * wp.float32(cells[2])), 0, cells[2] - 1)
    return (x * cells[1] + y) * cells[2] + z


@wp.func
def unit_in_box(boxes: Boxes, box: wp.int32, p: wp.vec3) -> wp.vec3:
    """A world point in the unit cube of an enlarged box."""
    local = to_local(boxes, box, p, 1.0)
    q = wp.cw_div(local - boxes.low[box], boxes.high[box] - boxes.low[box])
    return wp.vec3(
        wp.clamp(q[0], 0.0, 1.0), wp.clamp(q[1], 0.0, 1.0), wp.clamp(q[2], 0.0, 1.0)
    )


@wp.func
def object_cell(instance: wp.int32, q: wp.vec3) -> wp.int32:
    """Index of an object's occupancy cell."""
    cells = wp.vec3i(OBJECT_CELLS, OBJECT_CELLS, OBJECT_CELLS)
    return instance * OBJECT_CELLS * OBJECT_CELLS * OBJECT_CELLS + cell_of(q, cells)


@wp.kernel
def march_kernel(
    first: wp.int32,
    space: Space,
    boxes: Boxes,
    origins: wp.array(dtype=wp.vec3),
    directions: wp.array(dtype=wp.vec3),
    frames: wp.array(dtype=wp.int32),
    jitter: wp.array(dtype=wp.float32),
    grid: wp.array(dtype=wp.float32),
    object_grid: wp.array(dtype=wp.float32),
    limit: wp.int32,
    write: wp.bool,
    offsets: wp.array(dtype=wp.int32),
    counts: wp.array(dtype=wp.int32),
    out_ray: wp.array(dtype=wp.int32),
    out_instance: wp.array(dtype=wp.int32),
    out_t: wp.array(dtype=wp.float32),
    out_dt: wp.array(dtype=wp.float32),
    out_position: wp.array(dtype=wp.vec3),
    out_direction: wp.array(dtype=wp.vec3),
):
    """Samples of rays for training, packed ray after ray.

    The first pass (`write` false) counts them; the second writes them at `offsets`.
    """
    i = first + wp.tid()
    o = origins[i]
    d = directions[i]
    frame = frames[i]
    hits = find_hits(boxes, frame, o, d)
    t = space.near
    count = int(0)
    while t < space.far and count < limit:
        dt = step_at(space, boxes, frame, hits, t)
        ts = t + dt * jitter[i]
        p = o + d * ts
        q = contract(space, p)
        tau = grid[cell_of(q, space.cells)] * dt
        if tau > space.threshold:
            if write:
                k = offsets[i] + count
                out_ray[k] = i
                out_instance[k] = -1
                out_t[k] = ts
                out_dt[k] = dt
                out_position[k] = q
                out_direction[k] = d
            count = count + 1
        for h in range(hits.count):
            if t + 0.5 * dt > hits.near[h] and t + 0.5 * dt < hits.far[h]:
                instance = boxes.instances[hits.object[h]]
                box = frame * boxes.objects + hits.object[h]
                u = unit_in_box(boxes, box, p)
                tau_o = object_grid[object_cell(instance, u)] * dt
                if tau_o > space.threshold and count < limit:
                    if write:
                        k = offsets[i] + count
                        out_ray[k] = i
                        out_instance[k] = instance
                        out_t[k] = ts
                        out_dt[k] = dt
                        out_position[k] = u
                        out_direction[k] = to_local(boxes, box, d, 0.0)
                    count = count + 1
        t = t + dt
    counts[i] = count
