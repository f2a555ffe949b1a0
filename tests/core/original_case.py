"""Render a case of the original method's golden data through the public API.

    python -m tests.core.original_case CASE.npz WEIGHTS_DIR OUT.npz

A case gives cameras, boxes and settings; OUT gets `rgb`, `disp` and `acc`.
"""

import sys
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import torch

from nsg_core.errors import NsgError
from nsg_core.geometry import grid_pixels, pixel_rays, place
from nsg_core.paper.config import PaperConfig
from nsg_core.paper.importing import import_original
from nsg_core.paper.model import PaperModel
from nsg_core.paper.original.planes import Planes, lay_planes
from nsg_core.request import Only
from nsg_core.scene import PlacedBox, Pose, Size
from nsg_core.view import View

Case = Mapping[str, np.ndarray]

PICTURES = 3
_SAMPLING = {"None": "linear", "": "linear", "discrete": "linear"}


def case_config(case: Case) -> PaperConfig:
    """The settings of a case; its boxes are scaled already."""
    sampling = str(case["sampling"])
    return PaperConfig(
        n_samples=int(case["N_samples"]),
        n_samples_obj=int(case["N_samples_obj"]),
        sampling=_SAMPLING.get(sampling, sampling),  # type: ignore[arg-type]
        plane_type=str(case["plane_type"]),
        near=float(case["near"]),
        far=float(case["far"]),
        latent_size=int(case["latent_size"]),
        box_scale=1.0,
        pedestrian_scale=1.0,
        object_setting=int(case["object_setting"]),  # type: ignore[arg-type]
        opaque=bool(case["opaque"]),
        white_background=bool(case["white_bkgd"]),
    )


def case_planes(case: Case) -> Planes | None:
    """The planes that the original lays for the case's cameras."""
    if str(case["sampling"]) != "planes":
        return None
    near, far = float(case["near"]), float(case["far"])
    plane_type, samples = str(case["plane_type"]), int(case["N_samples"])
    return lay_planes(case["poses"], near, far, plane_type, samples)


def case_view(case: Case, picture: int) -> View:
    """The camera of a picture in our axes (y down, z forward)."""
    T = case["poses"][picture].astype(np.float64) @ np.diag([1.0, -1.0, -1.0, 1.0])
    height, width, focal = int(case["H"]), int(case["W"]), float(case["focal"])
    numbers = tuple(T.ravel().tolist())
    return View(numbers, width, height, focal, focal, width / 2, height / 2)


def case_boxes(case: Case, picture: int) -> tuple[PlacedBox, ...]:
    """The objects of a picture, without empty slots."""
    boxes: list[PlacedBox] = []
    for row in case["objects"][picture].astype(np.float64).tolist():
        x, y, z, yaw, track, length, height, width, category = row
        if track < 0:
            continue
        boxes.append(
            PlacedBox(
                int(track),
                str(int(category)),
                f"object/{int(track)}",
                Size(length, height, width),
                Pose((x, y, z), yaw),
            )
        )
    return tuple(boxes)


def case_model(case: Case, weights: Path) -> PaperModel:
    """The original's weights as a model, with the case's settings."""
    rows = case["objects"].reshape(-1, case["objects"].shape[-1])
    classes = {int(row[4]): int(row[8]) for row in rows if row[4] >= 0}
    return import_original(weights, case_config(case), case_planes(case), classes)


def render_case(
    case: Case, weights: Path, device: torch.device | str = "cpu"
) -> dict[str, np.ndarray]:
    """The case's pictures: rgb, disparity (NaN where there is nothing), opacity."""
    model = case_model(case, weights).to(device)
    only: Only = "all"
    if case["bckg_only"]:
        only = "background"
    elif case["obj_only"]:
        only = "objects"
    pictures = [_render(model, case, i, only) for i in range(PICTURES)]
    names = ("rgb", "disp", "acc")
    return {name: np.stack([p[i] for p in pictures]) for i, name in enumerate(names)}


def _render(
    model: PaperModel, case: Case, picture: int, only: Only
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    view = case_view(case, picture)
    rays = pixel_rays(view, grid_pixels(view, device=model.device))
    placements = place([case_boxes(case, picture)]).to(model.device)
    traced = model.trace(rays, placements, only)
    assert rays.pinhole is not None
    nothing = traced.opacity == 0
    depth = (traced.depth / rays.pinhole.norm(dim=-1)).clamp_min(1e-10)
    disp = torch.where(nothing, torch.nan, 1 / depth)
    shape = (view.height, view.width)
    return (
        traced.rgb.reshape(*shape, 3).cpu().numpy(),
        disp.reshape(shape).cpu().numpy(),
        traced.opacity.reshape(shape).cpu().numpy(),
    )


def main(arguments: list[str]) -> int:
    """The command; 2 where the input can be mended."""
    if len(arguments) != 3:
        print("usage: original_case CASE.npz WEIGHTS_DIR OUT.npz", file=sys.stderr)
        return 2
    case_path, weights, out = map(Path, arguments)
    try:
        with np.load(case_path, allow_pickle=False) as case:
            pictures = render_case(dict(case), weights)
        rgb, disp, acc = pictures["rgb"], pictures["disp"], pictures["acc"]
        np.savez_compressed(out, rgb=rgb, disp=disp, acc=acc)
    except (NsgError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
