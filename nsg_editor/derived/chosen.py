"""Which key frames the timeline shows, and which of them are chosen there."""

from dataclasses import dataclass

from nsg_core.motion.keyframes import key_frames
from nsg_editor.state import EditorState


@dataclass(frozen=True, slots=True)
class Diamond:
    """A key frame in the timeline."""

    frame: int
    chosen: bool
    key: int | None = None
    """Of the camera path: its number from 0; None: a key of the selected object."""


def chosen_keys(state: EditorState) -> tuple[int, ...]:
    """The frames of the selected object's keys that are chosen and there."""
    chosen, node = state.timing.chosen, state.selected
    if chosen is None or node is None or chosen.track != node.track_id:
        return ()
    return tuple(frame for frame in key_frames(node) if frame in chosen.frames)


def chosen_camera_key(state: EditorState) -> int | None:
    """The camera path's key that is chosen in the timeline."""
    chosen, path = state.timing.chosen, state.scene.camera_path
    if chosen is None or chosen.track is not None or path is None:
        return None
    key = state.flight.key
    return key if key is not None and key < len(path.keys) else None


def any_chosen(state: EditorState) -> bool:
    """Some key is."""
    return bool(chosen_keys(state)) or chosen_camera_key(state) is not None


def diamonds(state: EditorState) -> tuple[Diamond, ...]:
    """All keys within the drive, those that are chosen last; they lie on top."""
    frames, node, path = state.scene.frames, state.selected, state.scene.camera_path
    found: list[Diamond] = []
    if node is not None:
        chosen = chosen_keys(state)
        found += [Diamond(f, f in chosen) for f in key_frames(node)]
    if path is not None:
        mine = chosen_camera_key(state)
        found += [Diamond(k.frame, i == mine, i) for i, k in enumerate(path.keys)]
    shown = [d for d in found if frames[0] <= d.frame <= frames[-1]]
    return tuple(sorted(shown, key=lambda d: d.chosen))
