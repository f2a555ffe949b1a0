"""The display kernel: from a ray to colour, depth, opacity and object in one go.

It walks as training does (`walk`), evaluates fields on the spot, stops when nothing
behind can be seen, and asks for a colour only where a sample can contribute.
"""

import warp as wp

from nsg_core.kernels.field import FieldData, colour, density, geometry, vec16
from nsg_core.kernels.launching import OPTIONS
from nsg_core.kernels.space import Lists, Met, Shares, World, find_hits, strongest
from nsg_core.kernels.walk import next_sample, set_out

wp.set_module_options(OPTIONS)

OPAQUE = wp.constant(wp.float32(2.0e-3))
"""A ray ends when less light than this comes from behind."""
UNSEEN = wp.constant(wp.float32(1.0e-3))
"""A sample that adds less than this is not worth a colour."""


@wp.kernel
def display_kernel(
    first: wp.int32,
    world: World,
    background: FieldData,
    objects: FieldData,
    origins: wp.array(dtype=wp.vec3),
    directions: wp.array(dtype=wp.vec3),
    lists: Lists,
    jitter: wp.float32,
    met: Met,
):
    i = first + wp.tid()
    o = origins[i]
    d = directions[i]
    hits = find_hits(world.boxes, lists, i, o, d)
    shares = Shares()
    c = wp.vec3(0.0, 0.0, 0.0)
    z = float(0.0)
    T = float(1.0)
    geo = vec16()
    s = set_out(world, hits)
    while T > OPAQUE:
        s = next_sample(world, hits, o, d, jitter, s)
        if s.t >= world.space.far:
            break
        if s.owner > 0:
            geo = geometry(objects, s.instance, s.position)
        else:
            geo = geometry(background, s.instance, s.position)
        w = T * (1.0 - wp.exp(-density(geo) * s.dt))
        if w > UNSEEN:
            z = z + w * s.at
            T = T - w
            shares[s.owner] = shares[s.owner] + w
            if s.owner > 0:
                c = c + w * colour(objects, geo, s.direction)
            else:
                c = c + w * colour(background, geo, s.direction)
    met.rgb[i] = c
    met.depth[i] = z
    met.clear[i] = T
    met.seen[i] = strongest(hits, shares)
