"""Checkpoints: what is saved is loaded, and nothing else is taken for one."""

import json
import pickle
import struct
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file
from torch import Tensor

from nsg_core.benchmarks.machine import peak_memory
from nsg_core.checkpoint import Trained, drive_of, load_checkpoint, save_checkpoint
from nsg_core.errors import FileError, NsgError
from nsg_core.fast.model import FastModel
from nsg_core.paper.config import PaperConfig
from nsg_core.paper.model import PaperModel
from tests.core.drives import small_scene
from tests.core.fast_models import BOXES, look, placed, rays_of, textured

PAPER = PaperConfig(netwidth=16, netwidth_obj=16, latent_size=4, far=60)
Header = dict[str, object]


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    """A fast model of a small drive."""
    path = tmp_path / "runs/a/checkpoint.safetensors"
    save_checkpoint(path, textured("cpu"), 120, drive_of(small_scene()))
    return path


def _rewritten(
    path: Path,
    change: Callable[[Header], object] = lambda header: None,
    tensors: Callable[[dict[str, Tensor]], object] = lambda tensors: None,
) -> Path:
    """A well-formed file in which somebody has changed something."""
    from safetensors import safe_open

    with safe_open(path, framework="pt") as file:
        header = json.loads(file.metadata()["nsg"])
    values = load_file(path)
    change(header)
    tensors(values)
    other = path.with_name("changed.safetensors")
    save_file(values, other, metadata={"nsg": json.dumps(header)})
    return other


def _refused(path: Path) -> str:
    """Why a file is no checkpoint; the message names it."""
    with pytest.raises(FileError) as caught:
        load_checkpoint(path)
    message = str(caught.value)
    assert message.startswith(f"{path}: expected ")
    assert "\n" not in message
    return message


def test_what_is_loaded_draws_the_same_picture(
    saved: Path, device: torch.device
) -> None:
    """Tables lose half their digits in the file, so colours are nearly equal."""
    loaded = load_checkpoint(saved, device)
    assert isinstance(loaded.model, FastModel)
    assert (loaded.step, loaded.path) == (120, saved)
    assert loaded.model.device.type == device.type
    assert not loaded.model.training
    rays, boxes = rays_of(look(), device, 0), placed(BOXES, device)
    before, after = textured(device).trace(rays, boxes), loaded.model.trace(rays, boxes)
    assert (before.rgb - after.rgb).abs().mean() < 2e-3
    assert (before.opacity - after.opacity).abs().mean() < 2e-3
    assert (before.track != after.track).float().mean() < 0.02


def test_saving_again_changes_nothing(saved: Path, tmp_path: Path) -> None:
    loaded = load_checkpoint(saved)
    again = tmp_path / "again.safetensors"
    save_checkpoint(again, loaded.model, loaded.step, loaded.drive)
    assert again.read_bytes() == saved.read_bytes()


def test_a_paper_model_comes_back_with_its_planes(tmp_path: Path) -> None:
    scene, path = small_scene(), tmp_path / "paper.safetensors"
    model = PaperModel(PAPER, scene).eval()
    save_checkpoint(path, model, 7, drive_of(scene))
    loaded = load_checkpoint(path).model
    assert isinstance(loaded, PaperModel)
    assert loaded.config == model.config
    assert loaded.layout == model.layout
    rays = rays_of(scene.view("image_02", 1), "cpu")
    boxes = placed(scene.at(1), "cpu")
    assert torch.equal(model.trace(rays, boxes).rgb, loaded.trace(rays, boxes).rgb)


def test_the_densest_wall_can_be_saved(tmp_path: Path) -> None:
    """Densities reach exp(12), and the highest number of a file's grid is 65504."""
    model, path = textured("cpu"), tmp_path / "dense.safetensors"
    model.background.grid[:5] = 160_000.0
    save_checkpoint(path, model)
    loaded = load_checkpoint(path).model
    assert isinstance(loaded, FastModel)
    assert bool((loaded.background.grid[:5] > 60_000).all())


def test_it_knows_its_drive(saved: Path) -> None:
    loaded, scene = load_checkpoint(saved), small_scene()
    assert loaded.misfit(scene) == ""
    assert loaded.misfit(replace(scene, frames=scene.frames[:2])) == ""
    misfit = loaded.misfit(replace(scene, sequence="0019"))
    assert str(saved) in misfit
    assert "kitti-tracking 0000" in misfit
    assert "kitti-tracking 0019" in misfit


