"""What keys and mouse do, as tables: one for each set of habits.

A row names a key with its modifiers and the action that it means. The keyboard, the
list of keys, tooltips, menus and the palette all read these tables, so that none of
them can tell another story. Actions and arguments are those of `--play`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Literal

Situation = Literal["usual", "transform", "drawing", "keys"]
"""In which a key means something: "transform" while a key-driven move, turn or resize
goes on, where letters and digits are its axes and numbers; "drawing" while a way is
drawn, "keys" while the mouse is over the frames where key frames are chosen: in these
all other keys mean what they usually do."""
Topic = Literal[
    "Select",
    "Objects",
    "Time",
    "View",
    "Pictures",
    "Drive and project",
    "Window",
]
Name = Literal["Blender", "Unreal"]


@dataclass(frozen=True, slots=True)
class Key:
    """A key, and what it does."""

    keys: str
    """As a person writes it: "Ctrl+Shift+Z"; in the order Ctrl, Alt, Shift."""
    action: str
    arguments: Mapping[str, object] = field(default_factory=dict)
    topic: Topic = "Objects"
    words: str = ""
    """What the list of keys says; empty: the action's own summary."""
    when: Situation = "usual"
    held: bool = False
    """Repeats while it is down: its number grows with each repetition, and all of them
    are one step to undo."""
    again: bool = False
    """Is done again and again while it is down; other keys once for each press, for
    what goes on and off would flicker."""


@dataclass(frozen=True, slots=True)
class Hand:
    """Something that the mouse does, for the list of keys."""

    keys: str
    words: str
    topic: Topic


COMMON: tuple[Key, ...] = (
    Key("Ctrl+Z", "undo", again=True),
    Key("Ctrl+Y", "redo", again=True),
    Key("Ctrl+Shift+Z", "redo", again=True),
    Key("Delete", "remove"),
    Key("Ctrl+D", "duplicate"),
    Key("Left", "step", {"by": -1}, "Time", "One frame back", again=True),
    Key("Right", "step", {"by": 1}, "Time", "One frame on", again=True),
    Key("Shift+Left", "step", {"by": -10}, "Time", "Ten frames back", again=True),
    Key("Shift+Right", "step", {"by": 10}, "Time", "Ten frames on", again=True),
    Key("Space", "play", topic="Time"),
    Key("T", "scope", topic="Time", words="Edits hold: whole track, from here on, ..."),
    Key("I", "key-set", topic="Time", words="Set a key frame"),
    Key("Alt+I", "key-delete", topic="Time", words="Delete the key of this frame"),
    Key("Up", "key-jump", {"by": 1}, "Time", "The next key frame", again=True),
    Key("Down", "key-jump", {"by": -1}, "Time", "The key frame before", again=True),
    Key("D", "draw-path", topic="Time", words="Draw a way on the road"),
    Key("Enter", "draw-finish", topic="Time", words="End the way", when="drawing"),
    Key(
        *("Backspace", "draw-undo", {}, "Time", "One point back", "drawing"),
        again=True,
    ),
    Key("Home", "home", topic="View"),
    Key("F", "focus", topic="View"),
    Key("V", "show", topic="View", words="Neural or recorded picture"),
    Key("B", "boxes", topic="View", words="Boxes on or off"),
    Key("C", "compare", {"against": "recorded"}, "View", "Compare with the recording"),
    Key("Shift+C", "compare", {"against": "before"}, "View", "Compare with no edits"),
    Key("Alt+C", "compare-difference", topic="View", words="Divider or difference"),
    Key("Shift+B", "variants-beside", topic="View", words="Variants side by side"),
    Key("L", "look-next", topic="View", words="Depth, normals, objects, opacity"),
    Key("Shift+L", "looking-menu", topic="View", words="All kinds of pictures"),
    Key(
        *("Tab", "select-next", {"by": 1}, "Select", "The next object of this frame"),
        again=True,
    ),
    Key(
        *("Shift+Tab", "select-next", {"by": -1}, "Select", "The one before"),
        again=True,
    ),
    Key("Ctrl+O", "open-dialog", topic="Drive and project"),
    Key("Ctrl+S", "save", topic="Drive and project"),
    Key("Ctrl+Shift+S", "save-as", topic="Drive and project"),
    Key("Ctrl++", "ui-scale", {"by": 1}, "Window", "Larger letters and buttons"),
    Key("Ctrl+-", "ui-scale", {"by": -1}, "Window", "Smaller letters and buttons"),
    Key("Ctrl+,", "preferences", topic="Window"),
    Key("Ctrl+E", "export", topic="Pictures"),
    Key("Ctrl+T", "train", topic="Pictures"),
    Key("Ctrl+K", "palette", topic="Window"),
    Key("F3", "palette", topic="Window"),
    Key("Shift+/", "help", topic="Window", words="This list"),
    Key("F1", "help", topic="Window", words="This list"),
    Key("F6", "next-panel", {"by": 1}, "Window", "Keys go to the next panel"),
    Key("Shift+F6", "next-panel", {"by": -1}, "Window", "And to the one before"),
    Key("F10", "keys-to", {"area": "menus"}, "Window", "Keys go to the menus"),
    Key("Shift+F10", "list-menu", topic="Objects", words="Menu of its row"),
    Key("Ctrl+Q", "close", topic="Window"),
)

