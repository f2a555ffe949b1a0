"""A ray's way from sample to sample: one walk for training and for display.

So what is trained is what is shown:

* A step is `max(smallest, cone * t)` long, so samples are as far apart as pixels are
  wide, times a constant; inside a box it is at most that object's own step. Steps end
  at the faces of boxes, so a segment is inside or outside of each box as a whole.
* A segment is skipped where the occupancy grid's density promises an optical depth
  under the threshold. Grids hold densities rather than bits, so the same grid serves
  every step length.
* In a labelled box there is no background: otherwise what never moved would be learnt
  twice, and a ghost of it would stay behind when it is moved.
"""

import warp as wp

from nsg_core.kernels.launching import OPTIONS
from nsg_core.kernels.space import (
    BLOCK,
    Hits,
    Lists,
    World,
    cell_of,
    contract,
    find_hits,
    object_cell,
    to_local,
    unit_in_box,
)

wp.set_module_options(OPTIONS)

NOWHERE = wp.constant(wp.float32(3.0e38))


@wp.struct
class Sample:
    """Where a ray has come to."""

    t: wp.float32
    """Where the segment begins; at or beyond `far`: there is no further sample."""
    dt: wp.float32
    at: wp.float32
    """Where in the segment the sample is."""
    promised: wp.float32
    """Optical depth of the segment by the background's occupancy grid."""
    owner: wp.int32
    """0: the background; k: the ray's k-th box."""
    instance: wp.int32
    """-1: the background."""
    position: wp.vec3
    """In the unit cube of its field."""
    direction: wp.vec3
    """The ray's, in the frame of its field."""


@wp.func
def set_out(world: World, hits: Hits) -> Sample:
    """At the beginning of a ray, before its first sample."""
    sample = Sample()
    sample.t = world.space.near
    sample.owner = hits.count
    return sample


@wp.func
def step_at(world: World, hits: Hits, t: wp.float32) -> wp.float32:
    """Length of the segment that begins at t."""
    dt = wp.max(world.space.smallest, world.space.cone * t)
    for k in range(hits.count):
        if t < hits.near[k]:
            dt = wp.min(dt, hits.near[k] - t)
        elif t < hits.far[k]:
            dt = wp.min(dt, world.boxes.steps[hits.box[k]])
            dt = wp.min(dt, hits.far[k] - t)
    # Rounding must not stop the march at a face.
    return wp.max(dt, 1.0e-4 + 1.0e-6 * t)


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
def at_segment(
    world: World,
    hits: Hits,
    o: wp.vec3,
    d: wp.vec3,
    jitter: wp.float32,
    s: Sample,
    t: wp.float32,
) -> Sample:
    """At the segment that begins at t, as a sample of the background."""
    s.t = t
    s.dt = step_at(world, hits, t)
    s.at = t + s.dt * jitter
    s.position = contract(world.space, o + d * s.at)
    s.promised = world.grid[cell_of(s.position, world.space.cells)] * s.dt
    return s


@wp.func
def plain_until(hits: Hits, t: wp.float32) -> wp.float32:
    """As `open_until`, and outside of labelled boxes, wherever their objects end."""
    face = open_until(hits, t)
    for k in range(hits.count):
        if hits.own_near[k] < hits.own_far[k] and t < hits.own_far[k]:
            face = wp.min(face, wp.max(t, hits.own_near[k]))
    return face


# In C, since most of a ray's way is through nothing: the step, the contraction and the
# look-up of `step_at`, `contract` and `cell_of`, with the coarse grid before the fine
# one, which does not fit into a processor's nearer caches. On the CPU eight steps are
# looked up side by side, in vector instructions.
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
def begin_segment(
    world: World, hits: Hits, o: wp.vec3, d: wp.vec3, jitter: wp.float32, s: Sample
) -> Sample:
    """The next segment that may hold something; its owners are still to be asked."""
    s = at_segment(world, hits, o, d, jitter, s, s.t + s.dt)
    # In what is not empty the next step is seldom empty: a look is cheaper than a leap.
    if s.promised <= world.space.ground_threshold:
        t = leap(
            s.t,
            open_until(hits, s.t),
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
        )
        if t > s.t:
            s = at_segment(world, hits, o, d, jitter, s, t)
    return s


@wp.func
def is_own(hits: Hits, t: wp.float32) -> wp.bool:
    """Whether a point of the ray is in a labelled box."""
    own = bool(False)
    for k in range(hits.count):
        if t > hits.own_near[k] and t < hits.own_far[k]:
            own = True
    return own


@wp.func
def next_sample(
    world: World, hits: Hits, o: wp.vec3, d: wp.vec3, jitter: wp.float32, s: Sample
) -> Sample:
    """The next sample where occupancy grids promise something; `t` says if there is.

    Kernels call it in one place only: then it is compiled into them, and the world need
    not be handed over from sample to sample.
    """
    owner = int(s.owner + 1)
    while s.t < world.space.far:
        if owner > hits.count:
            s = begin_segment(world, hits, o, d, jitter, s)
            owner = 0
        elif owner == 0:
            owner = 1
            if s.promised > world.space.ground_threshold and not is_own(hits, s.at):
                s.owner = 0
                s.instance = -1
                s.direction = d
                return s
        else:
            k = owner - 1
            owner = owner + 1
            middle = s.t + 0.5 * s.dt
            if middle > hits.near[k] and middle < hits.far[k]:
                box = hits.box[k]
                u = unit_in_box(world.boxes, box, o + d * s.at)
                instance = world.boxes.instances[box]
                tau = world.object_grid[object_cell(instance, u)] * s.dt
                if tau > world.space.threshold:
                    s.owner = k + 1
                    s.instance = instance
                    s.position = u
                    s.direction = to_local(world.boxes, box, d, 0.0)
                    return s
    return s


@wp.struct
class Samples:
    """Where the samples of all rays go."""

    ray: wp.array(dtype=wp.int32)
    instance: wp.array(dtype=wp.int32)
    t: wp.array(dtype=wp.float32)
    dt: wp.array(dtype=wp.float32)
    position: wp.array(dtype=wp.vec3)
    direction: wp.array(dtype=wp.vec3)


@wp.func
def put(samples: Samples, k: wp.int32, ray: wp.int32, s: Sample):
    """Write a sample into a row."""
    samples.ray[k] = ray
    samples.instance[k] = s.instance
    samples.t[k] = s.at
    samples.dt[k] = s.dt
    samples.position[k] = s.position
    samples.direction[k] = s.direction


@wp.kernel
def march_kernel(
    first: wp.int32,
    world: World,
    origins: wp.array(dtype=wp.vec3),
    directions: wp.array(dtype=wp.vec3),
    lists: Lists,
    jitter: wp.array(dtype=wp.float32),
    write: wp.bool,
    offsets: wp.array(dtype=wp.int32),
    counts: wp.array(dtype=wp.int32),
    out: Samples,
):
    """Samples of rays for training, packed ray after ray.

    The first pass (`write` false) counts them; the second writes them at `offsets`.
    """
    i = first + wp.tid()
    o = origins[i]
    d = directions[i]
    hits = find_hits(world.boxes, lists, i, o, d)
    count = int(0)
    s = set_out(world, hits)
    while s.t < world.space.far:
        s = next_sample(world, hits, o, d, jitter[i], s)
        if s.t < world.space.far:
            if write:
                put(out, offsets[i] + count, i, s)
            count = count + 1
    counts[i] = count
