"""Fixtures for every test: devices, seeds, and the shared data where it exists."""

import os
from pathlib import Path
from pkgutil import iter_modules

import numpy as np
import pytest
import torch
from hypothesis import settings
from jaxtyping import install_import_hook

# Shapes and types are checked in tests only. Not by `--jaxtyping-packages`: that option
# misreads a list of several packages before a checker with arguments. Kernels are left
# out: their annotations are Warp's.
ROOMS = iter_modules([str(Path(__file__).resolve().parents[1] / "nsg_core")])
install_import_hook(
    [
        *(f"nsg_core.{room.name}" for room in ROOMS if room.name != "kernels"),
        "nsg_editor",
    ],
    "beartype.beartype(conf=beartype.BeartypeConf(is_pep484_tower=True))",
)

# Tensors are small here: more threads would only wait for each other, which takes ten
# times as long where other programs want the processor too.
torch.set_num_threads(1)

# How long an example takes says more of the machine's load than of the program.
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")

DEVICES = ["cpu", *(["cuda"] if torch.cuda.is_available() else [])]


@pytest.fixture(autouse=True)
def _strict_numbers() -> object:
    """The same random numbers in every test, and no silent overflow in NumPy."""
    torch.manual_seed(0)
    with np.errstate(all="raise", under="ignore"):
        yield


@pytest.fixture(params=DEVICES)
def device(request: pytest.FixtureRequest) -> torch.device:
    """Every device that this machine has."""
    return torch.device(request.param)


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder with a real drive and the original method's outputs."""
    beside = Path(__file__).resolve().parents[2] / "shared"
    folder = Path(os.environ.get("NSG_SHARED", beside))
    if not folder.is_dir():
        pytest.skip(f"needs the shared data: no folder {folder} (set $NSG_SHARED)")
    return folder
