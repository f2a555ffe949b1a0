"""Actions about looks: which trained one an object wears."""

from dataclasses import replace

from nsg_core.edits.boxes import Resize
from nsg_core.edits.edit import Edit
from nsg_core.edits.objects import SetLook, SwapLooks
from nsg_core.errors import NsgError
from nsg_core.scene import Size
from nsg_editor.actions.inserting import cast_of
from nsg_editor.actions.registry import action
from nsg_editor.derived.looks import look_name, nobody, own_look
from nsg_editor.state import EditorState
from nsg_editor.values import history


@action("looks")
def looks(state: EditorState, on: bool | None = None) -> EditorState:
    """Choose another look for the selected objects, or put the choice away."""
    shown = not state.front.looks if on is None else on
    if shown:
        _tracks(state, None)
    return replace(state, front=replace(state.front, looks=shown))


@action("set-look")
def set_look(
    state: EditorState,
    look: str | None = None,
    track: int | None = None,
    size: bool = False,
) -> EditorState:
    """Draw the selected objects with another trained look; nothing: with their own."""
    edits: list[Edit] = []
    tracks = _tracks(state, track)
    for one in tracks:
        wanted = own_look(state, one) if look is None else _known(state, look)
        node = state.history.present.scene.object(one)
        if wanted is None:
            raise NsgError(f"{node.label} has no look of its own; choose one.")
        if wanted != node.model:
            edits.append(SetLook(one, wanted))
        s = _size(state, wanted) if size else None
        if s is not None and s != node.size:
            edits.append(Resize(one, (s.length, s.height, s.width)))
    front = replace(state.front, looks=False)
    if not edits:
        return replace(state, front=front, notice="That is the look they wear.")
    scene = state.history.present.scene
    one = len(tracks) == 1
    who = scene.object(tracks[0]).label if one else f"{len(tracks)} objects"
    name = "their own look" if look is None else _name(state, _known(state, look))
    done = history.do(state.history, tuple(edits), state.selection, state.selection)
    return replace(state, history=done, front=front, notice=f"{who}: {name}.")


def _name(state: EditorState, model: str) -> str:
    names = {one.model: one.name for one in cast_of(state)}
    name = names.get(model) or look_name(state.drive.recording, model)
    return f"the look of {name}"


def _known(state: EditorState, look: str) -> str:
    """The model of a look, by its key or by its owner's name."""
    found = {one.model: one.model for one in cast_of(state)}
    found |= {one.name: one.model for one in cast_of(state)}
    # Without weights there is no cast; what was recorded can be trained.
    found |= {o.model: o.model for o in state.drive.recording.objects}
    if look not in found:
        known = ", ".join(o.name for o in cast_of(state))
        told = f"There are: {known}." if known else nobody(state.model)
        raise NsgError(f"nobody has the look {look!r}. {told}")
    return found[look]


def _size(state: EditorState, model: str) -> Size | None:
    sizes = {one.model: one.size for one in cast_of(state)}
    return sizes.get(model)


@action("swap-looks")
def swap_looks(
    state: EditorState, track: int | None = None, other: int | None = None
) -> EditorState:
    """Let two selected objects wear each other's look."""
    if track is None or other is None:
        if len(state.selected_tracks) != 2:
            raise NsgError(
                "select two objects to swap their looks: click one, then "
                "another one with Shift held."
            )
        track, other = state.selected_tracks
    scene = state.history.present.scene
    names = f"{scene.object(track).label} and {scene.object(other).label}"
    swap = (SwapLooks(track, other),)
    done = history.do(state.history, swap, state.selection, state.selection)
    return replace(state, history=done, notice=f"{names} have swapped looks.")


def _tracks(state: EditorState, track: int | None) -> tuple[int, ...]:
    """This object, or all that are selected."""
    if track is not None:
        return (state.scene.object(track).track_id,)
    if not state.selected_tracks:
        raise NsgError("nothing is selected; click a box or a row of the scene first.")
    return state.selected_tracks
