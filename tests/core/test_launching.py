"""What is said while kernels are being compiled."""

import io
import time
from types import SimpleNamespace

import pytest

from nsg_core.kernels import launching


class Module:
    """Takes a while to load."""

    def __init__(self, seconds: float) -> None:
        self.seconds, self.loads = seconds, list[str]()

    def load(self, device: str) -> None:
        self.loads.append(device)
        time.sleep(self.seconds)


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """In place of stderr; nothing has been said yet."""
    found = Terminal()
    # Between fixture and test, pytest puts its own stderr in the place of any other.
    monkeypatch.setattr(launching, "sys", SimpleNamespace(stderr=found))
    monkeypatch.setattr(launching, "PATIENCE_S", 0.05)
    launching._tell.cache_clear()
    return found


def test_who_waits_for_the_compiler_is_told_once(terminal: Terminal) -> None:
    for _ in range(2):
        module = Module(0.5)
        launching._loaded(module, "cpu")
        launching._loaded(module, "cpu")
        assert module.loads == ["cpu"]
    assert terminal.getvalue() == launching.COMPILING


def test_what_was_compiled_before_is_loaded_in_silence(terminal: Terminal) -> None:
    launching._loaded(Module(0.0), "cpu")
    time.sleep(0.2)
    assert terminal.getvalue() == ""


def test_logs_and_other_programs_hear_nothing(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(terminal, "isatty", lambda: False)
    launching._loaded(Module(0.3), "cpu")
    assert terminal.getvalue() == ""
