"""Choosing a device: a GPU that cannot be used is said in one line, and not used."""

import warnings
from collections.abc import Callable

import pytest
import torch

from nsg_core.commands.options import choose_device

OLD = (
    "CUDA initialization: The NVIDIA driver on your system is too old (found version "
    "10010). Please update your GPU driver.\nMore lines follow."
)


def _say_old() -> bool:
    warnings.warn(OLD, UserWarning, stacklevel=2)
    return False


def _machine(
    patch: pytest.MonkeyPatch, version: str | None, available: Callable[[], bool]
) -> None:
    patch.setattr(torch.version, "cuda", version)
    patch.setattr(torch.cuda, "is_available", available)


def test_the_cpu_is_taken_without_a_word(capfd: pytest.CaptureFixture[str]) -> None:
    assert choose_device("cpu").type == "cpu"
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(("version", "why"), [(None, "build"), ("13.0", "no NVIDIA")])
def test_without_a_gpu_only_who_asked_for_it_is_told(
    version: str | None,
    why: str,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    _machine(monkeypatch, version, lambda: False)
    assert choose_device(None).type == "cpu"
    assert capfd.readouterr() == ("", "")
    assert choose_device("cuda").type == "cpu"
    out, err = capfd.readouterr()
    assert out == ""
    assert err.startswith("warning: computing on the CPU, for ")
    assert why in err
    assert err.count("\n") == 1


def test_an_old_driver_is_told_even_if_nobody_asked(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    _machine(monkeypatch, "13.0", _say_old)
    assert choose_device(None).type == "cpu"
    said = capfd.readouterr().err
    assert "too old" in said
    assert said.count("\n") == 1


@pytest.mark.parametrize(
    "error",
    [
        torch.OutOfMemoryError("CUDA out of memory. Tried to allocate.\nSee manual."),
        RuntimeError("CUDA error: no kernel image is available\nCompile with"),
        RuntimeError(""),
    ],
)
def test_a_gpu_that_refuses_work_is_told(
    error: RuntimeError,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    def refuse(*arguments: object, **named: object) -> None:
        raise error

    _machine(monkeypatch, "13.0", lambda: True)
    monkeypatch.setattr(torch, "ones", refuse)
    assert choose_device(None).type == "cpu"
    said = capfd.readouterr().err
    assert "the GPU refuses work" in said
    assert said.count("\n") == 1


@pytest.mark.cuda
@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs an NVIDIA GPU")
def test_a_gpu_that_works_is_used(capfd: pytest.CaptureFixture[str]) -> None:
    for name in (None, "cuda"):
        assert choose_device(name).type == "cuda"
    assert capfd.readouterr() == ("", "")
