"""What can be done with the rows of the scene's list, with the keys that do it too."""

from collections.abc import Mapping

from nsg_editor.derived.pointer import Dispatch
from nsg_editor.ui.windows.pick_window import Line
from nsg_editor.values.keymaps import Name, keys_of

ENTRIES: tuple[tuple[str, str, Mapping[str, object]] | None, ...] = (
    ("Rename", "list-rename", {}),
    ("Look at", "focus", {}),
    None,
    ("Alone, or with all", "solo", {}),
    ("Hide or show", "hide", {}),
    ("Lock or unlock", "lock", {}),
    None,
    ("Duplicate", "duplicate", {}),
    ("Duplicate later ...", "palette", {"name": "duplicate", "line": "later=5"}),
    ("Another look ...", "looks", {"on": True}),
    ("Swap looks of two", "swap-looks", {}),
    None,
    ("Delete", "remove", {}),
)


def row_lines(do: Dispatch, keymap: Name) -> tuple[Line, ...]:
    """The lines of the menu."""
    return tuple(_line(do, keymap, entry) for entry in ENTRIES)


def _line(
    do: Dispatch, keymap: Name, entry: tuple[str, str, Mapping[str, object]] | None
) -> Line:
    if entry is None:
        return Line("", gap=True)
    words, action, arguments = entry
    keys = keys_of(keymap, action, {}) or keys_of(keymap, action, arguments)
    shown = keys[0] if keys and action != "palette" else ""
    return Line(words, lambda: do(action, **arguments), shown)
