"""What a step is called: after its edits, with the names that the objects have."""

import re

from nsg_core.edits.edit import Duplicate, Edit
from nsg_core.scene import Scene

_TRACK = re.compile(r"\btrack (\d+)\b")


def step_label(edits: tuple[Edit, ...], before: Scene, after: Scene) -> str:
    """The label of the edit that says most; of several alike, how many there are."""
    # That a copy was drawn away says more than where it went.
    told = next((edit for edit in edits if isinstance(edit, Duplicate)), edits[-1])
    names = {node.track_id: node.label for node in (*after.objects, *before.objects)}
    # Who has a new name is told by the old one.
    tracks = {getattr(e, "track", None) for e in edits if type(e) is type(told)}
    meant = _tracks(told) & names.keys()
    more = [f" and {len(tracks) - 1} more"] if len(tracks) > 1 else []

    def name(found: re.Match[str]) -> str:
        if int(found[1]) not in meant:
            return found[0]
        return names[int(found[1])] + (more.pop() if more else "")

    return _TRACK.sub(name, told.label)


def _tracks(edit: Edit) -> set[object]:
    """Of whom an edit tells; a typed name may look like another one's track."""
    return {getattr(edit, name, None) for name in ("track", "other", "new_track")}
