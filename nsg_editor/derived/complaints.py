"""Several things may go wrong: none hides another, and what is mended is told no more.

The newest message lies in front; closing it shows the one before. A message goes by
itself once what it tells of has worked after all.
"""

import os
from dataclasses import replace
from pathlib import Path

from nsg_core.errors import NsgError
from nsg_editor.state import Dialog, EditorState

MOST = 20
"""Older ones are forgotten."""
UNREADABLE, GONE = "Could not read a picture", "The recording is gone"
MENDED = {
    "model-loaded": ("Could not load the model",),
    "saved": ("Could not save",),
    "found": ("Could not open it",),
    "picture-arrived": ("Could not draw the picture",),
    "recording-read": (UNREADABLE, GONE),
}
"""Reports after which a message of such a title has nothing to say."""


def queued(old: EditorState, name: str, new: EditorState) -> EditorState:
    """The state after an action, with the messages that it must not hide."""
    if name == "close-dialog":
        return new
    if new.dialog is not None and new.dialog is not old.dialog:
        told = replace(new.dialog, text=advised(new.dialog.text))
        new = new if told == new.dialog else replace(new, dialog=told)
    if new.dialog is not old.dialog and old.dialog and new.dialog:
        kept = tuple(d for d in (*old.older, old.dialog) if d != new.dialog)
        new = replace(new, older=kept[-MOST:])
    titles = MENDED.get(name, ())
    happened = name != "picture-arrived" or new.picture is not None
    return _without(new, titles) if titles and happened else new


def unreadable(data: Path, error: NsgError) -> tuple[str, str]:
    """Title and text about a recorded picture: one for all, where all are gone."""
    if os.path.exists(data):
        return UNREADABLE, str(error)
    told = (
        f"{data} is not there any more. Put it back, and its pictures come by "
        "themselves. Editing, saving and pictures of the model go on without it."
    )
    return GONE, told


def _without(state: EditorState, titles: tuple[str, ...]) -> EditorState:
    messages = (*state.older, *([state.dialog] if state.dialog else []))
    left = tuple(d for d in messages if d.title not in titles)
    return state if left == messages else shown(state, left)


def shown(state: EditorState, messages: tuple[Dialog, ...]) -> EditorState:
    """The last message in front of the others."""
    front = messages[-1] if messages else None
    return replace(state, dialog=front, older=messages[:-1])


ADVICE = {
    "No space left on device": "The disk is full. Make room there, or choose another "
    "disk; what was there before is as it was.",
    "Disk quota exceeded": "Your share of this disk is full. Make room, or choose "
    "another disk; what was there before is as it was.",
    "Permission denied": "You may not write or read there. Choose another folder, or "
    "ask whoever owns it.",
    "Read-only file system": "Nothing can be written there. Choose another folder.",
    "Operation not permitted": "The system does not allow that there. Choose another "
    "folder.",
}
"""What to do, by words of the system."""


def advised(text: str) -> str:
    """A message with what to do, where the system alone has spoken."""
    for words, advice in ADVICE.items():
        if words in text and advice not in text:
            return f"{text}\n\n{advice}"
    if text.startswith("cannot write") and "No such file or directory" in text:
        return (
            f"{text}\n\nChoose a folder that is there."
            if "Choose" not in text
            else text
        )
    return _of_graphics(text)


def _of_graphics(text: str) -> str:
    """Where it comes from a graphics card that is lost."""
    if text.startswith("The graphics card"):
        return text
    lost = any(word in text for word in ("CUDA error", "CUDA driver", "cudaError"))
    full = "CUDA out of memory" in text or "OutOfMemoryError" in text
    if full:
        words = (
            "The graphics card has no memory left. Close other programs that use it, "
            "or start the editor with --device cpu."
        )
    elif lost:
        words = (
            "The graphics card has failed, so the picture stays as it is. Editing and "
            "saving go on. Save, then start the editor again; if it happens again, "
            "start it with --device cpu."
        )
    else:
        return text
    return f"{words}\n\n{text}"
