"""The original's planes, against its own numbers and against simple truths."""

from pathlib import Path

import numpy as np
import pytest

from nsg_core.errors import NsgError
from nsg_core.paper.original.planes import SPACINGS, lay_planes

CASES = ["kitti_0000_0_40", "kitti_0002_140_224", "kitti_0006_65_120"]
RENDERED = ["background_only", "class_latent", "opaque", "per_object_nets"]
IN_GOLDEN = sorted(set(SPACINGS) - {"reversed", "static_move", "move"})


def straight_drive(frames: int, step: float = 0.5) -> np.ndarray:
    """Two cameras that look along +x (OpenGL axes) and drive that way."""
    pose = np.eye(4)
    pose[:3, :3] = [[0, 0, -1], [0, -1, 0], [-1, 0, 0]]
    poses = np.repeat(pose[None], 2 * frames, 0)
    poses[:, 0, 3] = np.tile(np.arange(frames) * step, 2)
    poses[frames:, 2, 3] = -0.5
    return poses


@pytest.mark.parametrize("plane_type", IN_GOLDEN)
@pytest.mark.parametrize("case", CASES)
def test_planes_are_those_of_the_original(
    shared: Path, case: str, plane_type: str
) -> None:
    golden = np.load(shared / "golden" / f"{case}.npz", allow_pickle=False)
    planes = lay_planes(golden["cameras_c2w"], 0.5, 150.0, plane_type, 6)
    found = {
        "bounds": planes.bounds,
        "normal": planes.normal,
        "delta": planes.delta,
        "ids": planes.ids,
        "near_far": (planes.near, planes.far),
    }
    for name, value in found.items():
        np.testing.assert_allclose(
            value, golden[f"plane_{plane_type}_{name}"], atol=1e-5, err_msg=name
        )


@pytest.mark.parametrize("case", RENDERED)
def test_planes_of_the_rendering_cases(shared: Path, case: str) -> None:
    golden = np.load(shared / "golden" / f"{case}.npz", allow_pickle=False)
    planes = lay_planes(
        golden["poses"],
        float(golden["near"]),
        float(golden["far"]),
        str(golden["plane_type"]),
        int(golden["N_samples"]),
    )
    for value, name in [
        (planes.first, "plane_first"),
        (planes.last, "plane_last"),
        (planes.normal, "plane_normal"),
        (planes.delta, "plane_delta"),
        (planes.ids, "plane_ids"),
        (planes.far, "far_used"),
    ]:
        np.testing.assert_allclose(value, golden[name], rtol=1e-6, err_msg=name)


@pytest.mark.parametrize("plane_type", SPACINGS)
def test_the_last_plane_lies_beyond_far_of_every_camera(plane_type: str) -> None:
    poses = straight_drive(20)
    planes = lay_planes(poses, 0.5, 60.0, plane_type, 8)
    np.testing.assert_allclose(planes.normal, [1, 0, 0], atol=1e-12)
    # "move" and the growing rules reach `far` of the last camera to within a plane.
    reach = (planes.last - poses[19, :3, 3]) @ planes.normal
    assert reach >= 60.0 - planes.delta * (planes.ids[-1] - planes.ids[-2])
    assert np.all(np.diff(planes.ids) > 0)
    assert planes.ids[0] == 0


def test_a_camera_that_stands_still_gets_planes() -> None:
    planes = lay_planes(straight_drive(5, step=0.0), 0.5, 60.0, "uniform", 6)
    assert planes.far == pytest.approx(60.0 + planes.delta)


@pytest.mark.parametrize(
    ("near", "far", "plane_type", "samples", "says"),
    [
        (0.5, 60.0, "unifrom", 6, "no plane type 'unifrom'.*uniform_exp"),
        (0.5, 60.0, "uniform", 1, "at least 2 samples"),
        (60.0, 0.5, "uniform", 6, "near < far"),
        (0.5, 3.0, "uniform", 6, "moves 0.50 m between two frames"),
    ],
)
def test_numbers_that_fit_no_planes(
    near: float, far: float, plane_type: str, samples: int, says: str
) -> None:
    with pytest.raises(NsgError, match=says):
        lay_planes(straight_drive(5), near, far, plane_type, samples)
