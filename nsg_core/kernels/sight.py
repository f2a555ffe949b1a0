"""The march of training once geometry is known: only samples that light passes.

Occupancy grids promise the highest density that a cell ever showed, so a ray that
believes them goes through several times the samples that matter. Looking densities up
while marching costs a fraction of training on a sample, ends each ray where it is truly
opaque, and leaves out what has no weight.
"""

import warp as wp

from nsg_core.kernels.field import FieldData, density, geometry
from nsg_core.kernels.launching import OPTIONS
from nsg_core.kernels.space import Lists, World, find_hits
from nsg_core.kernels.volume import INSIGNIFICANT
from nsg_core.kernels.walk import Samples, next_sample, put, set_out

wp.set_module_options(OPTIONS)

DARK = wp.constant(wp.float32(1.0e-3))
"""A ray ends when less light than this comes from behind."""


@wp.kernel
def sight_kernel(
    first: wp.int32,
    world: World,
    background: FieldData,
    objects: FieldData,
    origins: wp.array(dtype=wp.vec3),
    directions: wp.array(dtype=wp.vec3),
    lists: Lists,
    jitter: wp.array(dtype=wp.float32),
    room: wp.int32,
    counts: wp.array(dtype=wp.int32),
    out: Samples,
):
    """Up to `room` samples a ray, at rows ``ray * room`` and on."""
    i = first + wp.tid()
    o = origins[i]
    d = directions[i]
    hits = find_hits(world.boxes, lists, i, o, d)
    T = float(1.0)
    sigma = float(0.0)
    count = int(0)
    s = set_out(world, hits)
    while T > DARK and count < room:
        s = next_sample(world, hits, o, d, jitter[i], s)
        if s.t >= world.space.far:
            break
        if s.owner > 0:
            sigma = density(geometry(objects, s.instance, s.position))
        else:
            sigma = density(geometry(background, s.instance, s.position))
        after = T * wp.exp(-sigma * s.dt)
        if T - after > INSIGNIFICANT:
            put(out, i * room + count, i, s)
            count = count + 1
            T = after
    counts[i] = count