def test_it_knows_what_it_has_seen(tmp_path: Path) -> None:
    path, trained = tmp_path / "a.safetensors", Trained("suds-50", (0, 1, 3), 0.25)
    save_checkpoint(path, textured("cpu"), 3, trained=trained)
    assert load_checkpoint(path).trained == trained
    # Some early files also name a folder of their maker's.
    early = _rewritten(path, lambda h: h["trained"].update(data="/home/a"))  # type: ignore[union-attr]
    assert load_checkpoint(early).trained == trained
    save_checkpoint(path, textured("cpu"))
    assert load_checkpoint(path).trained is None


def test_weights_in_the_originals_world_are_for_its_scene_alone(tmp_path: Path) -> None:
    path, scene = tmp_path / "a.safetensors", small_scene()
    save_checkpoint(path, textured("cpu"), 0, drive_of(scene), world="original")
    loaded = load_checkpoint(path)
    assert loaded.world == "original"
    assert loaded.misfit(scene, "original") == ""
    assert "imported from the original code" in loaded.misfit(scene)
    other = replace(scene, sequence="0019")
    assert "trained on" in loaded.misfit(other, "original")


def test_files_of_earlier_versions_are_read(saved: Path) -> None:
    """They say neither what they have seen nor in whose coordinates."""
    older = _rewritten(saved, lambda h: [h.pop(key) for key in ("trained", "world")])
    loaded = load_checkpoint(older)
    assert (loaded.trained, loaded.world) == (None, "recorded")


def test_without_a_drive_it_fits_any(tmp_path: Path) -> None:
    path = tmp_path / "a.safetensors"
    save_checkpoint(path, textured("cpu"))
    loaded = load_checkpoint(path)
    assert loaded.drive is None
    assert loaded.misfit(small_scene()) == ""


def test_a_missing_file(tmp_path: Path) -> None:
    assert "no such file" in _refused(tmp_path / "nothing.safetensors")


def test_a_folder(tmp_path: Path) -> None:
    _refused(tmp_path)


@pytest.mark.parametrize("kept", [0.0, 0.001, 0.5, 0.999])
def test_a_file_that_is_cut_off(saved: Path, kept: float) -> None:
    data = saved.read_bytes()
    saved.write_bytes(data[: int(len(data) * kept)])
    assert "safetensors" in _refused(saved)


class _Bomb:
    """What a pickle can do: run code when it is read."""

    def __reduce__(self) -> tuple[object, ...]:
        return (Path.touch, (Path("exploded"),))


def test_a_pickle_is_not_executed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name, write in (("a.pt", torch.save), ("b.pkl", _dump)):
        write({"weights": _Bomb()}, tmp_path / name)
        _refused(tmp_path / name)
    assert not (tmp_path / "exploded").exists()


def _dump(value: object, path: Path) -> None:
    path.write_bytes(pickle.dumps(value))


def test_safetensors_of_other_programs(tmp_path: Path) -> None:
    for name, metadata in (("a", None), ("b", {"format": "pt"}), ("c", {"nsg": "7"})):
        path = tmp_path / f"{name}.safetensors"
        save_file({"weight": torch.zeros(3)}, path, metadata=metadata)
        assert "nsg-checkpoint/1" in _refused(path)
    path = tmp_path / "d.safetensors"
    save_file({"weight": torch.zeros(3)}, path, metadata={"nsg": "{broken"})
    _refused(path)


