"""The built-in street, short: what the shipped weights were trained on."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

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
