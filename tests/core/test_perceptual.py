"""LPIPS: its arithmetic against torchmetrics' with the same random networks."""

from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn
from torchmetrics.functional.image import lpips as theirs

from nsg_core.errors import NsgError
from nsg_core.measuring import perceptual
from nsg_core.measuring.perceptual import BACKBONES, load_lpips, stack, weights_path


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder where torch keeps its downloads."""
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    monkeypatch.setattr(torch.hub, "_hub_dir", None)
    return tmp_path


def publish(name: str) -> nn.Sequential:
    """A backbone of random weights as a file in the form of the published one."""
    features = stack(BACKBONES[name])
    state = {f"features.{key}": value for key, value in features.state_dict().items()}
    state["classifier.1.weight"] = torch.zeros(3)
    path = weights_path(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    torch.save(state, path)
    return features


def pictures(size: tuple[int, int] = (70, 90)) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(0)
    a = random.random((*size, 3), dtype=np.float32)
    return a, np.clip(a + random.normal(0, 0.1, a.shape), 0, 1).astype(np.float32)


@pytest.mark.parametrize("name", BACKBONES)
def test_it_is_the_distance_of_torchmetrics(
    name: str, hub: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    features = publish(name)
    monkeypatch.setattr(theirs, "_get_tv_model_features", lambda *_: features)
    other = theirs._LPIPS(net=name, pnet_rand=True)  # type: ignore[arg-type]
    a, b = pictures()
    x, y = (torch.from_numpy(p).permute(2, 0, 1)[None] for p in (a, b))
    with torch.inference_mode():
        expected = float(other.eval()(x, y, normalize=True))
    ours = load_lpips(name)
    assert not isinstance(ours, str)
    assert ours.between(a, b) == pytest.approx(expected, rel=1e-4)
    assert expected > 0


def test_equal_pictures_are_at_no_distance(hub: Path, device: torch.device) -> None:
    publish("alex")
    ours = load_lpips("alex")
    assert not isinstance(ours, str)
    ours = ours.to(device)
    a, b = pictures()
    assert ours.between(a, a) == 0
    assert ours.between(a, b) == pytest.approx(ours.between(b, a), rel=1e-5)
    # What no screen can show is cut before it is compared.
    assert ours.between(a * 0 - 5, a * 0) == 0


def test_without_its_networks_it_says_where_it_looked(
    hub: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(*arguments: object, **named: object) -> None:
        raise AssertionError("nobody asked for a download")

    monkeypatch.setattr(torch.hub, "load_state_dict_from_url", never)
    for name, backbone in BACKBONES.items():
        reason = load_lpips(name)
        assert isinstance(reason, str)
        assert str(hub) in reason
        assert backbone.file in reason
        assert "--download" in reason


def test_a_download_that_fails_is_a_reason_not_a_crash(
    hub: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(perceptual, "SOURCE", "file:///nowhere/")
    reason = load_lpips("alex", download=True)
    assert isinstance(reason, str)
    assert "failed" in reason
    assert "\n" not in reason


def test_what_was_asked_for_is_downloaded(
    hub: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish("alex")
    source = tmp_path / "published"
    source.mkdir()
    weights_path("alex").rename(source / BACKBONES["alex"].file)
    monkeypatch.setattr(perceptual, "SOURCE", f"{source.as_uri()}/")
    # A random network's file has not the hash of the published one.
    assert "hash" in str(load_lpips("alex", download=True))


def test_a_broken_file_is_named(hub: Path) -> None:
    path = weights_path("alex")
    path.parent.mkdir(parents=True)
    for content in (b"", b"no network", b"PK\x03\x04 broken"):
        path.write_bytes(content)
        with pytest.raises(NsgError, match=r"expected weights of alexnet"):
            load_lpips("alex")
    torch.save({"features.0.weight": torch.zeros(2)}, path)
    with pytest.raises(NsgError, match="Delete the file"):
        load_lpips("alex")
