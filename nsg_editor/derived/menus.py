"""The menus as a table: actions by what they are about, with their keys beside them."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from nsg_core.manoeuvres.table import RECIPES
from nsg_editor.state import EditorState


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of a menu."""

    label: str
    action: str
    arguments: Mapping[str, object] = field(default_factory=dict)


LINE = None
"""Between two groups of a menu."""
Menu = tuple[str, tuple[Entry | None, ...]]

FILE: Menu = (
    "File",
    (
        Entry("Open ...", "open-dialog"),
        LINE,
        Entry("Save", "save"),
        Entry("Save as ...", "save-as"),
        LINE,
        Entry("Train", "train"),
        Entry("Export", "export"),
        Entry("Folder of the export", "open-folder", {"what": "export"}),
        LINE,
        Entry("Preferences ...", "preferences"),
        Entry("What was done", "panel", {"title": "Log"}),
        LINE,
        Entry("Quit", "close"),
    ),
)
EDIT: Menu = (
    "Edit",
    (
        Entry("Undo", "undo"),
        Entry("Redo", "redo"),
        Entry("History", "panel", {"title": "History"}),
        LINE,
        Entry("Duplicate", "duplicate"),
        Entry("Delete", "remove"),
        Entry("Copy pose", "copy"),
        Entry("Paste pose", "paste"),
        LINE,
        Entry("Select all of this frame", "select-all"),
        Entry("Select none", "select-none"),
        Entry("Select the others", "select-inverse"),
        Entry("Select the next", "select-next", {"by": 1}),
        LINE,
        Entry("New variant", "variant-new"),
        Entry("Next variant", "variant-next"),
        Entry("Variants side by side", "variants-beside"),
    ),
)
VIEW: Menu = (
    "View",
    (
        Entry("Neural or recorded", "show"),
        Entry("Next kind of picture", "look-next"),
        Entry("Compare with ...", "compare"),
        Entry("Boxes", "boxes"),
        Entry("Ways of objects", "ways"),
        LINE,
        Entry("Look at the selected", "focus"),
        Entry("Recorded camera", "home"),
        Entry("Whole drive on the map", "fit-map"),
        LINE,
        Entry("One view in all the room", "maximise"),
        Entry("Views side by side or not", "arrange-views"),
        Entry("Layout as it was at first", "usual-layout"),
        LINE,
        Entry("Larger letters", "ui-scale", {"by": 1}),
        Entry("Smaller letters", "ui-scale", {"by": -1}),
        Entry("Dark or light", "theme"),
    ),
)
OBJECT: Menu = (
    "Object",
    (
        Entry("Move", "transform", {"kind": "move"}),
        Entry("Turn", "transform", {"kind": "turn"}),
        Entry("Resize", "transform", {"kind": "resize"}),
        Entry("Axes", "axes"),
        Entry("Off the ground or on it", "free"),
        LINE,
        Entry("As it was recorded", "reset"),
        Entry("Hide or show", "hide"),
        Entry("Show everything", "show-all"),
        Entry("Alone or not", "solo"),
        Entry("Lock or unlock", "lock"),
        Entry("Another look ...", "looks"),
        Entry("Swap looks of two", "swap-looks"),
        LINE,
        Entry("Mend what looks wrong here", "mend-all"),
    ),
)
MOTION: Menu = (
    "Motion",
    (
        Entry("Key frame here", "key-set"),
        Entry("No key frame here", "key-delete"),
        Entry("Draw a new way", "draw-path"),
        LINE,
        Entry("Stand still", "hold"),
        Entry("Twice as fast", "pace", {"factor": 2.0}),
        Entry("Half as fast", "pace", {"factor": 0.5}),
        Entry("Smooth", "smooth"),
        Entry("Repeat", "loop"),
        Entry("Backwards", "reverse"),
        Entry("Other side of the road", "mirror"),
        Entry("In all frames", "extend"),
        LINE,
        Entry("Go to doubtful motion", "doubt-jump"),
    ),
)
MANOEUVRES: Menu = (
    "Manoeuvres",
    tuple(
        Entry(f"{name.replace('-', ' ').capitalize()} ...", "stage", {"name": name})
        for name in RECIPES
    ),
)
HELP: Menu = (
    "Help",
    (
        Entry("Find an action ...", "palette"),
        Entry("Keys and mouse", "help"),
        LINE,
        Entry("Keys of Blender", "keymap", {"name": "Blender"}),
        Entry("Keys of Unreal", "keymap", {"name": "Unreal"}),
    ),
)
CAMERA: Menu = (
    "Camera",
    (
        Entry("Mounting and path", "panel", {"title": "Camera"}),
        Entry("As it was recorded", "mount-reset"),
        LINE,
        Entry("Add a key to the path", "camera-key"),
        Entry("Next key of the path", "camera-key-step"),
        Entry("Even speed", "camera-path-even"),
        Entry("Preview or stop", "preview"),
        Entry("Render a video", "film"),
        Entry("Remove the path", "camera-path-clear"),
    ),
)
MENUS: tuple[Menu, ...] = (FILE, EDIT, VIEW, OBJECT, CAMERA, MOTION, MANOEUVRES, HELP)

SELECTED = frozenset(
    {
        *("duplicate", "remove", "copy", "focus", "transform", "reset", "hide", "lock"),
        *("key-set", "key-delete", "draw-path", "hold", "pace", "smooth", "loop"),
        *("reverse", "mirror", "extend", "rename", "paste", "looks"),
    }
)
"""Actions that need an object."""
ON_PATH = frozenset({"camera-key-step", "camera-path-even", "preview", "film"})
ON_PATH |= {"camera-path-clear"}
"""Actions that need a camera path."""


def usable(state: EditorState, action: str) -> bool:
    """There is something that the action can work on."""
    if action in SELECTED:
        return state.selected is not None
    if action == "swap-looks":
        return len(state.selected_tracks) == 2
    if action == "undo":
        return bool(state.history.past) or state.history.base is not None
    if action == "redo":
        return bool(state.history.future)
    if action in ("variant-next", "variants-beside"):
        return len(state.history.present.variants) > 1
    if action in ON_PATH:
        return state.scene.camera_path is not None
    if action == "open-folder":
        return state.export.out is not None
    if action == "train":
        return not state.train.busy
    if action == "export":
        return not state.export.busy and state.model.status == "ready"
    return True
