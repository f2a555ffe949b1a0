"""Corners of the street, followed from picture to picture.

Corners (Shi and Tomasi, CVPR 1994) are found anew wherever a picture has none yet, and
followed by the inverse compositional method of Lucas and Kanade (Baker and Matthews,
IJCV 2004). Recorded poses say where to look and how large, so no search is needed
between frames; between cameras a first match is searched for along the ray. Every
picture is compared with the one that a corner was found in, so that it cannot creep
away little by little. Labelled objects may move: nothing on them is followed.
"""

from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from jaxtyping import Bool, Float, Int
from torch import Tensor

from nsg_core.train.batches import Pictures

WIDTH = 640
"""Pictures are compared at this width at most."""
COLUMNS, ROWS = 32, 10
"""Cells of a picture in which there should be a corner."""
RADIUS = 4
"""Of the compared patches, in pixels."""
LEVELS = 3
TURNS = 8
"""Of the iteration on each level."""
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


def _pyramid(gray: Float[Tensor, "h w"]) -> list[Tensor]:
    levels = [gray[None, None]]
    for _ in range(LEVELS - 1):
        if min(levels[-1].shape[-2:]) < 4 * RADIUS:
            break
        levels.append(F.avg_pool2d(levels[-1], 2))
    return levels


def _sample(image: Tensor, points: Float[Tensor, "*n 2"]) -> Float[Tensor, "*n"]:
    """Bilinear; pixel centres are at integers."""
    height, width = image.shape[-2:]
    size = points.new_tensor([width, height])
    grid = ((points + 0.5) * 2 / size - 1).reshape(1, 1, -1, 2)
    values = F.grid_sample(image, grid, padding_mode="border", align_corners=False)
    return values.reshape(points.shape[:-1])


def _offsets() -> Float[Tensor, "patch 2"]:
    steps = torch.arange(-RADIUS, RADIUS + 1).float()
    v, u = torch.meshgrid(steps, steps, indexing="ij")
    return torch.stack([u, v], -1).reshape(-1, 2)


def _patches(
    image: Tensor, points: Float[Tensor, "*n 2"], zoom: Tensor | None = None
) -> Float[Tensor, "*n patch"]:
    """What is around points, without its mean: light may change."""
    around = _offsets() if zoom is None else zoom[..., None, None] * _offsets()
    patches = _sample(image, points[..., None, :] + around)
    return patches - patches.mean(-1, keepdim=True)


def correlation(a: Float[Tensor, "*n p"], b: Float[Tensor, "*n p"]) -> Tensor:
    """Of patches without a mean."""
    return (a * b).sum(-1) / (a.norm(dim=-1) * b.norm(dim=-1)).clamp_min(1e-6)


@dataclass(frozen=True)
class Templates:
    """How corners looked when they were found, at every level of a pyramid."""

    patches: tuple[Float[Tensor, "n patch"], ...]
    slopes: tuple[Float[Tensor, "n patch 2"], ...]

    def __getitem__(self, rows: Tensor | slice) -> "Templates":
        """The chosen ones."""
        return Templates(
            tuple(x[rows] for x in self.patches), tuple(x[rows] for x in self.slopes)
        )

    def joined(self, more: "Templates") -> "Templates":
        """With others behind."""
        pairs = zip(self.patches, more.patches, strict=True)
        slopes = zip(self.slopes, more.slopes, strict=True)
        return Templates(
            tuple(torch.cat(pair) for pair in pairs),
            tuple(torch.cat(pair) for pair in slopes),
        )


def templates(levels: list[Tensor], points: Float[Tensor, "n 2"]) -> Templates:
    """What points of a picture look like."""
    patches, slopes = [], []
    for level, image in enumerate(levels):
        here = (points + 0.5) * 0.5**level - 0.5
        patches.append(_patches(image, here))
        step = here.new_tensor([[0.5, 0.0], [0.0, 0.5]])
        slope = [_patches(image, here + s) - _patches(image, here - s) for s in step]
        slopes.append(torch.stack(slope, -1))
    return Templates(tuple(patches), tuple(slopes))