CHANGES: dict[str, tuple[Callable[[Header], object], str]] = {
    "format": (lambda h: h.update(format="nsg-checkpoint/9"), "nsg-checkpoint/1"),
    "kind": (lambda h: h.update(kind="gaussians"), "gaussians"),
    "no configuration": (lambda h: h.pop("config"), "None"),
    "unknown key": (lambda h: h["config"].update(wings=2), "wings"),  # type: ignore[union-attr]
    "other size": (lambda h: h["config"].update(log2_rows=10), "table of shape"),  # type: ignore[union-attr]
    "wrong type": (lambda h: h["config"].update(log2_rows="9"), "log2_rows"),  # type: ignore[union-attr]
    "endless march": (lambda h: h["config"].update(smallest=0.0), "smallest"),  # type: ignore[union-attr]
    "all memory": (lambda h: h["config"].update(log2_rows=60), "log2_rows"),  # type: ignore[union-attr]
    "drive": (lambda h: h.update(drive={"dataset": 3}), "dataset"),
    "trained": (lambda h: h.update(trained={"protocol": "all"}), "frames"),
    "step": (lambda h: h.update(step="many"), "number of steps"),
    "world": (lambda h: h.update(world="flat"), "known world"),
    "giant paper": (
        lambda h: h.update(kind="paper", config={"netwidth": 1 << 40}),
        "netwidth",
    ),
    "endless paper": (
        lambda h: h.update(kind="paper", config={"netdepth": 1 << 40}),
        "netdepth",
    ),
    "paper without planes": (
        lambda h: h.update(kind="paper", config={}),
        "layout",
    ),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_changed_header_is_named(saved: Path, change: str) -> None:
    edit, named = CHANGES[change]
    assert named in _refused(_rewritten(saved, edit))


TENSORS: dict[str, tuple[Callable[[dict[str, Tensor]], object], str]] = {
    "missing": (lambda t: t.pop("background.weights"), "background.weights"),
    "one more": (lambda t: t.update(wings=torch.zeros(2)), "wings"),
    "shape": (
        lambda t: t.update({"objects.grid": torch.zeros(5)}),
        "objects.grid of shape",
    ),
    "NaN": (
        lambda t: t["background.table"].view(-1)[7].fill_(torch.nan),
        "finite numbers in background.table",
    ),
    "infinity": (
        lambda t: t["exposure.offset"].view(-1)[0].fill_(torch.inf),
        "finite numbers in exposure.offset",
    ),
}


@pytest.mark.parametrize("change", TENSORS)
def test_changed_weights_are_named(saved: Path, change: str) -> None:
    edit, named = TENSORS[change]
    assert named in _refused(_rewritten(saved, tensors=edit))


@pytest.mark.parametrize(
    "kind", [torch.int64, torch.bool, torch.float64, torch.complex64, torch.uint8]
)
def test_weights_of_another_type_are_named(saved: Path, kind: torch.dtype) -> None:
    def change(tensors: dict[str, Tensor]) -> None:
        tensors["background.table"] = tensors["background.table"].to(kind)

    said = _refused(_rewritten(saved, tensors=change))
    assert f"{kind}" in said
    assert "background.table" in said


def test_a_small_file_cannot_ask_for_much_memory(saved: Path) -> None:
    """Its configuration promises eight gigabytes of tables, and there are none."""

    def change(header: Header) -> None:
        config = header["config"]
        assert isinstance(config, dict)
        config.update(log2_rows=24, log2_object_rows=24, cells=[512, 512, 512])

    path = _rewritten(saved, change)
    before = peak_memory()
    assert "of shape" in _refused(path)
    assert peak_memory() - before < 200


def _raw(path: Path, header: object, data: bytes = b"") -> Path:
    """A file in the form of safetensors with any header."""
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    path.write_bytes(struct.pack("<Q", len(text)) + text + data)
    return path


def _tensor(shape: list[int], offsets: list[int], dtype: str = "F32") -> object:
    return {"a": {"dtype": dtype, "shape": shape, "data_offsets": offsets}}


RAW: dict[str, object] = {
    "more than the file holds": _tensor([1 << 40], [0, 1 << 42]),
    "shape without data": _tensor([1 << 20, 1 << 20], [0, 8]),
    "overflow": _tensor([1 << 62, 1 << 62], [0, 8]),
    "negative shape": _tensor([-2], [0, 8]),
    "negative offsets": _tensor([2], [-8, 0]),
    "offsets backwards": _tensor([2], [8, 0]),
    "offset into the void": _tensor([2], [800, 808]),
    "unknown type": _tensor([2], [0, 8], "F7"),
    "a list": [1, 2],
    "no JSON": b"{" * 64,
    "deep": b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
    "deep metadata": {"__metadata__": {"nsg": "[" * 100_000}},
    "numbers for texts": {"__metadata__": {"nsg": 7}},
    "no bytes of a text": b"\xff\xfe\xfd\xfc" * 8,
    "empty": b"",
}


@pytest.mark.parametrize("header", RAW)
def test_a_hostile_header_is_refused(tmp_path: Path, header: str) -> None:
    _refused(_raw(tmp_path / "a.safetensors", RAW[header], bytes(8)))


def test_a_header_longer_than_any_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.safetensors"
    for length in (2**64 - 1, 2**63, 1 << 40, 100_000_001):
        path.write_bytes(struct.pack("<Q", length) + b"{}")
        _refused(path)


def test_weights_that_went_astray_replace_nothing(saved: Path) -> None:
    before = saved.read_bytes()
    model = textured("cpu")
    with torch.no_grad():
        model.background.table[0, 0, 0] = torch.nan
    with pytest.raises(NsgError, match=r"background\.table has become NaN"):
        save_checkpoint(saved, model)
    assert saved.read_bytes() == before


def test_where_nothing_can_be_written_nothing_is(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    path = tmp_path / "file" / "checkpoint.safetensors"
    with pytest.raises(NsgError) as caught:
        save_checkpoint(path, textured("cpu"))
    assert str(path.parent) in str(caught.value)
    assert [p.name for p in tmp_path.iterdir()] == ["file"]
