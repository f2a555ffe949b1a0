"""Where things are: contraction, boxes, occupancy cells, and a ray's way through them.

* Unbounded space is contracted into a cube (Barron et al., "Mip-NeRF 360", CVPR 2022,
  eq. 10, with the maximum norm and one scale an axis): [-1, 1] of `half` around
  `centre` stays as it is, everything beyond shares the other half of the cube.
* A box is drawn larger than it is labelled, so that shadows travel with their object.
  What lies in the labelled box itself belongs to the object alone.
"""

import warp as wp

from nsg_core.kernels.launching import OPTIONS

HITS = 8
"""Boxes a ray may cross; of more, the nearest count."""
OBJECT_CELLS = 24
"""Cells along each edge of an object's occupancy grid."""
BLOCK = 4
"""Cells along each edge of a block of the coarse occupancy grid."""

vec8 = wp.types.vector(length=HITS, dtype=wp.float32)
vec8i = wp.types.vector(length=HITS, dtype=wp.int32)
Shares = wp.types.vector(length=1 + HITS, dtype=wp.float32)
"""What each owner adds to a ray: the background, then the boxes that it crosses."""

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
    """Optical depth under which a segment of an object is skipped."""
    ground_threshold: wp.float32
    """The same for the background."""


@wp.struct
class Boxes:
    """Placed boxes, one a row."""

    transforms: wp.array(dtype=wp.float32)
    """12 numbers a box: world to object, row-major [3 4]."""
    low: wp.array(dtype=wp.vec3)
    high: wp.array(dtype=wp.vec3)
    """Corners of the drawn region in the object's frame."""
    own_low: wp.array(dtype=wp.vec3)
    own_high: wp.array(dtype=wp.vec3)
    """Corners of the region that has no background."""
    steps: wp.array(dtype=wp.float32)
    instances: wp.array(dtype=wp.int32)


@wp.struct
class Lists:
    """Which boxes rays may meet: a list for each group of rays."""

    groups: wp.array(dtype=wp.int32)
    """The group of each ray."""
    starts: wp.array(dtype=wp.int32)
    """Where each group's list begins in `items`; one more: where the last one ends."""
    items: wp.array(dtype=wp.int32)
    """Rows of boxes, list after list."""


@wp.struct
class World:
    """All that a ray can pass, but for what it looks like."""

    space: Space
    boxes: Boxes
    grid: wp.array(dtype=wp.float32)
    """Densities of the background's cells."""
    coarse: wp.array(dtype=wp.float32)
    """The highest density in each block of cells."""
    object_grid: wp.array(dtype=wp.float32)
    """Densities of the objects' cells, instance after instance."""


@wp.struct
class Met:
    """What rays have met, to be written, a row a ray."""

    rgb: wp.array(dtype=wp.vec3)
    depth: wp.array(dtype=wp.float32)
    clear: wp.array(dtype=wp.float32)
    seen: wp.array(dtype=wp.int32)
    """Row of the box that adds most; -1: the background does."""


@wp.struct
class Hits:
    """The boxes that a ray crosses, in order of entry."""

    count: wp.int32
    near: vec8
    far: vec8
    own_near: vec8
    own_far: vec8
    box: vec8i


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
def crossing(o: wp.vec3, v: wp.vec3, low: wp.vec3, high: wp.vec3) -> wp.vec2:
    """Entry and exit of a ray and a box in the box's frame; missed: exit first."""
    x = slab(o[0], v[0], low[0], high[0])
    y = slab(o[1], v[1], low[1], high[1])
    z = slab(o[2], v[2], low[2], high[2])
    near = wp.max(wp.max(x[0], y[0]), wp.max(z[0], 0.0))
    return wp.vec2(near, wp.min(x[1], wp.min(y[1], z[1])))


@wp.func
def find_hits(
    boxes: Boxes, lists: Lists, ray: wp.int32, origin: wp.vec3, d: wp.vec3
) -> Hits:
    """The boxes of its list that a ray crosses, nearest first."""
    hits = Hits()
    group = lists.groups[ray]
    for i in range(lists.starts[group], lists.starts[group + 1]):
        box = lists.items[i]
        o = to_local(boxes, box, origin, 1.0)
        v = to_local(boxes, box, d, 0.0)
        drawn = crossing(o, v, boxes.low[box], boxes.high[box])
        if drawn[0] < drawn[1]:
            own = crossing(o, v, boxes.own_low[box], boxes.own_high[box])
            hits = insert(hits, box, drawn, own)
    return hits


@wp.func
def insert(hits: Hits, box: wp.int32, drawn: wp.vec2, own: wp.vec2) -> Hits:
    """With one more, by entry distance; the last of too many falls off.

    Warp hands structs over by value, so the changed copy must be returned.
    """
    k = int(hits.count)
    if k < HITS:
        hits.count = k + 1
    else:
        if hits.near[HITS - 1] <= drawn[0]:
            return hits
        k = HITS - 1
    while k > 0 and drawn[0] < hits.near[k - 1]:
        hits.near[k] = hits.near[k - 1]
        hits.far[k] = hits.far[k - 1]
        hits.own_near[k] = hits.own_near[k - 1]
        hits.own_far[k] = hits.own_far[k - 1]
        hits.box[k] = hits.box[k - 1]
        k = k - 1
    hits.near[k] = drawn[0]
    hits.far[k] = drawn[1]
    hits.own_near[k] = own[0]
    hits.own_far[k] = own[1]
    hits.box[k] = box
    return hits


@wp.func
def last_exit(hits: Hits) -> wp.float32:
    """Behind it there are no more boxes; 0 if there are none at all."""
    far = float(0.0)
    for k in range(hits.count):
        far = wp.max(far, hits.far[k])
    return far


@wp.func
def strongest(hits: Hits, shares: Shares) -> wp.int32:
    """The row of the box that adds most to a ray; -1: the background does."""
    best = int(-1)
    most = shares[0]
    for k in range(hits.count):
        if shares[1 + k] > most:
            most = shares[1 + k]
            best = hits.box[k]
    return best


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
    """A world point in the unit cube of a drawn region."""
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
