"""Nothing changes what is locked, by whichever action it is tried."""

from nsg_core.edits.edit import Duplicate
from nsg_core.edits.objects import Lock, Rename, Show
from nsg_core.errors import NsgError
from nsg_editor.derived.holding import locked_words
from nsg_editor.state import EditorState
from nsg_editor.values.history import History

ALLOWED = (Duplicate, Lock, Rename, Show)
"""What may be done to a locked object all the same: none of it moves or redraws it."""


def keep_locked(old: EditorState, new: EditorState) -> None:
    """Refuse a change whose edits are of an object that was locked before it."""
    if new.history is old.history or not _new_step(old.history, new.history):
        return
    before = new.history.base or old.history.base or old.history.present
    locked = {o.track_id: o for o in before.scene.objects if o.locked}
    if not locked:
        return
    known = {id(edit) for edit in before.edits}
    for edit in new.history.present.edits:
        if id(edit) in known or isinstance(edit, ALLOWED):
            continue
        for track in (getattr(edit, name, None) for name in ("track", "other")):
            if track in locked:
                label = locked[track].label
                raise NsgError(locked_words(label))


def _new_step(old: History, new: History) -> bool:
    """Something is being done; steps back and on, and to variants, bring no news."""
    here = new.present
    if here is old.present or here.variant != old.present.variant:
        return False
    return all(here.edits != step.edits for step in (*old.past, *old.future))