CHOSEN: tuple[Key, ...] = (
    Key("Delete", "keys-delete", topic="Time", when="keys"),
    Key("X", "keys-delete", topic="Time", when="keys"),
    Key("Ctrl+C", "keys-copy", topic="Time", when="keys"),
    Key("Ctrl+V", "keys-paste", topic="Time", when="keys"),
    Key("Ctrl+A", "keys-all", topic="Time", when="keys"),
)

BLENDER: tuple[Key, ...] = (
    Key("X", "remove"),
    Key("Shift+D", "duplicate"),
    Key("Q", "drag-turn", {"degrees": -3.0}, words="Turn left", held=True),
    Key("E", "drag-turn", {"degrees": 3.0}, words="Turn right", held=True),
)

UNREAL: tuple[Key, ...] = (
    Key("Ctrl+W", "duplicate"),
    Key("Ctrl+H", "show-all"),
    Key("G", "boxes", topic="View", words="Boxes on or off"),
    Key("[", "drag-turn", {"degrees": -3.0}, words="Turn left", held=True),
    Key("]", "drag-turn", {"degrees": 3.0}, words="Turn right", held=True),
)

HANDS: tuple[Hand, ...] = (
    Hand("Click", "Select; click again for the box behind", "Select"),
    Hand("Shift+Click", "Select one more, or one less", "Select"),
    Hand("Drag from the road", "Select all that the rectangle touches", "Select"),
    Hand("Drag a box", "Move it on the ground", "Objects"),
    Hand("Drag an arm, a square or the ring", "Move along it, turn", "Objects"),
    Hand("Alt+Drag a box or an arm", "Copy it, and move the copy", "Objects"),
    Hand(
        "Ctrl, Shift while dragging", "Steps of 0.1 m and 5 degrees, slowly", "Objects"
    ),
    Hand("Enter", "Type the numbers of the panels, Tab goes on", "Objects"),
    Hand("Tab, arrows", "There: from one control to the next", "Window"),
    Hand("Space, Enter", "There: press, tick, open, type", "Window"),
    Hand("Esc", "Take back what is being dragged; deselect", "Select"),
    Hand("Drag along the frames", "Go there; with Shift choose a range", "Time"),
    Hand("Drag a diamond", "Move a key in time; with Ctrl copy it", "Time"),
    Hand("Click a diamond", "Choose a key, with Shift one more", "Time"),
    Hand("Right-drag", "Orbit; hold and W A S D to fly (Q, E down and up)", "View"),
    Hand("Middle-drag", "Pan", "View"),
    Hand("Wheel", "Go nearer or away", "View"),
)

SELECTING: tuple[Key, ...] = (
    Key("Ctrl+A", "select-all", topic="Select"),
    Key("Alt+A", "select-none", topic="Select"),
    Key("Ctrl+I", "select-inverse", topic="Select"),
    Key("Ctrl+C", "copy"),
    Key("Ctrl+V", "paste"),
    Key("Alt+G", "reset", words="As it was recorded"),
    Key(",", "axes"),
    Key("Shift+G", "free"),
    Key("Shift+S", "snap"),
    *(
        Key(
            f"Alt+{arrow}", "drag-nudge", by, words=f"Nudge {words} by 0.1 m", held=True
        )
        for arrow, words, by in (
            ("Left", "left", {"right": -0.1, "ahead": 0.0}),
            ("Right", "right", {"right": 0.1, "ahead": 0.0}),
            ("Up", "ahead", {"right": 0.0, "ahead": 0.1}),
            ("Down", "back", {"right": 0.0, "ahead": -0.1}),
        )
    ),
)


