"""Reading the original's weights: what is right, what is broken, what is hostile."""

import contextlib
import io
import os
import pickle
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from nsg_core.errors import FileError, NsgError
from nsg_core.paper.config import PaperConfig
from nsg_core.paper.importing import import_original
from nsg_core.paper.original.arrays import read_arrays
from nsg_core.paper.original.planes import lay_planes
from nsg_core.paper.original.weights import read_weights

WIDTH = 8


def _objects(arrays: list[np.ndarray]) -> np.ndarray:
    """An object array of arrays, as the original saves a network."""
    packed = np.empty(len(arrays), dtype=object)
    packed[:] = arrays
    return packed


def _network(place: int, colour: int, rng: np.random.Generator) -> list[np.ndarray]:
    """Kernels and biases of the original's network, in its order."""
    shapes = [(place, WIDTH)] + [(WIDTH, WIDTH)] * 4 + [(place + WIDTH, WIDTH)]
    shapes += [(WIDTH, WIDTH)] * 2 + [(WIDTH, 256), (256 + colour, WIDTH // 2)]
    shapes += [(WIDTH // 2, WIDTH // 2)] * 3 + [(WIDTH // 2, 3), (WIDTH, 1)]
    arrays: list[np.ndarray] = []
    for shape in shapes:
        arrays += [rng.normal(size=shape), rng.normal(size=shape[1])]
    return [array.astype(np.float32) for array in arrays]


def _save(path: Path, arrays: list[np.ndarray]) -> Path:
    np.save(path, _objects(arrays), allow_pickle=True)
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Weights of a background, a class of two objects, at two steps."""
    rng = np.random.default_rng(0)
    for step in (100, 2000):
        _save(tmp_path / f"model_{step:06d}.npy", _network(63, 27, rng))
        _save(tmp_path / f"model_class_00000_{step:06d}.npy", _network(66, 54, rng))
        for track in (3, 5):
            code = rng.normal(size=3).astype(np.float32)
            np.save(tmp_path / f"latent_vector_obj_{track:05d}_{step:06d}.npy", code)
    return tmp_path


def _import(folder: Path, **choices: Any) -> Any:
    poses = np.stack([np.diag([1.0, -1.0, -1.0, 1.0])] * 2)
    planes = lay_planes(poses, 0.5, 60, "uniform", 6)
    classes = choices.pop("classes", None)
    config = PaperConfig(latent_size=3, far=60, **choices)
    return import_original(folder, config, planes, classes)


def _pickled(path: Path, value: object, shape: tuple[int, ...] = (1,)) -> Path:
    """An `.npy` of objects whose pickle is of anything."""
    header = io.BytesIO()
    description = {"descr": "|O", "fortran_order": False, "shape": shape}
    np.lib.format.write_array_header_1_0(header, description)  # type: ignore[arg-type]
    body = value if isinstance(value, bytes) else pickle.dumps(value, protocol=3)
    path.write_bytes(header.getvalue() + body)
    return path


class _Runs:
    """What a hostile file holds: loading it carelessly calls a function."""

    def __init__(self, function: Callable[..., object], *arguments: object):
        self.call = (function, arguments)

    def __reduce__(self) -> tuple[Callable[..., object], tuple[object, ...]]:
        return self.call


@given(
    shapes=st.lists(
        st.lists(st.integers(0, 4), min_size=1, max_size=3).map(tuple), max_size=4
    ),
    kind=st.sampled_from(["<f4", ">f4", "<f8", "<f2", "<i8"]),
    fortran=st.booleans(),
)
@settings(max_examples=60, deadline=None)
def test_reads_back_what_numpy_wrote(
    tmp_path_factory: pytest.TempPathFactory,
    shapes: list[tuple[int, ...]],
    kind: str,
    fortran: bool,
) -> None:
    rng = np.random.default_rng(1)
    order = "F" if fortran else "C"
    arrays = [
        np.asarray(rng.integers(-9, 9, size=shape), dtype=kind, order=order)
        for shape in shapes
    ]
    path = _save(tmp_path_factory.mktemp("arrays") / "a.npy", arrays)
    for ours, theirs in zip(read_arrays(path), arrays, strict=True):
        np.testing.assert_array_equal(ours, theirs)
        assert ours.dtype == theirs.dtype.newbyteorder("=")
        assert ours.flags.writeable


@pytest.mark.parametrize("protocol", [0, 1, 2, 3, 4, 5])
def test_reads_every_pickle_protocol(tmp_path: Path, protocol: int) -> None:
    arrays = [np.arange(6, dtype=np.float32).reshape(2, 3), np.ones(3, np.float32)]
    body = pickle.dumps(_objects(arrays), protocol=protocol)
    path = _pickled(tmp_path / "a.npy", body, (2,))
    if protocol == 5:  # It has instructions of its own, which `np.save` never uses.
        with pytest.raises(FileError, match="BYTEARRAY8"):
            read_arrays(path)
        return
    for ours, theirs in zip(read_arrays(path), arrays, strict=True):
        np.testing.assert_array_equal(ours, theirs)


@pytest.mark.parametrize("protocol", [0, 2, 3, 4])
def test_a_command_in_a_file_is_named_and_never_run(
    tmp_path: Path, protocol: int
) -> None:
    """Beside good arrays, and even where its result would be one of them."""
    trace = tmp_path / "was_here"
    hostile = _Runs(os.system, f"touch {trace}")
    packed = _objects([np.ones(3, np.float32), np.ones(2, np.float32)])
    packed[1] = hostile
    body = pickle.dumps(packed, protocol=protocol)
    path = _pickled(tmp_path / "model_000100.npy", body, (2,))
    with pytest.raises(FileError, match=r"(posix|nt)\.system.*could run commands") as e:
        read_arrays(path)
    assert e.value.path == path
    assert not trace.exists()
    # The file is hostile indeed: NumPy would have run it.
    np.load(path, allow_pickle=True)
    assert trace.exists()


@pytest.mark.parametrize(
    ("value", "found"),
    [
        (_Runs(eval, "1 + 1"), r"the name (builtins|__builtin__)\.eval"),
        (_Runs(np.fromfile, "/etc/passwd"), r"the name numpy"),
        (_Runs(getattr, "", "join"), "getattr"),
        (_Runs(np.ndarray, (3,)), r"_NdarrayName\(\) takes no arguments"),
        ([1, 2, 3], "a list instead of an array"),
        ({"a": 1}, "the pickle instruction EMPTY_DICT"),
        ("weights", "a str instead of an array"),
        (b"cos\nsystem\n(S'id'\ntR.", "the name os.system"),
        (b"(S'id'\nios\nsystem\n.", "the pickle instruction INST"),
        (b"\x80\x02\x82\x01.", "the pickle instruction EXT1"),
        (b"Psomewhere\n.", "the pickle instruction PERSID"),
        (b"\x80\x02]r\xff\xff\xff\x7f.", "a memo place 2147483647"),
        (b"\x80\x04\x8c\x02os\x8c\x06system\x93\x8c\x02id\x85R.", "the name os.system"),
        (b"cnumpy\ndtype\n(S'O8'\ntR.", "a _Dtype instead of an array"),
        (b"N.", "a NoneType instead of an array"),
    ],
)
def test_nothing_but_arrays_is_admitted(
    tmp_path: Path, value: object, found: str
) -> None:
    with pytest.raises(FileError, match=found):
        read_arrays(_pickled(tmp_path / "a.npy", value))


def test_arrays_of_objects_within_are_refused(tmp_path: Path) -> None:
    inner = _objects([np.ones(2), np.ones(3)])
    packed = np.empty(1, dtype=object)
    packed[0] = inner
    np.save(tmp_path / "a.npy", packed, allow_pickle=True)
    with pytest.raises(FileError, match="an array that holds no numbers"):
        read_arrays(tmp_path / "a.npy")


def test_bytes_that_do_not_fit_the_shape_are_refused(tmp_path: Path) -> None:
    """A shape that lies would read memory that is not the file's."""
    body = pickle.dumps(_objects([np.ones((2, 3), np.float32)]), protocol=3)
    assert body.count(b"K\x02K\x03\x86") == 1
    lying = body.replace(b"K\x02K\x03\x86", b"K\xffK\xff\x86")
    with pytest.raises(FileError, match=f"24 bytes for an array of {255 * 255 * 4}"):
        read_arrays(_pickled(tmp_path / "a.npy", lying))


@pytest.mark.parametrize("share", [0.0, 0.004, 0.02, 0.5, 0.99])
@pytest.mark.parametrize("name", ["model", "latent_vector_obj_00003"])
def test_a_file_cut_short_is_named(folder: Path, share: float, name: str) -> None:
    path = folder / f"{name}_002000.npy"
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * share)])
    with pytest.raises(FileError) as caught:
        read_weights(folder)
    assert caught.value.path == path
    assert str(caught.value).count("\n") == 0


@given(place=st.integers(0, 10**6), byte=st.integers(0, 255))
@settings(max_examples=150, deadline=None)
def test_a_damaged_file_is_read_or_named(
    tmp_path_factory: pytest.TempPathFactory, place: int, byte: int
) -> None:
    """Whatever byte is wrong: arrays of numbers, or one clear error."""
    path = tmp_path_factory.mktemp("damaged") / "a.npy"
    _save(path, [np.ones((2, 3), np.float32), np.zeros(3, np.float32)])
    data = bytearray(path.read_bytes())
    data[place % len(data)] = byte
    path.write_bytes(data)
    with contextlib.suppress(FileError):
        assert all(array.dtype.kind in "fi" for array in read_arrays(path))


def test_takes_the_newest_step(folder: Path) -> None:
    weights = read_weights(folder)
    assert weights.step == 2000
    assert set(weights.latents) == {3, 5}
    assert set(weights.classes) == {0}
    assert weights.background is not None
    assert weights.background.path == folder / "model_002000.npy"


def test_a_folder_without_weights(tmp_path: Path) -> None:
    (tmp_path / "model_fine_000100.npy").write_bytes(b"")
    for folder in (tmp_path, tmp_path / "absent"):
        with pytest.raises(FileError, match=f"{folder}: expected a folder with the"):
            read_weights(folder)


def test_imported_weights_are_those_of_the_files(
    folder: Path, device: torch.device
) -> None:
    model = _import(folder).to(device)
    assert model.keys == {"object/3", "object/5"}
    assert model.device.type == device.type
    assert (model.config.netwidth, model.config.netdepth) == (WIDTH, 8)
    kernel = read_weights(folder).classes[0].arrays[0]
    first = model.networks["class/0"].layers[0]
    np.testing.assert_array_equal(first.weight.detach().cpu().numpy(), kernel.T)
    code = np.load(folder / "latent_vector_obj_00005_002000.npy")
    np.testing.assert_array_equal(model.latents[1].detach().cpu().numpy(), code)


def test_objects_alone_are_drawn_without_a_background(folder: Path) -> None:
    for path in folder.glob("model_0*.npy"):
        path.unlink()
    assert not _import(folder).layout.background


def test_pedestrians_have_boxes_of_their_own(folder: Path) -> None:
    for step in (100, 2000):
        old = folder / f"model_class_00000_{step:06d}.npy"
        shutil.copy(old, folder / f"model_class_00004_{step:06d}.npy")
    grown = _import(folder, classes={3: 0, 5: 4}).layout.objects
    assert [(field.network, field.grow) for field in grown] == [
        ("class/0", 1.9),
        ("class/4", 1.2),
    ]
    with pytest.raises(NsgError, match=r"track 3 is of class None.*for class 0, 4"):
        _import(folder)


@pytest.mark.parametrize(
    ("choices", "message"),
    [
        (
            {"multires": 8},
            "model_002000.npy: expected layer 1 of 15 to be 51x8, found 63x8",
        ),
        ({"object_setting": 1}, "class_00000_002000.*layer 10.*283x4, found 310x4"),
    ],
)
def test_settings_that_do_not_fit_the_weights(
    folder: Path, choices: dict[str, Any], message: str
) -> None:
    with pytest.raises(FileError, match=message):
        _import(folder, **choices)


def test_shapes_that_are_no_network(folder: Path) -> None:
    path = folder / "model_002000.npy"
    _save(path, [np.ones((3, 2), np.float32), np.ones(5, np.float32)])
    with pytest.raises(FileError, match=r"each with its bias, found \(3, 2\) \(5,\)"):
        _import(folder)
    _save(path, [np.ones((3, 2), np.float32), np.ones(2, np.float32)])
    with pytest.raises(FileError, match=r"use_viewdirs = True.*found 1 layers"):
        _import(folder)
    arrays = _network(63, 27, np.random.default_rng(0))
    arrays[0][0, 0] = np.nan
    _save(path, arrays)
    with pytest.raises(FileError, match="finite weights, found NaN"):
        _import(folder)


def test_latent_codes_must_fit_together(folder: Path) -> None:
    path = folder / "latent_vector_obj_00005_002000.npy"
    np.save(path, np.ones(4, np.float32))
    with pytest.raises(NsgError, match=r"differ in length: \{3: 3, 5: 4\}"):
        _import(folder)
    np.save(path, np.ones((2, 2), np.float32))
    with pytest.raises(FileError, match=r"one row of numbers, found shapes \(2, 2\)"):
        _import(folder)
    np.save(path, np.array(["a", "b"]))
    with pytest.raises(FileError, match="an array of type <U1"):
        _import(folder)
