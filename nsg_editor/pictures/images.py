"""Recorded pictures for the screen, read in a thread so that the window never waits."""

import threading
import time
from collections import OrderedDict

import numpy as np

from nsg_core.errors import NsgError
from nsg_core.sequence import Sequence

KEPT = 48
"""Pictures in memory: at KITTI's size about 67 MB."""
AGAIN_S = 1.0
"""After so long a file that could not be read is tried again: it may have come back."""
Key = tuple[str, int]


class Images:
    """The newest wanted picture first; a few that come next after it."""

    def __init__(self, sequence: Sequence) -> None:
        self._sequence = sequence
        self._wake = threading.Condition()
        self._wanted: list[Key] = []
        self._kept: OrderedDict[Key, np.ndarray | NsgError] = OrderedDict()
        self._failed: dict[Key, float] = {}
        """When a file was found to be broken or gone."""
        self._stopped = False
        self._thread = threading.Thread(target=self._run, name="images", daemon=True)
        self._thread.start()

    def want(self, *keys: Key) -> None:
        """Read these (camera, frame), in this order, and forget older wishes."""
        with self._wake:
            self._wanted = [key for key in keys if self._unread(key)]
            self._wake.notify()

    def _unread(self, key: Key) -> bool:
        at = self._failed.get(key)
        if at is not None and time.monotonic() - at > AGAIN_S:
            return True
        return key not in self._kept

    def get(self, key: Key) -> np.ndarray | NsgError | None:
        """Pixels, what is wrong with the file, or None: not read yet."""
        with self._wake:
            found = self._kept.get(key)
            if found is not None:
                self._kept.move_to_end(key)
            return found

    def stop(self) -> None:
        """End the thread."""
        with self._wake:
            self._stopped = True
            self._wake.notify()
        self._thread.join(timeout=5)

    def _run(self) -> None:
        while True:
            with self._wake:
                while not self._wanted and not self._stopped:
                    self._wake.wait()
                if self._stopped:
                    return
                key = self._wanted[0]
            found = self._read(key)
            with self._wake:
                self._kept[key] = found
                self._failed.pop(key, None)
                if isinstance(found, NsgError):
                    self._failed[key] = time.monotonic()
                while len(self._kept) > KEPT:
                    self._failed.pop(self._kept.popitem(last=False)[0], None)
                self._wanted = [other for other in self._wanted if other != key]

    def _read(self, key: Key) -> np.ndarray | NsgError:
        try:
            return self._sequence.image(*key)
        except NsgError as error:
            return error
