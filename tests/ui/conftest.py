"""Panels without a window, and the built-in street that the weights belong to."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import dearpygui.dearpygui as dpg
import pytest

from tests.ui.office import Office

FRAMES = 3


@pytest.fixture(scope="session")
def short_street(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The street's first frames at full size; the same seed gives the same street."""
    folder = tmp_path_factory.mktemp("built-in") / "street"
    command = [sys.executable, "-m", "nsg_core.cli", "demo", str(folder)]
    environment = os.environ | {"OMP_NUM_THREADS": "1"}
    subprocess.run(
        [*command, "--frames", str(FRAMES)], check=True, timeout=300, env=environment
    )
    return folder


@pytest.fixture
def office() -> Iterator[Office]:
    """A fresh context for each test."""
    dpg.create_context()
    made = Office()
    yield made
    made.panels.views.close()
    dpg.destroy_context()
