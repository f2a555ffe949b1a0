"""The machine that numbers come from, without which they say nothing."""

import os
import platform
import sys
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import torch

from nsg_core.threads import CORES

MEGABYTE = 1024 * 1024


def describe(device: torch.device) -> dict[str, object]:
    """Processor, cores, device and versions."""
    gpu = torch.cuda.get_device_name(device) if device.type == "cuda" else None
    return {
        "system": f"{platform.system()} {platform.release()}",
        "processor": _processor(),
        "threads": CORES,
        "load": round(os.getloadavg()[0], 1) if hasattr(os, "getloadavg") else None,
        "device": device.type,
        "gpu": gpu,
        "python": platform.python_version(),
        "versions": {
            name: _version(name) for name in ("nsg-editor", "torch", "warp-lang")
        },
    }


def peak_memory() -> float:
    """The most memory that this program ever held, in MB."""
    # Not getrusage: on Linux a new program inherits the peak of its parent there.
    return _status("VmHWM") or _usage()


def resident_memory() -> float:
    """What it holds now, in MB; its peak on systems that do not tell."""
    return _status("VmRSS") or _usage()


def forget_peak() -> bool:
    """Let the peak begin anew; whether the system did (many containers do not)."""
    with suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5", encoding="utf-8")
    # Some systems take the wish and do nothing.
    return peak_memory() - resident_memory() < FORGOTTEN


FORGOTTEN = 16.0
"""MB by which a fresh peak may lie above what is held."""


def _status(name: str) -> float | None:
    try:
        lines = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
    except OSError:
        return None
    return next((int(x.split()[1]) / 1024 for x in lines if x.startswith(name)), None)


def _usage() -> float:
    import resource  # Windows has none.

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / MEGABYTE if sys.platform == "darwin" else peak / 1024


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    names = [line.partition(":")[2].strip() for line in lines if "model name" in line]
    return names[0] if names else platform.machine()


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None
