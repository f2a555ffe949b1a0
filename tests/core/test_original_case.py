"""The renderer against pictures made by the original method's own code."""

from pathlib import Path

import numpy as np
import pytest
import torch

from tests.core.original_case import case_planes, main, render_case

WEIGHTS = {
    "background_only": "per_object_nets",
    "class_latent": "class_latent",
    "class_latent_obj_only_white": "class_latent",
    "opaque": "per_object_nets",
    "per_object_nets": "per_object_nets",
}


def _case(shared: Path, name: str) -> dict[str, np.ndarray]:
    with np.load(shared / "golden" / f"{name}.npz", allow_pickle=False) as case:
        return dict(case)


@pytest.mark.parametrize("name", WEIGHTS)
def test_meets_the_original(shared: Path, name: str, device: torch.device) -> None:
    """Every pixel, not only the mean: there is no slack for box faces."""
    case = _case(shared, name)
    folder = shared / "golden" / f"{WEIGHTS[name]}_weights"
    ours = render_case(case, folder, device)
    for channel in ("rgb", "acc"):
        error = np.abs(ours[channel] - case[channel])
        assert error.mean() < 1e-4
        assert error.max() < 2e-3
    seen = case["acc"] > 0
    assert np.array_equal(np.isnan(ours["disp"]), ~seen)
    assert np.abs(ours["disp"] - case["disp"])[seen].max() < 2e-3


@pytest.mark.parametrize("name", WEIGHTS)
def test_lays_the_same_planes(shared: Path, name: str) -> None:
    case, planes = _case(shared, name), case_planes(_case(shared, name))
    assert planes is not None
    for ours, theirs in (
        (planes.first, "plane_first"),
        (planes.last, "plane_last"),
        (planes.normal, "plane_normal"),
        (planes.ids, "plane_ids"),
        (planes.delta, "plane_delta"),
        (planes.far, "far_used"),
    ):
        np.testing.assert_allclose(ours, case[theirs], atol=1e-5)


def test_command_writes_what_the_contract_says(shared: Path, tmp_path: Path) -> None:
    golden, out = shared / "golden", tmp_path / "out.npz"
    case = golden / "background_only.npz"
    weights = golden / "per_object_nets_weights"
    assert main([str(case), str(weights), str(out)]) == 0
    with np.load(out) as ours, np.load(case) as theirs:
        assert sorted(ours) == ["acc", "disp", "rgb"]
        for name in ours:
            assert ours[name].shape == theirs[name].shape


def test_command_names_a_folder_without_weights(
    shared: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    case = shared / "golden" / "opaque.npz"
    assert main([str(case), str(tmp_path), str(tmp_path / "out.npz")]) == 2
    assert f"error: {tmp_path}" in capsys.readouterr().err
    assert not (tmp_path / "out.npz").exists()
