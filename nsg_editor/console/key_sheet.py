"""The keys and the mouse as a list to read, by topic, from the tables."""

from typing import get_args

from nsg_editor.actions.table import ACTIONS
from nsg_editor.values.keymaps import HANDS, KEYMAPS, Key, Name, Topic, keys_of

Row = tuple[str, str]
"""Keys, and what they do."""


def key_sheet(name: Name) -> dict[Topic, tuple[Row, ...]]:
    """All of a keymap; keys that do the same share a row."""
    sheet: dict[Topic, dict[str, list[str]]] = {t: {} for t in get_args(Topic)}
    for hand in HANDS:
        sheet[hand.topic].setdefault(hand.words, []).append(hand.keys)
    for row in KEYMAPS[name]:
        sheet[row.topic].setdefault(words_of(row), []).append(row.keys)
    return {
        # A key may mean the same in more than one situation.
        topic: tuple(
            (" or ".join(dict.fromkeys(k)), words) for words, k in rows.items()
        )
        for topic, rows in sheet.items()
        if rows
    }


def words_of(row: Key) -> str:
    """What a key does."""
    return row.words or ACTIONS[row.action].summary.rstrip(".")


def tip(name: Name, words: str, action: str, **arguments: object) -> str:
    """What a button's tooltip says: its words, and the keys that do the same."""
    keys = keys_of(name, action, arguments)
    return f"{words} ({' or '.join(keys)})" if keys else words
