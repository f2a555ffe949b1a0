"""Corners of the street, followed from picture to picture.

Corners are found anew wherever a picture has none yet. Recorded poses say where to look
for them and how large, so no search is needed between frames; between cameras a first
match is searched for along the ray. Every picture is compared with the one that a
corner was found in, so that it cannot creep away little by little. Labelled objects may
move: nothing on them is followed.
"""

from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from jaxtyping import Bool, Float, Int
from torch import Tensor

from nsg_core.train.batches import Pictures
from nsg_core.train.corners import (
    RADIUS,
    Templates,
    corners,
    correlation,
    follow,
    patches,
    templates,
)

WIDTH = 640
"""Pictures are compared at this width at most."""
OLDEST = 24
"""Frames after which a corner is given up: it is seen from elsewhere by then."""
OFF_LINE = 2.5
"""Pixels from where the poses let the corner be."""
ALIKE = 0.8
"""Correlation of two patches that show the same corner."""
DEPTHS = (2.5, 120.0)
PLANES = 64
ABOUT = 40.0
"""Metres at which a corner is thought to be of which nothing else is known."""
PRIOR = 3e-5


@dataclass(frozen=True)
class Tracks:
    """Where corners were seen; one row an observation."""

    point: Int[Tensor, " seen"]
    picture: Int[Tensor, " seen"]
    pixel: Float[Tensor, "seen 2"]
    """u and v in the pictures as they train."""
    places: Float[Tensor, "points 3"]
    """Roughly where in the world each corner is, by the recorded poses."""


@torch.no_grad()
def track(pictures: Pictures) -> Tracks:
    """The corners of all training pictures, in the order of frames."""
    return _Tracking(pictures).run()


Alive = tuple[Tensor, Tensor]
"""Corners that a camera sees: where [n 2], and which [n]."""


