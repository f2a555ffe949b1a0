"""Actions on key frames in the timeline: choose, move, copy, delete."""

from dataclasses import replace

from nsg_core.cameras import path as paths
from nsg_core.edits.keys import DeleteKey, MoveKeys
from nsg_core.errors import NsgError
from nsg_core.motion.keyframes import key_frames
from nsg_editor.actions.changing import active, as_step, changeable
from nsg_editor.actions.flying import camera_key_delete, path_of, with_path
from nsg_editor.actions.moving import begin, end
from nsg_editor.actions.registry import action
from nsg_editor.derived.chosen import chosen_camera_key, chosen_keys
from nsg_editor.state import EditorState
from nsg_editor.values import history
from nsg_editor.values.timing import ChosenKeys

NONE = "no key frame is chosen; click a diamond in the timeline first."


def _chosen(state: EditorState, chosen: ChosenKeys | None) -> EditorState:
    return replace(state, timing=replace(state.timing, chosen=chosen))


@action("over-frames", internal=True)
def over_frames(state: EditorState, on: bool) -> EditorState:
    """The mouse is over the frames, or has left them."""
    return replace(state, timing=replace(state.timing, over=on))


@action("key-choose")
def key_choose(
    state: EditorState, frame: int | None = None, add: bool = False
) -> EditorState:
    """Choose the selected object's key of a frame; add: one more, or one less."""
    if frame is None:
        return _chosen(state, None)
    node = active(state)
    if frame not in key_frames(node):
        raise NsgError(f"{node.label} has no key in frame {frame}.")
    now = set(chosen_keys(state)) if add else set()
    frames = now ^ {frame}
    return _chosen(state, ChosenKeys(node.track_id, tuple(sorted(frames))))


@action("keys-all")
def keys_all(state: EditorState) -> EditorState:
    """Choose all keys of the selected object."""
    node = active(state)
    return _chosen(state, ChosenKeys(node.track_id, key_frames(node)))


@action("camera-key-choose")
def camera_key_choose(state: EditorState, key: int) -> EditorState:
    """Choose a key of the camera path, without looking from there."""
    paths.at(path_of(state), key)
    flight = replace(state.flight, key=key)
    return _chosen(replace(state, flight=flight), ChosenKeys(None))


@action("drag-keys")
def drag_keys(
    state: EditorState, frames: tuple[int, ...], by: int, copies: bool = False
) -> EditorState:
    """Within a gesture: keys of the active object so many frames later, or copies."""
    (track,) = changeable(state, active(state).track_id)
    opened = state if state.history.base else begin(state)
    edits = (MoveKeys(track, frames, by, copies),) if by else ()
    proposed = history.propose(opened.history, edits, state.selection)
    there = tuple(frame + by for frame in frames)
    done = replace(opened, history=proposed)
    return _chosen(done, ChosenKeys(track, there, before=frames))


@action("keys-move")
def keys_move(state: EditorState, by: int, copies: bool = False) -> EditorState:
    """Let the chosen keys hold so many frames later, or earlier; or copies of them."""
    frames = chosen_keys(state)
    if not frames:
        raise NsgError(NONE)
    return end(drag_keys(begin(state), frames, by, copies))


@action("keys-delete")
def keys_delete(state: EditorState) -> EditorState:
    """Take the chosen keys away: of the selected object, or of the camera path."""
    key = chosen_camera_key(state)
    if key is not None:
        return _chosen(camera_key_delete(state, key), None)
    frames = chosen_keys(state)
    if not frames:
        raise NsgError(NONE)
    (track,) = changeable(state, active(state).track_id)
    done = as_step(state, tuple(DeleteKey(track, frame) for frame in frames))
    told = f"Key of frame {frames[0]}" if len(frames) == 1 else f"{len(frames)} keys"
    return replace(_chosen(done, None), notice=f"{told} deleted.")


@action("keys-copy")
def keys_copy(state: EditorState) -> EditorState:
    """Keep the chosen keys, to paste them in another frame."""
    key = chosen_camera_key(state)
    frames = chosen_keys(state)
    if key is not None:
        copied = ChosenKeys(None, (key,))
    elif frames:
        copied = ChosenKeys(active(state).track_id, frames)
    else:
        raise NsgError(NONE)
    said = "Copied; go to another frame, Ctrl+V over the frames pastes."
    timing = replace(state.timing, copied=copied)
    return replace(state, timing=timing, notice=said)


@action("keys-paste")
def keys_paste(state: EditorState) -> EditorState:
    """Put copies of the copied keys into this frame; later ones follow as they did."""
    copied = state.timing.copied
    if copied is None:
        raise NsgError("no keys are copied; choose some, then Ctrl+C copies them.")
    if copied.track is None:
        return end(drag_camera_frame(begin(state), copied.frames[0], state.frame, True))
    if copied.track != state.selection:
        label = state.scene.object(copied.track).label
        raise NsgError(f"the copied keys are those of {label}; select it first.")
    by = state.frame - copied.frames[0]
    if not by:
        return replace(state, notice="They are here; go to another frame first.")
    return end(drag_keys(begin(state), copied.frames, by, copies=True))


@action("drag-camera-frame")
def drag_camera_frame(
    state: EditorState, key: int, frame: int, copies: bool = False
) -> EditorState:
    """Within a gesture: a key of the camera path shows another frame, or a copy does.

    A copy comes half-way to the next key, or after the last one.
    """
    state.scene.index(frame)
    opened = state if state.history.base else begin(state)
    assert opened.history.base is not None
    path = opened.history.base.scene.camera_path or path_of(state)
    old = paths.at(path, key)
    if copies:
        new = paths.copied(path, key, frame)
        words = f"Copy camera key {key + 1} to frame {frame}"
    else:
        new = paths.changed(path, key, lambda k: replace(k, frame=frame))
        words = f"Camera key {key + 1} shows frame {frame}"
    if not copies and frame == old.frame:
        undone = history.propose(opened.history, (), state.selection)
        return replace(opened, history=undone)
    done = with_path(opened, new, words, close=False)
    flight = replace(done.flight, key=key + copies)
    return _chosen(replace(done, flight=flight), ChosenKeys(None))
