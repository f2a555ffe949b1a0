"""A few samples of a ray side by side, for display on the CPU.

One sample at a time waits: for entries of the table, which lie beyond a core's caches,
and for sums that wait for themselves. So a ray lays its next samples on a desk before
it looks at any. Each asks for its entries as soon as it lies there; when the last one
does, most have come. Then all go through the networks together (`team`).

A desk belongs to a thread (`launching.launch_seats`). Samples lie there in order of
distance, as they come from `walk.next_sample`.
"""

import warp as wp

from nsg_core.kernels.launching import OPTIONS
from nsg_core.kernels.snippets import PLACES, VECTORS
from nsg_core.kernels.space import BLOCK, Hits, World
from nsg_core.kernels.walk import Sample, plain_until

wp.set_module_options(OPTIONS)

LANES = 4
"""Samples on a desk. More would often lie there in vain, behind the ray's end."""
DESK = LANES * 154
"""Floats of a desk, see `LAYOUT`."""

LAYOUT = f"""
    const int LANES = {LANES};
    typedef unsigned places_t[64];
    typedef float shares_t[64];
    typedef float numbers_t[16];
    typedef float way_t[4];
    float* const top = desk.data + (size_t)seat * {DESK};
    places_t* const places = (places_t*)top;
    shares_t* const shares = (shares_t*)(top + LANES * 64);
    numbers_t* const numbers = (numbers_t*)(top + LANES * 128);
    way_t* const ways = (way_t*)(top + LANES * 144);
    int* const owners = (int*)(top + LANES * 148);
    float* const lengths = top + LANES * 149;
    float* const middles = top + LANES * 150;
    float* const added = top + LANES * 151;
    int* const count = (int*)(top + LANES * 152);
"""
"""Of each lane: where its entries lie in the table, in bytes, and their shares [corner
level]; the sixteen numbers of `field.geometry`; the direction; whose it is; length and
middle of its segment; what it adds to the ray. And how many lanes are taken."""

# Wants `lane`, `rows`, `w`, `dt`, `at`, `owner` and a direction `dx, dy, dz`. A coarse
# level's entries serve many samples, so they are at hand.
_LAY = """
    for (int c = 0; c < 8; ++c) {
        for (int l = 0; l < 8; ++l)
            places[lane][c * 8 + l] = (rows[c][l] + l * (mask + 1u)) * 8u;
        *(v8*)(shares[lane] + c * 8) = *(v8*)w[c];
    }
    for (int c = 0; c < 8; ++c)
        for (int l = 2; l < 8; ++l)
            __builtin_prefetch((const char*)table.data + places[lane][c * 8 + l]);
    ways[lane][0] = dx; ways[lane][1] = dy; ways[lane][2] = dz;
    owners[lane] = owner;
    lengths[lane] = dt;
    middles[lane] = at;
"""


@wp.struct
class DeskField:
    """A field as `field.FieldData`, its table in sixteen bits a number."""

    table: wp.array(dtype=wp.int16)
    units: wp.array(dtype=wp.float32)
    """What a 1 in the table means, at each level."""
    scales: wp.array(dtype=wp.float32)
    mask: wp.uint32
    weights: wp.array(dtype=wp.float32)


@wp.func_native(VECTORS + LAYOUT + PLACES + _LAY)
def _lay(
    table: wp.array(dtype=wp.int16),
    scales: wp.array(dtype=wp.float32),
    mask: wp.uint32,
    owner: wp.int32,
    instance: wp.int32,
    x: wp.float32,
    y: wp.float32,
    z: wp.float32,
    dx: wp.float32,
    dy: wp.float32,
    dz: wp.float32,
    dt: wp.float32,
    at: wp.float32,
    lane: wp.int32,
    seat: wp.int32,
    desk: wp.array(dtype=wp.float32),
): ...


@wp.func
def lay(
    field: DeskField,
    s: Sample,
    lane: wp.int32,
    seat: wp.int32,
    desk: wp.array(dtype=wp.float32),
):
    """Put a sample of a field into a lane."""
    p = s.position
    d = s.direction
    _lay(
        field.table,
        field.scales,
        field.mask,
        s.owner,
        s.instance,
        p[0],
        p[1],
        p[2],
        d[0],
        d[1],
        d[2],
        s.dt,
        s.at,
        lane,
        seat,
        desk,
    )


