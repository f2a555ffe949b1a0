"""What was done, as lines of a play: carried out again they give the same scene.

Each action of a person becomes the JSON line that `--play` knows. A gesture is one line
with the edits that it came to; of looking around only where it led to is noted, when
something is done there.
"""

import json
from collections import deque
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nsg_core.documents.scene_file import edit_list_to_json
from nsg_core.edits.edit import Edit
from nsg_core.scene import Matrix
from nsg_editor.actions.registry import ACTIONS
from nsg_editor.state import EditorState
from nsg_editor.values.history import copied

MOST = 20_000
"""Lines that are kept."""
LOOKING = frozenset(
    {
        *(
            "advance",
            "play",
            "step",
            "frame",
            "camera",
            "orbit",
            "look",
            "pan",
            "dolly",
        ),
        *("fly", "home", "focus", "fit-map", "follow", "preview", "look-from"),
        *("camera-path-time", "cast-carry"),
    }
)
"""Only where these led to is noted."""
PASSING = frozenset(
    {
        *("palette", "preferences", "help", "open-dialog", "save-as", "panel", "fold"),
        *("close-dialog", "looking-menu", "list-search", "list-fold", "list-rename"),
        *("divide", "log-save", "cancel", "cast-choose", "begin", "end"),
        *("looks", "keys-to", "next-panel"),
    }
)
"""Windows and panels come and go; nothing of it stays."""
LEAVING = frozenset({"close", "quit", "answer", "open", "recover"})
"""They end what is noted, or begin something that no line can do."""

PARTS = frozenset(
    {
        *("transform", "transform-axis", "transform-type", "transform-erase"),
        *("transform-keep", "mount-at", "camera-key-drag", "camera-path-drag"),
    }
)
"""Steps of gestures, which are noted as what they came to."""

Line = dict[str, Any]


@dataclass
class Jotter:
    """Hears each action that was done, and keeps its line."""

    lines: deque[Line] = field(default_factory=lambda: deque(maxlen=MOST))
    version: int = 0
    """Grows with each change."""
    _frame: int | None = None
    _camera: str | None = None
    _free: Matrix | None = None

    def begin(self, state: EditorState) -> None:
        """Where the play will begin too."""
        self._frame, self._camera, self._free = state.frame, state.camera, state.free

    def heard(
        self,
        name: str,
        arguments: dict[str, object],
        old: EditorState,
        new: EditorState,
    ) -> None:
        """An action was done; the state before and after it."""
        base = old.history.base
        if base is not None and new.history.base is not base:
            # The gesture that was open has ended with this action, kept or not.
            done = old.history.present.edits[len(base.edits) :]
            if done and _kept(base.edits, done, new):
                line: Line = {"do": "apply", "edits": edit_list_to_json(done)}
                if copied(old.history):
                    line["select"] = list(old.selected_tracks)
                self._note(old, line)
            elif name in ("undo", "cancel"):
                return
        if name == "cancel" and old.selected_tracks and not new.selected_tracks:
            # Without a gesture it lets go of what is selected.
            self._note(old, {"do": "select-none"})
        if new.history.base is not None or name in PARTS or name.startswith("drag-"):
            return
        if ACTIONS[name].internal or name in LOOKING | PASSING | LEAVING:
            return
        plain = {key: _plain(value) for key, value in arguments.items()}
        self._note(old, {"do": name} | plain)

    def _note(self, old: EditorState, line: Line) -> None:
        for where in self._whereabouts(old):
            self._append(where)
        self._append(line)

    def _whereabouts(self, state: EditorState) -> list[Line]:
        """Lines that go to where something is done."""
        found: list[Line] = []
        if state.frame != self._frame:
            found.append({"do": "frame", "to": state.frame})
        free = self._free
        if state.camera != self._camera:
            found.append({"do": "camera", "name": state.camera})
            free = None
        if state.free != free:
            pose = None if state.free is None else list(state.free)
            found.append({"do": "look-from", "pose": pose})
        self._frame, self._camera, self._free = state.frame, state.camera, state.free
        return found

    def _append(self, line: Line) -> None:
        self.lines.append(line)
        self.version += 1

    @staticmethod
    def row(line: Line) -> str:
        """A line as JSON."""
        return json.dumps(line)

    def text(self) -> str:
        """All lines as a play."""
        rows = ",\n".join(f"  {self.row(line)}" for line in self.lines)
        return f"[\n{rows}\n]\n" if rows else "[]\n"


def _kept(before: tuple[Edit, ...], done: tuple[Edit, ...], new: EditorState) -> bool:
    """The edits of a gesture are part of what is there now."""
    here = len(before)
    return new.edits[here : here + len(done)] == done


def _plain(value: object) -> Any:
    """As JSON has it."""
    if isinstance(value, Path):
        return str(value)
    if isinstance(value, tuple | list | frozenset):
        return [_plain(item) for item in value]
    return value
