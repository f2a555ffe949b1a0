"""Which weights of a running training to load next.

Checkpoints may come faster than pictures are drawn, above all where a training takes
most of the processor. If each were loaded at once, each would throw away the picture
that the one before had begun, and nothing new would ever be seen.
"""

from pathlib import Path


class Newest:
    """The newest checkpoint waits until those that draw now were seen."""

    def __init__(self) -> None:
        self._waiting: Path | None = None
        self._loading = False
        self._seen = True

    @property
    def waits(self) -> bool:
        """There is a checkpoint that has not been asked for yet."""
        return self._waiting is not None

    def came(self, path: Path) -> None:
        """A training has written a checkpoint; an older one is forgotten."""
        self._waiting = path

    def take(self, drawing: bool) -> Path | None:
        """The checkpoint to load now; `drawing`: somebody waits for a picture."""
        if self._loading or (drawing and not self._seen):
            return None
        path, self._waiting = self._waiting, None
        return path

    def asked(self) -> None:
        """Weights were asked for."""
        self._loading, self._seen = True, False

    def loaded(self) -> None:
        """They draw from now on."""
        self._loading = False

    def failed(self) -> None:
        """They could not be loaded, or can draw nothing: others may do better."""
        self._loading, self._seen = False, True

    def drawn(self) -> None:
        """A picture came. While weights are loaded it is still one of the older."""
        self._seen = not self._loading
