"""Opens folders and pages in the system's own programs for them."""

import os
import shutil
import subprocess
import sys
import threading
import webbrowser
from collections import deque
from pathlib import Path

from nsg_editor.state import EditorState
from nsg_editor.store import Store

OPENERS = {"darwin": "open", "win32": "explorer"}
PATIENCE_S = 10.0
"""A program that has not ended by then shows the folder itself."""


def opener() -> str:
    """What opens folders on this system."""
    return OPENERS.get(sys.platform, "xdg-open")


def open_in_system(folder: Path) -> str:
    """Show a folder; why it cannot be shown, or nothing. Waits for the program."""
    there = f"The files are in {folder}"
    if not os.path.isdir(folder):
        return f"{folder} is not there (any more). Was it moved or deleted?"
    program = shutil.which(opener())
    if program is None:
        return f"{there}\n\nTo open folders from here, install {opener()} (xdg-utils)."
    try:
        done = subprocess.run(
            [program, str(folder)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            errors="replace",
            timeout=PATIENCE_S,
            start_new_session=True,
        )
    except subprocess.TimeoutExpired:
        return ""
    except OSError as error:
        return f"{there}\n\n{opener()} could not be started: {error}"
    # Windows' own program says 1 whatever happens.
    if done.returncode == 0 or sys.platform == "win32":
        return ""
    said = done.stderr.strip() or f"it ended with code {done.returncode}"
    return f"{there}\n\n{opener()} found no program that shows folders: {said}"


def open_page(address: str) -> str:
    """Show a page; why it cannot be shown, or nothing. Waits for the browser."""
    if webbrowser.open(address):
        return ""
    return f"No browser could be started. The page is {address}"


class Revealing:
    """Between the wish to see something and the system, which may take its time."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._mail: deque[str] = deque()
        store.listen(self.changed)

    def changed(self, old: EditorState, new: EditorState) -> None:
        """Open what the new state asks for."""
        wish = new.front.revealing
        if wish is not None and old.front.revealing is None:
            work = threading.Thread(target=self._open, args=(wish,), daemon=True)
            work.start()

    def _open(self, wish: Path | str) -> None:
        opening = open_page(wish) if isinstance(wish, str) else open_in_system(wish)
        self._mail.append(opening)

    def tick(self) -> None:
        """Tell the state how it went."""
        while self._mail:
            self._store.dispatch("folder-opened", problem=self._mail.popleft())
