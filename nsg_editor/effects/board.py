"""TensorBoard in a process of its own, and where it can be seen."""

import importlib.util
import re
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path


class Board:
    """Starts it, and tells its address once it is known."""

    def __init__(self, found: Callable[[str], None]) -> None:
        """`found` is called from another thread, with an address or with words."""
        self._found = found
        self._process: subprocess.Popen[str] | None = None
        self._address = ""
        self._runs: Path | None = None

    def start(self, runs: Path) -> bool:
        """False: it is not installed."""
        if runs != self._runs:
            self.close()
        if self._process is not None and self._process.poll() is None:
            if self._address:
                self._found(self._address)
            return True
        self._address, self._runs = "", runs
        if importlib.util.find_spec("tensorboard") is None:
            return False
        command = [sys.executable, "-m", "tensorboard.main"]
        self._process = subprocess.Popen(
            [*command, "--logdir", str(runs), "--port", "0"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            errors="replace",
        )
        threading.Thread(target=self._read, args=(self._process,), daemon=True).start()
        return True

    def _read(self, process: "subprocess.Popen[str]") -> None:
        assert process.stderr is not None
        last, told = "", False
        with process.stderr as lines:
            for line in lines:
                address = re.search(r"https?://\S+", line)
                if "TensorBoard" in line and address:
                    self._address = address[0].rstrip("/")
                    self._found(self._address)
                    told = True
                last = line.strip() or last
        if not told:
            self._found(f"TensorBoard ended: {last}")

    def close(self) -> None:
        """End it."""
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(timeout=3)
            except subprocess.TimeoutExpired:
                self._process.kill()


def board_command(runs: Path) -> str:
    """What a person would type."""
    return f"tensorboard --logdir {runs}"