def follow(
    known: Templates,
    levels: list[Tensor],
    guess: Float[Tensor, "n 2"],
    zoom: Float[Tensor, " n"],
    first: int = LEVELS,
) -> tuple[Float[Tensor, "n 2"], Float[Tensor, " n"]]:
    """Where corners are in a picture, from a guess; and how alike they look there.

    `zoom` is how much larger each is than it was when it was found.
    """
    patch = guess.new_zeros(0)
    for level in reversed(range(min(first, len(levels)))):
        template, slope = known.patches[level], known.slopes[level]
        there = (guess + 0.5) * 0.5**level - 0.5
        hessian = slope.mT @ slope + 1e-6 * torch.eye(2)
        for _ in range(TURNS):
            patch = _patches(levels[level], there, zoom)
            # Cameras differ and adapt: contrast may change too.
            gain = template.norm(dim=1) / patch.norm(dim=1).clamp_min(1e-4)
            error = patch * gain[:, None] - template
            move = torch.linalg.solve(hessian, slope.mT @ error[..., None])[..., 0]
            there = there - zoom[:, None] * move.clamp(-1, 1)
        guess = (there + 0.5) / 0.5**level - 0.5
    patch = _patches(levels[0], guess, zoom)
    return guess, correlation(known.patches[0], patch)


def corners(
    gray: Tensor, free: Bool[Tensor, "h w"], taken: Float[Tensor, "n 2"]
) -> Float[Tensor, "m 2"]:
    """The best corner of each cell that has none yet, if it is a corner at all."""
    height, width = gray.shape[-2:]
    image = gray.view(1, 1, height, width)
    dx = F.pad(image[..., 2:] - image[..., :-2], (1, 1, 0, 0)) / 2
    dy = F.pad(image[..., 2:, :] - image[..., :-2, :], (0, 0, 1, 1)) / 2
    window = 2 * 3 + 1
    xx, yy, xy = (F.avg_pool2d(p, window, 1, 3)[0, 0] for p in (dx**2, dy**2, dx * dy))
    least = (xx + yy) / 2 - (((xx - yy) / 2) ** 2 + xy**2).sqrt()
    least = least * free
    edge = 2 * RADIUS
    inner = torch.zeros_like(least)
    inner[edge:-edge, edge:-edge] = least[edge:-edge, edge:-edge]
    peak = F.max_pool2d(inner[None], 5, 1, 2)[0] == inner
    v, u = ((inner > 4e-5) & peak).nonzero().unbind(-1)
    cell = _cell(torch.stack([u, v], -1).float(), width, height)
    order = inner[v, u].argsort(descending=True)
    used = set(_cell(taken, width, height).tolist())
    chosen = []
    for i in order.tolist():
        if (c := int(cell[i])) not in used:
            used.add(c)
            chosen.append(i)
    return torch.stack([u[chosen], v[chosen]], -1).float()


def _cell(points: Float[Tensor, "n 2"], width: int, height: int) -> Int[Tensor, " n"]:
    u = ((points[:, 0] + 0.5) * COLUMNS / width).long().clamp(0, COLUMNS - 1)
    v = ((points[:, 1] + 0.5) * ROWS / height).long().clamp(0, ROWS - 1)
    return v * COLUMNS + u


