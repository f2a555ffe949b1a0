"""When the next edit holds, by the scope that is chosen and the frame shown."""

from typing import Any

from nsg_editor.state import EditorState


def held(state: EditorState) -> dict[str, Any]:
    """What tells an edit when it holds: ``Move(track, by, **held(state))``."""
    scope = state.scope
    when: dict[str, Any] = {"frames": scope.frames(state.frame, last_frame(state))}
    if scope.fades and scope.blend:
        when["blend"] = scope.blend
    if scope.kind == "key":
        when["key"] = True
    return when


def last_frame(state: EditorState) -> int:
    """Of the drive, or of what has been shifted beyond its end."""
    ends = [node.track.frames[-1] for node in state.scene.objects]
    return max(state.scene.frames[-1], *ends) if ends else state.scene.frames[-1]


def shaded(state: EditorState) -> tuple[int, int, int]:
    """First and last frame that the next edit holds for, and how far it fades."""
    scope, frames = state.scope, state.scene.frames
    span = scope.frames(state.frame, frames[-1]) or (frames[0], frames[-1])
    return (*span, scope.blend if scope.fades else 0)
