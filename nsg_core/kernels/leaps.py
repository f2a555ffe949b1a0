"""Over what is empty along a ray, at once: in the open, and within a box.

What `walk` does step by step ends at the same places; here it is in C, since most of a
ray's way is through nothing.
"""

import warp as wp

from nsg_core.kernels.launching import OPTIONS
from nsg_core.kernels.space import BLOCK, OBJECT_CELLS, Hits, World, to_local

wp.set_module_options(OPTIONS)

NOWHERE = wp.constant(wp.float32(3.0e38))


@wp.func
def open_until(hits: Hits, t: wp.float32) -> wp.float32:
    """Up to where there is nothing but background; t itself within a box."""
    face = float(NOWHERE)
    for k in range(hits.count):
        if t < hits.near[k]:
            face = wp.min(face, hits.near[k])
        elif t < hits.far[k]:
            face = t
    return face


@wp.func
def plain_until(hits: Hits, t: wp.float32) -> wp.float32:
    """As `open_until`, and outside of labelled boxes, wherever their objects end."""
    face = open_until(hits, t)
    for k in range(hits.count):
        if hits.own_near[k] < hits.own_far[k] and t < hits.own_far[k]:
            face = wp.min(face, wp.max(t, hits.own_near[k]))
    return face


# The step, the contraction and the look-up of `step_at`, `contract` and `cell_of`, with
# the coarse grid before the fine one, which does not fit into a processor's nearer
# caches. On the CPU eight steps are looked up side by side, in vector instructions.
@wp.func_native(
    f"""
#if defined(__CUDA_ARCH__)
    const int WIDTH = 1;
#else
    const int WIDTH = 8;
#endif
    const float ax = (o[0] - centre[0]) / half[0], bx = d[0] / half[0];
    const float ay = (o[1] - centre[1]) / half[1], by = d[1] / half[1];
    const float az = (o[2] - centre[2]) / half[2], bz = d[2] / half[2];
    const int nx = cells[0], ny = cells[1], nz = cells[2];
    const int my = (ny + {BLOCK - 1}) / {BLOCK}, mz = (nz + {BLOCK - 1}) / {BLOCK};
    const float sx = 0.25f * nx, sy = 0.25f * ny, sz = 0.25f * nz;
    const float end = far < until ? far : until;
    while (true) {{
        float begin[WIDTH + 1], highest[WIDTH];
        int cell[WIDTH];
        begin[0] = t;
        for (int k = 0; k < WIDTH; ++k) {{
            const float dt = cone * begin[k];
            begin[k + 1] = begin[k] + (dt > smallest ? dt : smallest);
        }}
        for (int k = 0; k < WIDTH; ++k) {{
            const float at = begin[k] + (begin[k + 1] - begin[k]) * jitter;
            float u = ax + bx * at, v = ay + by * at, w = az + bz * at;
            float m = fabsf(u) > fabsf(v) ? fabsf(u) : fabsf(v);
            m = m > fabsf(w) ? m : fabsf(w);
            const float r = 1.f / (m > 1.f ? m : 1.f);
            const float s = (2.f - r) * r;
            int x = (int)((u * s + 2.f) * sx);
            int y = (int)((v * s + 2.f) * sy);
            int z = (int)((w * s + 2.f) * sz);
            x = x < 0 ? 0 : x >= nx ? nx - 1 : x;
            y = y < 0 ? 0 : y >= ny ? ny - 1 : y;
            z = z < 0 ? 0 : z >= nz ? nz - 1 : z;
            cell[k] = (x * ny + y) * nz + z;
            const int block = (x / {BLOCK} * my + y / {BLOCK}) * mz + z / {BLOCK};
            highest[k] = coarse.data[block] * (begin[k + 1] - begin[k]);
        }}
        bool stop = begin[WIDTH] > end;
        for (int k = 0; k < WIDTH; ++k) stop |= highest[k] > threshold;
        if (stop)
            for (int k = 0; k < WIDTH; ++k) {{
                if (begin[k] >= far || begin[k + 1] > until) return begin[k];
                const float dt = begin[k + 1] - begin[k];
                if (highest[k] > threshold && grid.data[cell[k]] * dt > threshold)
                    return begin[k];
            }}
        t = begin[WIDTH];
    }}
"""
)
def leap(
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
) -> wp.float32:
    """From t, step by step, to the first segment that is occupied or meets a face."""
    ...


