"""The display kernel on the CPU: `display.display_kernel`, some samples at a time."""

import warp as wp

from nsg_core.kernels.desk import (
    LANES,
    DeskField,
    added_by,
    laid,
    lay,
    lay_ahead,
    owner_at,
)
from nsg_core.kernels.display import OPAQUE
from nsg_core.kernels.launching import OPTIONS
from nsg_core.kernels.space import Lists, Met, Shares, World, find_hits, strongest
from nsg_core.kernels.team import shine, weigh
from nsg_core.kernels.walk import next_sample, set_out

wp.set_module_options(OPTIONS)


@wp.kernel
def display_team_kernel(
    first: wp.int32,
    seats: wp.int32,
    count: wp.int32,
    desk: wp.array(dtype=wp.float32),
    world: World,
    background: DeskField,
    objects: DeskField,
    origins: wp.array(dtype=wp.vec3),
    directions: wp.array(dtype=wp.vec3),
    lists: Lists,
    jitter: wp.float32,
    met: Met,
):
    """An item is a seat: the rays of its stretch, one after the other."""
    seat = first + wp.tid()
    begin = int(wp.int64(count) * wp.int64(seat) / wp.int64(seats))
    end = int(wp.int64(count) * wp.int64(seat + 1) / wp.int64(seats))
    for i in range(begin, end):
        o = origins[i]
        d = directions[i]
        hits = find_hits(world.boxes, lists, i, o, d)
        shares = Shares()
        c = wp.vec3(0.0, 0.0, 0.0)
        z = float(0.0)
        T = float(1.0)
        s = set_out(world, hits)
        while T > OPAQUE and s.t < world.space.far:
            n = int(0)
            looking = bool(True)
            while looking:
                if s.owner == hits.count:
                    s.t = lay_ahead(
                        world, background, hits, o, d, jitter, s.t + s.dt, n, seat, desk
                    )
                    s.dt = 0.0
                    n = laid(seat, desk)
                # What comes then is in a box, or at its face.
                if n < LANES and s.t < world.space.far:
                    s = next_sample(world, hits, o, d, jitter, s)
                    if s.t < world.space.far:
                        if s.owner > 0:
                            lay(objects, s, n, seat, desk)
                        else:
                            lay(background, s, n, seat, desk)
                        n = n + 1
                looking = n < LANES and s.t < world.space.far
            if n > 0:
                behind = weigh(background, objects, n, T, seat, desk)
                if behind[0] < T:
                    c = c + shine(background, objects, n, seat, desk)
                    for k in range(n):
                        owner = owner_at(k, seat, desk)
                        shares[owner] = shares[owner] + added_by(k, seat, desk)
                T = behind[0]
                z = z + behind[1]
        met.rgb[i] = c
        met.depth[i] = z
        met.clear[i] = T
        met.seen[i] = strongest(hits, shares)
