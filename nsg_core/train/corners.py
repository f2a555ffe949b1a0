"""What corners of a picture look like, and where they are in another one.

Corners are chosen after Shi and Tomasi (CVPR 1994) and found again by the inverse
compositional method of Lucas and Kanade (Baker and Matthews, IJCV 2004).
"""

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from jaxtyping import Bool, Float, Int
from torch import Tensor

COLUMNS, ROWS = 32, 10
"""Cells of a picture in which there should be a corner."""
RADIUS = 4
"""Of the compared patches, in pixels."""
TURNS = 8
LEAST = 4e-5
"""Curvature of a patch that makes it a corner; grey is from 0 to 1."""


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


def patches(
    image: Tensor, points: Float[Tensor, "*n 2"], zoom: Tensor | None = None
) -> Float[Tensor, "*n patch"]:
    """What is around points, without its mean: light may change."""
    around = _offsets() if zoom is None else zoom[..., None, None] * _offsets()
    values = _sample(image, points[..., None, :] + around)
    return values - values.mean(-1, keepdim=True)


def correlation(a: Float[Tensor, "*#n p"], b: Float[Tensor, "*#n p"]) -> Tensor:
    """Of patches without a mean."""
    return (a * b).sum(-1) / (a.norm(dim=-1) * b.norm(dim=-1)).clamp_min(1e-6)


@dataclass(frozen=True)
class Templates:
    """How corners looked when they were found."""

    patches: Float[Tensor, "n patch"]
    slopes: Float[Tensor, "n patch 2"]

    def __getitem__(self, rows: Tensor | slice) -> "Templates":
        """The chosen ones."""
        return Templates(self.patches[rows], self.slopes[rows])

    def joined(self, more: "Templates") -> "Templates":
        """With others behind."""
        return Templates(
            torch.cat([self.patches, more.patches]),
            torch.cat([self.slopes, more.slopes]),
        )


def templates(image: Tensor, points: Float[Tensor, "n 2"]) -> Templates:
    """What points of a picture look like."""
    steps = points.new_tensor([[0.5, 0.0], [0.0, 0.5]])
    slopes = [patches(image, points + s) - patches(image, points - s) for s in steps]
    return Templates(patches(image, points), torch.stack(slopes, -1))


def follow(
    known: Templates,
    image: Tensor,
    guess: Float[Tensor, "n 2"],
    zoom: Float[Tensor, " n"],
) -> tuple[Float[Tensor, "n 2"], Float[Tensor, " n"]]:
    """Where corners are in a picture, from a guess; and how alike they look there.

    `zoom` is how much larger each is than it was when it was found.
    """
    slope = known.slopes
    hessian = slope.mT @ slope + 1e-6 * torch.eye(2)
    there = guess
    for _ in range(TURNS):
        patch = patches(image, there, zoom)
        # Cameras differ and adapt: contrast may change too.
        gain = known.patches.norm(dim=1) / patch.norm(dim=1).clamp_min(1e-4)
        error = patch * gain[:, None] - known.patches
        move = torch.linalg.solve(hessian, slope.mT @ error[..., None])[..., 0]
        there = there - zoom[:, None] * move.clamp(-1, 1)
    return there, correlation(known.patches, patches(image, there, zoom))


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
    v, u = ((inner > LEAST) & peak).nonzero().unbind(-1)
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