# `walk.leap`, but for what it does where it finds something.
@wp.func_native(
    VECTORS
    + LAYOUT
    + f"const int BLOCK = {BLOCK};"
    + """
    const int WIDTH = 8;
    const float dx = d[0], dy = d[1], dz = d[2];
    const float ax = (o[0] - centre[0]) / half[0], bx = dx / half[0];
    const float ay = (o[1] - centre[1]) / half[1], by = dy / half[1];
    const float az = (o[2] - centre[2]) / half[2], bz = dz / half[2];
    const int nx = cells[0], ny = cells[1], nz = cells[2];
    const int my = (ny + BLOCK - 1) / BLOCK, mz = (nz + BLOCK - 1) / BLOCK;
    const float end = far < until ? far : until;
    int lane = start;
    while (true) {
        float begin[WIDTH + 1], highest[WIDTH], xs[WIDTH], ys[WIDTH], zs[WIDTH];
        int cell[WIDTH];
        begin[0] = t;
        for (int k = 0; k < WIDTH; ++k) {
            const float dt = cone * begin[k];
            begin[k + 1] = begin[k] + (dt > smallest ? dt : smallest);
        }
        for (int k = 0; k < WIDTH; ++k) {
            const float at = begin[k] + (begin[k + 1] - begin[k]) * jitter;
            float u = ax + bx * at, v = ay + by * at, w = az + bz * at;
            float m = fabsf(u) > fabsf(v) ? fabsf(u) : fabsf(v);
            m = m > fabsf(w) ? m : fabsf(w);
            const float r = 1.f / (m > 1.f ? m : 1.f);
            const float s = 0.25f * (2.f - r) * r;
            xs[k] = u * s + 0.5f; ys[k] = v * s + 0.5f; zs[k] = w * s + 0.5f;
            int i = (int)(xs[k] * nx), j = (int)(ys[k] * ny), h = (int)(zs[k] * nz);
            i = i < 0 ? 0 : i >= nx ? nx - 1 : i;
            j = j < 0 ? 0 : j >= ny ? ny - 1 : j;
            h = h < 0 ? 0 : h >= nz ? nz - 1 : h;
            cell[k] = (i * ny + j) * nz + h;
            const int block = (i / BLOCK * my + j / BLOCK) * mz + h / BLOCK;
            highest[k] = coarse.data[block] * (begin[k + 1] - begin[k]);
        }
        bool stop = begin[WIDTH] > end;
        for (int k = 0; k < WIDTH; ++k) stop |= highest[k] > threshold;
        if (stop)
            _Pragma("clang loop unroll(disable)")
            for (int k = 0; k < WIDTH; ++k) {
                if (lane == LANES || begin[k] >= far || begin[k + 1] > until) {
                    *count = lane;
                    return begin[k];
                }
                const float dt = begin[k + 1] - begin[k], at = begin[k] + dt * jitter;
                if (highest[k] > threshold && grid.data[cell[k]] * dt > threshold) {
                    const float x = xs[k], y = ys[k], z = zs[k];
                    const int instance = -1, owner = 0;
"""
    + PLACES
    + _LAY
    + """
                    ++lane;
                }
            }
        t = begin[WIDTH];
    }
"""
)
def _lay_ahead(
    t: wp.float32,
    until: wp.float32,
    o: wp.vec3,
    d: wp.vec3,
    jitter: wp.float32,
    centre: wp.vec3,
    half: wp.vec3,
    cells: wp.vec3i,
    far: wp.float32,
    cone: wp.float32,
    smallest: wp.float32,
    threshold: wp.float32,
    grid: wp.array(dtype=wp.float32),
    coarse: wp.array(dtype=wp.float32),
    table: wp.array(dtype=wp.int16),
    scales: wp.array(dtype=wp.float32),
    mask: wp.uint32,
    start: wp.int32,
    seat: wp.int32,
    desk: wp.array(dtype=wp.float32),
) -> wp.float32: ...


@wp.func
def lay_ahead(
    world: World,
    field: DeskField,
    hits: Hits,
    o: wp.vec3,
    d: wp.vec3,
    jitter: wp.float32,
    t: wp.float32,
    start: wp.int32,
    seat: wp.int32,
    desk: wp.array(dtype=wp.float32),
) -> wp.float32:
    """Put the background's samples from t on into the lanes from `start` on.

    Ends where no lane is left, at the face of a box, or at the end of the world, and
    says where that is. `laid` says how many lanes are taken.
    """
    return _lay_ahead(
        t,
        plain_until(hits, t),
        o,
        d,
        jitter,
        world.space.centre,
        world.space.half,
        world.space.cells,
        world.space.far,
        world.space.cone,
        world.space.smallest,
        world.space.ground_threshold,
        world.grid,
        world.coarse,
        field.table,
        field.scales,
        field.mask,
        start,
        seat,
        desk,
    )


@wp.func_native(LAYOUT + "return *count;")
def laid(seat: wp.int32, desk: wp.array(dtype=wp.float32)) -> wp.int32:
    """How many lanes are taken since the last `lay_ahead`."""
    ...


@wp.func_native(LAYOUT + "return owners[lane];")
def owner_at(
    lane: wp.int32, seat: wp.int32, desk: wp.array(dtype=wp.float32)
) -> wp.int32:
    """Whose the sample in a lane is, see `walk.Sample`."""
    ...


@wp.func_native(LAYOUT + "return added[lane];")
def added_by(
    lane: wp.int32, seat: wp.int32, desk: wp.array(dtype=wp.float32)
) -> wp.float32:
    """What the sample in a lane adds to its ray, once `team.weigh` has found it."""
    ...
