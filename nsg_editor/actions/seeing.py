"""Actions about what of the picture is looked at, and what it is compared with."""

from dataclasses import replace

from nsg_core.request import Only, RenderRequest
from nsg_editor.actions.registry import action
from nsg_editor.derived.beside import compared_with, rival_of, variant_scene
from nsg_editor.state import EditorState
from nsg_editor.values.looking import (
    MODES,
    Against,
    How,
    Mode,
    Scores,
    changed,
    not_judged,
    not_recorded,
)
from nsg_editor.values.outline import soloed


@action("looking")
def looking(
    state: EditorState,
    mode: Mode | None = None,
    only: Only | None = None,
    against: Against | None = None,
    how: How | None = None,
    wipe: float | None = None,
) -> EditorState:
    """Show colours, depth, normals, objects or opacity, or compare two pictures."""
    new = changed(state.looking, mode, only, against, how, wipe)
    others = state.compared is not None or state.rival is not None
    if new == state.looking and not (others and against is not None):
        return state
    told = why_not(state) if against == "recorded" else ""
    notice = f"Nothing to compare with: {told}." if told else state.notice
    # A comparison is of the neural picture; so are depth and all the others.
    shown = state.shown if new.plain and new.only == "all" else "neural"
    kept = replace(state, looking=new, shown=shown, notice=notice)
    return kept if against is None else replace(kept, compared=None, rival=None)


@action("look-next")
def look_next(state: EditorState, by: int = 1) -> EditorState:
    """Show the next kind of picture: colours, depth, normals, objects, opacity."""
    mode = MODES[(MODES.index(state.looking.mode) + by) % len(MODES)]
    return looking(state, mode=mode)


@action("looking-menu")
def looking_menu(state: EditorState, on: bool | None = None) -> EditorState:
    """Open or close the choices of what the picture shows."""
    menu = not state.looking.menu if on is None else on
    return replace(state, looking=replace(state.looking, menu=menu))


@action("compare")
def compare(state: EditorState, against: Against | None = None) -> EditorState:
    """Wipe between the picture and the recorded one, or the one before all edits."""
    other = "nothing" if state.looking.against != "nothing" else "recorded"
    wanted = against or other
    same = wanted == state.looking.against
    return looking(state, against="nothing" if same else wanted)


@action("compare-difference")
def compare_difference(state: EditorState) -> EditorState:
    """Show where two pictures differ, instead of a divider between them."""
    if state.looking.against == "nothing":
        return looking(state, against="recorded", how="difference")
    how: How = "wipe" if state.looking.how == "difference" else "difference"
    return looking(state, how=how)


@action("scored", internal=True)
def scored(state: EditorState, scores: Scores | None) -> EditorState:
    """The picture was compared with the recorded one."""
    if scores == state.looking.scores:
        return state
    return replace(state, looking=replace(state.looking, scores=scores))


def why_not(state: EditorState, judged: bool = False) -> str:
    """Why the recorded picture cannot be compared with (or `judged` by); or nothing."""
    if state.free is not None:
        return "the free view was never recorded"
    ask = not_judged if judged else not_recorded
    return ask(state.scene, state.drive.recording, state.camera, state.frame)


def before_request(
    state: EditorState, request: RenderRequest | None
) -> RenderRequest | None:
    """The same picture without the edits of objects, with those of another variant, or
    just so, for other weights; None where it is not wanted."""
    if request is None or state.looking.against != "before":
        return None
    if rival_of(state) is not None:
        return request
    other = compared_with(state)
    scene = None if other is None else variant_scene(state, other)
    if scene is None:
        scene = state.drive.recording
    shown = soloed(scene, state.outline.solo)
    return replace(request, boxes=shown.at(state.frame))