@wp.func
def alone_in(hits: Hits, t: wp.float32) -> wp.int32:
    """Which of its boxes a point of a ray is in; -1: in none, or in more than one."""
    found = int(-1)
    for k in range(hits.count):
        if t >= hits.near[k] and t < hits.far[k]:
            if found >= 0:
                return -1
            found = k
    return found


# The steps of `walk.step_at`; ends where the grid of the object or, outside of what is
# the object's own, that of the background promises something.
@wp.func_native(
    f"const int n = {OBJECT_CELLS};"
    + """
    const float ax = (o[0] - centre[0]) / half[0], bx = d[0] / half[0];
    const float ay = (o[1] - centre[1]) / half[1], by = d[1] / half[1];
    const float az = (o[2] - centre[2]) / half[2], bz = d[2] / half[2];
    const float* own_cells = object_grid.data + (size_t)instance * n * n * n;
    while (true) {
        float dt = cone * t;
        dt = dt > smallest ? dt : smallest;
        dt = dt < step ? dt : step;
        dt = dt < until - t ? dt : until - t;
        if (dt < 1e-4f + 1e-6f * t) return t;
        const float at = t + dt * jitter;
        int x = (int)((u[0] + v[0] * at) * n);
        int y = (int)((u[1] + v[1] * at) * n);
        int z = (int)((u[2] + v[2] * at) * n);
        x = x < 0 ? 0 : x >= n ? n - 1 : x;
        y = y < 0 ? 0 : y >= n ? n - 1 : y;
        z = z < 0 ? 0 : z >= n ? n - 1 : z;
        if (own_cells[(x * n + y) * n + z] * dt > threshold) return t;
        if (at <= own_near || at >= own_far) {
            const float p = ax + bx * at, q = ay + by * at, w = az + bz * at;
            float m = fabsf(p) > fabsf(q) ? fabsf(p) : fabsf(q);
            m = m > fabsf(w) ? m : fabsf(w);
            const float r = 1.f / (m > 1.f ? m : 1.f);
            const float s = 0.25f * (2.f - r) * r;
            const int nx = cells[0], ny = cells[1], nz = cells[2];
            x = (int)((p * s + 0.5f) * nx);
            y = (int)((q * s + 0.5f) * ny);
            z = (int)((w * s + 0.5f) * nz);
            x = x < 0 ? 0 : x >= nx ? nx - 1 : x;
            y = y < 0 ? 0 : y >= ny ? ny - 1 : y;
            z = z < 0 ? 0 : z >= nz ? nz - 1 : z;
            if (grid.data[(x * ny + y) * nz + z] * dt > ground_threshold) return t;
        }
        t += dt;
    }
"""
)
def _leap_inside(
    t: wp.float32,
    until: wp.float32,
    step: wp.float32,
    own_near: wp.float32,
    own_far: wp.float32,
    instance: wp.int32,
    u: wp.vec3,
    v: wp.vec3,
    o: wp.vec3,
    d: wp.vec3,
    jitter: wp.float32,
    centre: wp.vec3,
    half: wp.vec3,
    cells: wp.vec3i,
    cone: wp.float32,
    smallest: wp.float32,
    threshold: wp.float32,
    ground_threshold: wp.float32,
    grid: wp.array(dtype=wp.float32),
    object_grid: wp.array(dtype=wp.float32),
) -> wp.float32: ...


@wp.func
def leap_inside(
    world: World,
    hits: Hits,
    k: wp.int32,
    o: wp.vec3,
    d: wp.vec3,
    jitter: wp.float32,
    t: wp.float32,
) -> wp.float32:
    """From t in the ray's k-th box, and in no other, to what may not be empty there."""
    box = hits.box[k]
    until = wp.min(hits.far[k], world.space.far)
    for other in range(hits.count):
        if t < hits.near[other]:
            until = wp.min(until, hits.near[other])
    low = world.boxes.low[box]
    size = world.boxes.high[box] - low
    return _leap_inside(
        t,
        until,
        world.boxes.steps[box],
        hits.own_near[k],
        hits.own_far[k],
        world.boxes.instances[box],
        wp.cw_div(to_local(world.boxes, box, o, 1.0) - low, size),
        wp.cw_div(to_local(world.boxes, box, d, 0.0), size),
        o,
        d,
        jitter,
        world.space.centre,
        world.space.half,
        world.space.cells,
        world.space.cone,
        world.space.smallest,
        world.space.threshold,
        world.space.ground_threshold,
        world.grid,
        world.object_grid,
    )