class _Tracking:
    """Corners on their way through the frames, and what was seen of them so far."""

    def __init__(self, pictures: Pictures):
        self.pictures = pictures
        _, height, width, _ = pictures.pixels.shape
        scale = min(1.0, WIDTH / width)
        self.size = max(1, round(height * scale)), max(1, round(width * scale))
        self.x, self.y = self.size[1] / width, self.size[0] / height
        fx, fy, cx, cy = pictures.intrinsics.unbind(-1)
        cx, cy = (cx + 0.5) * self.x - 0.5, (cy + 0.5) * self.y - 0.5
        self.K = torch.stack([fx * self.x, fy * self.y, cx, cy], -1)
        self.seen: list[tuple[Tensor, Tensor, Tensor]] = []
        # Of each corner: sums that its place follows from, and when it was found.
        self.A, self.b = torch.zeros(0, 3, 3), torch.zeros(0, 3)
        self.born, self.sightings = (torch.zeros(0, dtype=torch.long) for _ in "ab")
        self.depth = torch.zeros(0)
        # The looks of the corners from number `base` on.
        self.looks: Templates | None = None
        self.base = 0

    def run(self) -> Tracks:
        """Through all frames."""
        alive: dict[int, Alive] = {}
        last: dict[int, int] = {}
        for age in range(int(self.pictures.frame.max()) + 1):
            here = (self.pictures.frame == age).nonzero()[:, 0].tolist()
            now = {int(self.pictures.camera[i]): i for i in here}
            greys = {camera: self._grey(i) for camera, i in now.items()}
            alive = {
                camera: self._go_on(alive[camera], last[camera], i, greys[camera], age)
                if camera in alive
                else (torch.zeros(0, 2), torch.zeros(0, dtype=torch.long))
                for camera, i in now.items()
            }
            last = now
            if now:
                self._begin(alive, now, greys, age)
        point, picture, pixel = (torch.cat(x) for x in zip(*self.seen, strict=True))
        pixel = (pixel + 0.5) / pixel.new_tensor([self.x, self.y]) - 0.5
        return Tracks(point, picture, pixel, self._places())

    def _grey(self, i: int) -> Float[Tensor, "1 1 h w"]:
        rgb = self.pictures.pixels[i].float().mean(-1)[None, None] / 255
        return F.interpolate(rgb, self.size, mode="area")

    def _free(self, i: int) -> Bool[Tensor, "h w"]:
        """Where no labelled object is."""
        free = torch.ones(self.size, dtype=torch.bool)
        for picture, u0, v0, u1, v1 in self.pictures.regions.tolist():
            if int(picture) == i:
                x0, x1 = int(u0 * self.x), int(np.ceil(u1 * self.x))
                y0, y1 = int(v0 * self.y), int(np.ceil(v1 * self.y))
                free[max(0, y0 - 2) : y1 + 2, max(0, x0 - 2) : x1 + 2] = False
        return free

    def _go_on(
        self, before: Alive, last: int, i: int, image: Tensor, age: int
    ) -> Alive:
        """Follow one camera's corners from its last picture into its next."""
        points, ids = before
        young = age - self.born[ids] < OLDEST
        guess, depth = self._project(i, self._places()[ids])
        fits = young & (depth > 0.5) & self._inside(guess)
        points, ids, guess, depth = points[fits], ids[fits], guess[fits], depth[fits]
        assert self.looks is not None
        looks = self.looks[ids - self.base]
        once = self.sightings[ids] == 1
        rays = self._rays(last, points[once])
        guess[once] = self._search(i, rays, looks[once], image)
        zoom = (self.depth[ids] / depth).clamp(0.5, 3.0)
        found, same = follow(looks, image, guess, zoom)
        kept = self._inside(found) & (same > ALIKE) & self._on_free(i, found)
        kept &= self._off_line(i, ids, found) < OFF_LINE
        self._note(i, ids[kept], found[kept])
        return found[kept], ids[kept]

    def _search(
        self, j: int, rays: tuple[Tensor, Tensor], looks: Templates, image: Tensor
    ) -> Float[Tensor, "n 2"]:
        """Where corners, each on a known ray, are in a picture, at whatever depth."""
        origins, directions = rays
        near, far = DEPTHS
        depths = 1 / torch.linspace(1 / far, 1 / near, PLANES)
        places = origins + depths[:, None, None] * directions
        pixels, _ = self._project(j, places.reshape(-1, 3))
        pixels = pixels.view(PLANES, -1, 2)
        best = correlation(looks.patches, patches(image, pixels)).argmax(0)
        return pixels[best, torch.arange(len(origins))]

    def _begin(
        self,
        alive: dict[int, Alive],
        now: dict[int, int],
        greys: dict[int, Tensor],
        age: int,
    ) -> None:
        """New corners in the first camera, looked for in the others at once."""
        first = min(now)
        i = now[first]
        points, ids = alive[first]
        new = corners(greys[first], self._free(i), points)
        fresh = torch.arange(len(new)) + len(self.born)
        looks = templates(greys[first], new)
        self._remember(i, new, looks, age)
        alive[first] = torch.cat([points, new]), torch.cat([ids, fresh])
        for camera, j in now.items():
            if camera == first or not len(new):
                continue
            found, kept = self._across(i, j, looks, greys[camera], new)
            self._note(j, fresh[kept], found[kept])
            points, ids = alive[camera]
            alive[camera] = (
                torch.cat([points, found[kept]]),
                torch.cat([ids, fresh[kept]]),
            )
        self.depth = torch.cat(
            [self.depth, self._project(i, self._places()[fresh])[1].clamp_min(0.5)]
        )

    def _remember(self, i: int, new: Tensor, looks: Templates, age: int) -> None:
        """Enter new corners, and forget the looks of those that are given up."""
        count = len(self.born)
        self.born = torch.cat([self.born, torch.full((len(new),), age)])
        self.sightings = F.pad(self.sightings, (0, len(new)))
        self.A = torch.cat([self.A, PRIOR * torch.eye(3).repeat(len(new), 1, 1)])
        origins, directions = self._rays(i, new)
        self.b = torch.cat([self.b, PRIOR * (origins + ABOUT * directions)])
        self.looks = looks if self.looks is None else self.looks.joined(looks)
        old = int((age - self.born >= OLDEST).sum())
        self.looks, self.base = self.looks[old - self.base :], old
        self._note(i, torch.arange(len(new)) + count, new)

    def _across(
        self, i: int, j: int, looks: Templates, image: Tensor, points: Tensor
    ) -> tuple[Float[Tensor, "n 2"], Bool[Tensor, " n"]]:
        """The same corners in another picture of the frame."""
        guess = self._search(j, self._rays(i, points), looks, image)
        found, same = follow(looks, image, guess, torch.ones(len(points)))
        kept = self._inside(found) & (same > ALIKE) & self._on_free(j, found)
        return found, kept & ((found - guess).norm(dim=-1) < OFF_LINE)

    def _inside(self, points: Float[Tensor, "n 2"]) -> Bool[Tensor, " n"]:
        size = points.new_tensor([self.size[1], self.size[0]])
        return ((points >= RADIUS) & (points < size - RADIUS)).all(-1)

    def _on_free(self, i: int, points: Float[Tensor, "n 2"]) -> Bool[Tensor, " n"]:
        height, width = self.size
        u, v = points.round().long().unbind(-1)
        return self._free(i)[v.clamp(0, height - 1), u.clamp(0, width - 1)]

    def _off_line(
        self, i: int, ids: Int[Tensor, " n"], points: Float[Tensor, "n 2"]
    ) -> Float[Tensor, " n"]:
        """How far the best place with this observation is from the observation."""
        A, b = self._with(i, ids, points)
        pixels, depth = self._project(i, torch.linalg.solve(A, b))
        return torch.where(depth > 0.5, (pixels - points).norm(dim=-1), torch.inf)

    def _rays(
        self, i: int, points: Float[Tensor, "n 2"]
    ) -> tuple[Float[Tensor, "n 3"], Float[Tensor, "n 3"]]:
        fx, fy, cx, cy = self.K[i]
        u, v = points.unbind(-1)
        local = torch.stack([(u - cx) / fx, (v - cy) / fy, torch.ones_like(u)], -1)
        directions = F.normalize(local @ self.pictures.rotations[i].T, dim=-1)
        return self.pictures.origins[i].expand_as(directions), directions

    def _project(
        self, i: int, places: Float[Tensor, "n 3"]
    ) -> tuple[Float[Tensor, "n 2"], Float[Tensor, " n"]]:
        """Pixels and depths of places in a picture."""
        local = (places - self.pictures.origins[i]) @ self.pictures.rotations[i]
        fx, fy, cx, cy = self.K[i]
        x, y, z = local.unbind(-1)
        depth = z.clamp_min(1e-3)
        return torch.stack([fx * x / depth + cx, fy * y / depth + cy], -1), z

    def _places(self) -> Float[Tensor, "points 3"]:
        """The places nearest to all rays of a corner (least squares)."""
        return torch.linalg.solve(self.A, self.b)

    def _with(
        self, i: int, ids: Int[Tensor, " n"], points: Float[Tensor, "n 2"]
    ) -> tuple[Float[Tensor, "n 3 3"], Float[Tensor, "n 3"]]:
        """The sums of corners with one more observation each."""
        origins, directions = self._rays(i, points)
        across = torch.eye(3) - directions[:, :, None] * directions[:, None]
        b = (across @ origins[..., None])[..., 0]
        return self.A[ids] + across, self.b[ids] + b

    def _note(
        self, i: int, ids: Int[Tensor, " n"], points: Float[Tensor, "n 2"]
    ) -> None:
        self.A[ids], self.b[ids] = self._with(i, ids, points)
        self.sightings[ids] += 1
        self.seen.append((ids, torch.full_like(ids, i), points))