Alive = tuple[Float[Tensor, "n 2"], Int[Tensor, " n"]]
"""Corners that a camera sees: where, and which."""


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
        self.born = torch.zeros(0, dtype=torch.long)
        self.depth = torch.zeros(0)
        # The looks of the corners from number `base` on.
        self.looks: Templates | None = None
        self.base = 0

    def run(self) -> Tracks:
        """Through all frames."""
        alive: dict[int, Alive] = {}
        for age in range(int(self.pictures.frame.max()) + 1):
            here = (self.pictures.frame == age).nonzero()[:, 0].tolist()
            now = {int(self.pictures.camera[i]): i for i in here}
            levels = {camera: _pyramid(self._gray(i)) for camera, i in now.items()}
            alive = {
                camera: self._go_on(alive[camera], i, levels[camera], age)
                if camera in alive
                else (torch.zeros(0, 2), torch.zeros(0, dtype=torch.long))
                for camera, i in now.items()
            }
            if now:
                self._begin(alive, now, levels, age)
        point, picture, pixel = (torch.cat(x) for x in zip(*self.seen, strict=True))
        pixel = (pixel + 0.5) / pixel.new_tensor([self.x, self.y]) - 0.5
        return Tracks(point, picture, pixel, self._places())

    def _gray(self, i: int) -> Float[Tensor, "h w"]:
        rgb = self.pictures.pixels[i].float().mean(-1)[None, None] / 255
        return F.interpolate(rgb, self.size, mode="area")[0, 0]

    def _free(self, i: int) -> Bool[Tensor, "h w"]:
        """Where no labelled object is."""
        free = torch.ones(self.size, dtype=torch.bool)
        for picture, u0, v0, u1, v1 in self.pictures.regions.tolist():
            if int(picture) == i:
                x0, x1 = int(u0 * self.x), int(np.ceil(u1 * self.x))
                y0, y1 = int(v0 * self.y), int(np.ceil(v1 * self.y))
                free[max(0, y0 - 2) : y1 + 2, max(0, x0 - 2) : x1 + 2] = False
        return free

    def _go_on(self, before: Alive, i: int, levels: list[Tensor], age: int) -> Alive:
        """Follow one camera's corners into its next picture."""
        _, ids = before
        ids = ids[age - self.born[ids] < OLDEST]
        guess, depth = self._project(i, self._places()[ids])
        fits = (depth > 0.5) & self._inside(guess)
        ids, guess, depth = ids[fits], guess[fits], depth[fits]
        assert self.looks is not None
        zoom = (self.depth[ids] / depth).clamp(0.5, 3.0)
        found, same = follow(self.looks[ids - self.base], levels, guess, zoom)
        kept = self._inside(found) & (same > ALIKE) & self._on_free(i, found)
        kept &= self._off_line(i, ids, found) < OFF_LINE
        self._note(i, ids[kept], found[kept])
        return found[kept], ids[kept]

    def _begin(
        self,
        alive: dict[int, Alive],
        now: dict[int, int],
        levels: dict[int, list[Tensor]],
        age: int,
    ) -> None:
        """New corners in the first camera, looked for in the others at once."""
        first = min(now)
        i = now[first]
        points, ids = alive[first]
        new = corners(levels[first][0], self._free(i), points)
        fresh = torch.arange(len(new)) + len(self.born)
        looks = templates(levels[first], new)
        self._remember(i, new, looks, age)
        alive[first] = torch.cat([points, new]), torch.cat([ids, fresh])
        for camera, j in now.items():
            if camera == first or not len(new):
                continue
            found, kept = self._across(i, j, looks, levels[camera], new)
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
        self.A = torch.cat([self.A, PRIOR * torch.eye(3).repeat(len(new), 1, 1)])
        origins, directions = self._rays(i, new)
        self.b = torch.cat([self.b, PRIOR * (origins + ABOUT * directions)])
        self.looks = looks if self.looks is None else self.looks.joined(looks)
        old = int((age - self.born >= OLDEST).sum())
        self.looks, self.base = self.looks[old - self.base :], old
        self._note(i, torch.arange(len(new)) + count, new)

    def _across(
        self, i: int, j: int, looks: Templates, there: list[Tensor], points: Tensor
    ) -> tuple[Float[Tensor, "n 2"], Bool[Tensor, " n"]]:
        """The same corners in another picture of the frame, at whatever depth."""
        origins, directions = self._rays(i, points)
        near, far = DEPTHS
        depths = 1 / torch.linspace(1 / far, 1 / near, PLANES)
        places = origins + depths[:, None, None] * directions
        pixels, _ = self._project(j, places.reshape(-1, 3))
        pixels = pixels.view(PLANES, -1, 2)
        best = correlation(looks.patches[0], _patches(there[0], pixels)).argmax(0)
        guess = pixels[best, torch.arange(len(points))]
        found, same = follow(looks, there, guess, torch.ones(len(points)), first=1)
        kept = self._inside(found) & (same > ALIKE)
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
        self.seen.append((ids, torch.full_like(ids, i), points))
