"""Whose look an object wears, and which one is its own."""

from collections.abc import Iterable

from nsg_core.documents.guests import split_key
from nsg_core.edits.casting import Insert
from nsg_core.edits.edit import Duplicate, Edit
from nsg_core.manoeuvres.table import Manoeuvre
from nsg_core.scene import Scene
from nsg_editor.state import EditorState, ModelInfo


def own_look(state: EditorState, track: int) -> str | None:
    """The look that an object came with: recorded, inserted or copied."""
    models = {o.track_id: o.model for o in state.drive.recording.objects}
    for edit in _plain(state.edits):
        if isinstance(edit, Insert):
            models[edit.new_track] = edit.model
        elif isinstance(edit, Duplicate) and edit.track in models:
            models[edit.new_track] = models[edit.track]
    return models.get(track)


def _plain(edits: Iterable[Edit]) -> Iterable[Edit]:
    for edit in edits:
        yield from _plain(edit.edits) if isinstance(edit, Manoeuvre) else (edit,)


def look_name(recording: Scene, model: str) -> str:
    """What people call a look: after the object that it was learned from."""
    path, key = split_key(model)
    if path is not None:
        return f"{key.rpartition('/')[2]} of {path.parent.name}"
    found = next((o for o in recording.objects if o.model == model), None)
    return model if found is None else found.label


FAILED = "The weights could not be loaded. Choose others in Runs, or press Train."


def no_weights(state: EditorState) -> str:
    """Why nothing can be drawn anew, and what to do; nothing where it can."""
    if state.model.status == "loading":
        return "The weights are being loaded."
    if state.model.status == "failed":
        return FAILED
    if state.model.status == "ready":
        return ""
    if state.train.busy:
        return "Needs a trained model: the training under way will bring it."
    return "Needs a trained model: press Train first."


def nobody(model: ModelInfo) -> str:
    """Why there are no looks to choose from, and what to do."""
    if model.status == "loading":
        return "The weights are being loaded; they bring their looks along."
    if model.status == "failed":
        return FAILED
    if model.status == "none":
        return "Nobody yet: trained weights bring looks along. Press Train first."
    who = "these weights" if model.path is None else model.path.name
    return f"Nobody: {who} can draw none of this drive's objects, only the street."


def worn(state: EditorState, track: int) -> str:
    """Whose look an object wears, in a word."""
    node = state.scene.object(track)
    if node.model == own_look(state, track):
        return "Its own look"
    return f"Look of {look_name(state.drive.recording, node.model)}"


def drawn(state: EditorState, model: str) -> bool:
    """The weights that are loaded can draw a look, or those of a guest can."""
    path, key = split_key(model)
    if path is None:
        return model in state.model.keys
    guests = (g for g in state.cast.guests if g.checkpoint == path)
    return any(key in dict(guest.objects) for guest in guests)
