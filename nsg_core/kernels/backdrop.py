"""What the background adds to rays, kept as slabs, and objects drawn between them.

While an object is dragged the background along a ray stays what it is. So it is walked
once, without any box, and its samples are put together into few slabs: distance,
opacity, colour. Later only the objects' own samples are evaluated, and composited with
the slabs in order of distance.
"""

import warp as wp

from nsg_core.kernels.display import OPAQUE, UNSEEN
from nsg_core.kernels.field import FieldData, colour, density, geometry
from nsg_core.kernels.launching import OPTIONS
from nsg_core.kernels.space import (
    Hits,
    Lists,
    Met,
    Shares,
    World,
    find_hits,
    last_exit,
    strongest,
)
from nsg_core.kernels.walk import Sample, is_own, next_sample, set_out

SLABS = 8
"""Of a ray; more samples than these end up in the last one."""
THIN = wp.constant(wp.float32(0.03))
"""A slab takes in the next sample as long as it is no more opaque than this."""
BEYOND = 6.0e4
"""The distance of a slab that is not there, in metres."""

wp.set_module_options(OPTIONS)


@wp.kernel
def slabs_kernel(
    first: wp.int32,
    world: World,
    background: FieldData,
    origins: wp.array(dtype=wp.vec3),
    directions: wp.array(dtype=wp.vec3),
    depth: wp.array(dtype=wp.float32),
    opacity: wp.array(dtype=wp.float32),
    colours: wp.array(dtype=wp.vec3),
):
    """The slabs of ray i are the rows ``i * SLABS`` and on, near to far."""
    i = first + wp.tid()
    o = origins[i]
    d = directions[i]
    hits = Hits()
    count = int(0)
    T = float(1.0)
    a = float(0.0)
    z = float(0.0)
    c = wp.vec3(0.0, 0.0, 0.0)
    s = set_out(world, hits)
    while T > OPAQUE:
        s = next_sample(world, hits, o, d, 0.5, s)
        if s.t >= world.space.far:
            break
        geo = geometry(background, s.instance, s.position)
        alpha = 1.0 - wp.exp(-density(geo) * s.dt)
        if T * alpha > UNSEEN:
            if count == 0 or (a > THIN and count < SLABS):
                count = count + 1
                a = float(0.0)
                z = float(0.0)
                c = wp.vec3(0.0, 0.0, 0.0)
            w = (1.0 - a) * alpha
            a = a + w
            z = z + w * s.at
            c = c + w * colour(background, geo, s.direction)
            k = i * SLABS + count - 1
            depth[k] = z / a
            opacity[k] = a
            colours[k] = c / a
            T = T * (1.0 - alpha)
    for k in range(count, SLABS):
        depth[i * SLABS + k] = BEYOND
        opacity[i * SLABS + k] = 0.0
        colours[i * SLABS + k] = wp.vec3(0.0, 0.0, 0.0)


@wp.func
def next_in_boxes(
    world: World, hits: Hits, o: wp.vec3, d: wp.vec3, s: Sample
) -> Sample:
    """The next sample of an object: behind the last box nothing is looked for."""
    if s.t < last_exit(hits):
        return next_sample(world, hits, o, d, 0.5, s)
    s.t = world.space.far
    return s


@wp.kernel
def between_kernel(
    first: wp.int32,
    world: World,
    objects: FieldData,
    origins: wp.array(dtype=wp.vec3),
    directions: wp.array(dtype=wp.vec3),
    lists: Lists,
    slab_depth: wp.array(dtype=wp.float32),
    slab_opacity: wp.array(dtype=wp.float32),
    slab_colours: wp.array(dtype=wp.vec3),
    met: Met,
):
    """As `display.display_kernel`, in a world without background but for the slabs."""
    i = first + wp.tid()
    o = origins[i]
    d = directions[i]
    hits = find_hits(world.boxes, lists, i, o, d)
    shares = Shares()
    c = wp.vec3(0.0, 0.0, 0.0)
    z = float(0.0)
    T = float(1.0)
    k = i * SLABS
    end = k + SLABS
    s = set_out(world, hits)
    # The first sample is looked for where the first box begins.
    s.t = wp.max(s.t, hits.near[0])
    asked = bool(False)
    while T > OPAQUE:
        if not asked:
            s = next_in_boxes(world, hits, o, d, s)
            asked = True
        ahead = s.t < world.space.far
        if k < end and (slab_depth[k] < s.at or not ahead):
            at = slab_depth[k]
            w = T * slab_opacity[k]
            if w > 0.0 and not is_own(hits, at):
                c = c + w * slab_colours[k]
                z = z + w * at
                shares[0] = shares[0] + w
                T = T - w
            k = k + 1
        elif ahead:
            geo = geometry(objects, s.instance, s.position)
            w = T * (1.0 - wp.exp(-density(geo) * s.dt))
            if w > UNSEEN:
                c = c + w * colour(objects, geo, s.direction)
                z = z + w * s.at
                T = T - w
                shares[s.owner] = shares[s.owner] + w
            asked = False
        else:
            break
    met.rgb[i] = c
    met.depth[i] = z
    met.clear[i] = T
    met.seen[i] = strongest(hits, shares)