def _transform(move: str, turn: str, resize: str) -> tuple[Key, ...]:
    """Keys that begin to move, turn and resize; then axes, numbers, Enter."""
    kinds = {move: "move", turn: "turn", resize: "resize"}
    told = {
        "move": "Move: then X Y Z, a number, Enter or click",
        "turn": "Turn: then X Y Z, degrees, Enter or click",
        "resize": "Resize: then X Y Z, a factor, Enter or click",
    }
    rows = [Key(k, "transform", {"kind": v}, words=told[v]) for k, v in kinds.items()]
    # While one goes on, all three go over to another.
    rows += [replace(row, when="transform") for row in rows]
    for key in "XYZ":
        axis = {"axis": key.lower()}
        plane = axis | {"plane": True}
        rows.append(Key(key, "transform-axis", axis, when="transform"))
        rows.append(Key(f"Shift+{key}", "transform-axis", plane, when="transform"))
    for key in "0123456789.-*/":
        typed = {"key": key}
        words = "Type how far it goes"
        rows.append(Key(key, "transform-type", typed, words=words, when="transform"))
    for keys, sign in (("Shift+8", "*"), ("+", "+"), ("Shift++", "+")):
        typed = {"key": sign}
        words = "Count with numbers: 2*0.5, 1/3"
        rows.append(Key(keys, "transform-type", typed, words=words, when="transform"))
    rows.append(Key("Backspace", "transform-erase", when="transform", again=True))
    rows.append(Key("Enter", "transform-keep", when="transform"))
    return tuple(rows)


LISTING: tuple[Key, ...] = (
    Key("F2", "list-rename"),
    Key("H", "hide"),
    Key("Alt+H", "show-all"),
    Key("/", "solo"),
    Key("Ctrl+L", "lock"),
    Key("M", "mend"),
    Key("End", "to-ground"),
    Key("K", "camera-key", topic="View"),
    Key("Shift+K", "preview", topic="View"),
    Key("Alt+K", "camera-key-step", topic="View"),
)

VIEWS: tuple[Key, ...] = (
    Key("Ctrl+Space", "maximise", topic="View", words="All the room for one view"),
    Key("Shift+Home", "fit-map", topic="View"),
    Key("Shift+F", "follow", topic="View", words="The map follows the car, or stays"),
    Key("Shift+V", "free-picture", topic="View", words="Free view: shapes, neural"),
    Key("N", "fold", {"dock": "right"}, "Window", "Fold the panels at the right"),
    Key("Shift+N", "fold", {"dock": "left"}, "Window", "Fold those at the left"),
    Key("Alt+N", "fold", {"dock": "bottom"}, "Window", "Fold those below"),
)

EVERYWHERE = (*COMMON, *CHOSEN, *VIEWS, *LISTING, *SELECTING)
KEYMAPS: dict[Name, tuple[Key, ...]] = {
    "Blender": (*EVERYWHERE, *BLENDER, *_transform("G", "R", "S")),
    "Unreal": (*EVERYWHERE, *UNREAL, *_transform("W", "E", "R")),
}
MODIFIERS = ("Ctrl", "Alt", "Shift")


@dataclass(frozen=True, slots=True)
class Chord:
    """A key with what is held beside it."""

    key: str
    ctrl: bool = False
    alt: bool = False
    shift: bool = False


@cache
def chord(keys: str) -> Chord:
    """A key as the table writes it."""
    # The last part is the key, which may itself be a plus.
    *held, key = keys[:-1].split("+")
    key += keys[-1]
    assert set(held) <= set(MODIFIERS), f"{keys!r} has an unknown modifier"
    return Chord(key, "Ctrl" in held, "Alt" in held, "Shift" in held)


def bound(name: Name, pressed: Chord, when: Situation = "usual") -> Key | None:
    """What a key means, or None."""
    return _bindings(name).get((pressed, when))


@cache
def _bindings(name: Name) -> dict[tuple[Chord, Situation], Key]:
    return {(chord(row.keys), row.when): row for row in KEYMAPS[name]}


def keys_of(
    name: Name, action: str, arguments: Mapping[str, object] | None = None
) -> tuple[str, ...]:
    """The keys of an action, with just these arguments if there are any given."""
    found = (
        row.keys
        for row in KEYMAPS[name]
        if row.action == action
        and (arguments is None or dict(row.arguments) == dict(arguments))
    )
    # A key may mean the same in more than one situation.
    return tuple(dict.fromkeys(found))


def all_keys() -> tuple[str, ...]:
    """Every key that some keymap names, without modifiers."""
    rows = (row for keymap in KEYMAPS.values() for row in keymap)
    return tuple(sorted({chord(row.keys).key for row in rows}))
