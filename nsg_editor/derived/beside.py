"""Several variants of a drive at once: which are shown, and as what."""

from dataclasses import replace
from pathlib import Path

from nsg_core.edits.edit import Edit, replay
from nsg_core.errors import NsgError
from nsg_core.request import RenderRequest
from nsg_core.scene import Scene
from nsg_editor.derived.request import resolve
from nsg_editor.state import EditorState
from nsg_editor.values.history import Step

MOST = 3
"""Variants that are shown side by side."""
KEPT = 8
"""Scenes of variants in memory."""
_scenes: list[tuple[Scene, tuple[Edit, ...], Scene | None]] = []


def beside_names(state: EditorState) -> tuple[str, ...]:
    """The variants that are shown side by side, in their order; none, or several.

    The one that is edited is always among them.
    """
    if not state.beside:
        return ()
    present = state.history.present
    there = [one.name for one in present.variants]
    wished = [n for n in state.beside if n in there and n != present.variant]
    shown = {*wished[-(MOST - 1) :], present.variant}
    return tuple(n for n in there if n in shown) if len(shown) > 1 else ()


def others_beside(state: EditorState) -> tuple[str, ...]:
    """Those of them that are not the one that is edited."""
    here = state.history.present.variant
    return tuple(name for name in beside_names(state) if name != here)


def compared_with(state: EditorState) -> str | None:
    """The variant on the other side of the divider; None: it is none, or this one."""
    if state.looking.against != "before" or state.compared is None:
        return None
    present = state.history.present
    there = {one.name for one in present.variants} - {present.variant}
    return state.compared if state.compared in there else None


def rival_of(state: EditorState) -> Path | None:
    """The checkpoint on the other side of the divider; None: it is none."""
    return state.rival if state.looking.against == "before" else None


def run_words(state: EditorState, checkpoint: Path | None) -> str:
    """What weights are called: their training and how far it had come."""
    run = next((r for r in state.runs if r.checkpoint == checkpoint), None)
    if run is not None:
        return f"{run.name}, step {run.step}"
    return "the weights" if checkpoint is None else checkpoint.stem


def variant_scene(state: EditorState, name: str) -> Scene | None:
    """The drive with the edits of a variant; None where they do not fit any more.

    The last ones are kept: it is asked for in each frame of the window.
    """
    present = state.history.present
    if name == present.variant:
        return present.scene
    edits = next(one.edits for one in present.variants if one.name == name)
    recording = state.drive.recording
    for kept in _scenes:
        if kept[0] is recording and kept[1] is edits:
            return kept[2]
    try:
        scene = replay(recording, edits)
    except NsgError:
        scene = None
    _scenes.insert(0, (recording, edits, scene))
    del _scenes[KEPT:]
    return scene


def in_variant(state: EditorState, name: str) -> EditorState | None:
    """The state as it would be in another variant, at the same camera and frame."""
    present = state.history.present
    if name == present.variant:
        return state
    scene = variant_scene(state, name)
    if scene is None:
        return None
    edits = next(one.edits for one in present.variants if one.name == name)
    step = Step(f"Variant {name}", edits, scene, None, name, present.variants)
    return replace(state, history=replace(state.history, present=step, base=None))


def resolve_variant(
    state: EditorState, name: str, panel: tuple[int, int], most: tuple[int, int]
) -> RenderRequest | None:
    """The neural picture of a variant for a panel; None: there is none."""
    other = in_variant(state, name)
    return None if other is None else resolve(other, panel, most)
