"""What lies in front of the panels: windows that the user has called up."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

from nsg_editor.values.journal import Lost

Area = Literal["menus", "left", "views", "time", "bottom", "right"]
"""A part of the window that keys can go to; in the order in which they do."""
AREAS: tuple[Area, ...] = get_args(Area)
AREA_NAMES: dict[Area, str] = {
    "menus": "the menus",
    "left": "the panel at the left",
    "views": "the buttons of the views",
    "time": "the frames",
    "bottom": "the panel below",
    "right": "the panel at the right",
}


@dataclass(frozen=True, slots=True)
class Front:
    """Which of them are open."""

    area: Area | None = None
    """Where Tab, arrows, Space and Enter go, instead of to the views."""
    palette: bool = False
    """The search over all actions."""
    asks: tuple[str, str] | None = None
    """The action whose arguments are asked for in it at once, and what stands there."""
    preferences: bool = False
    """Keymap, colours and size of letters."""
    looks: bool = False
    """Which look the selected objects wear."""
    save_as: bool = False
    """Where the edits shall be kept."""
    revealing: Path | str | None = None
    """A folder that is being shown by the system's own program for folders."""
    log_to: Path | None = None
    """Where what was done is being written to, at this moment."""
    lost: tuple[Lost, ...] = ()
    """Edits that other editors left behind; the first one is asked about."""
    discarded: tuple[Path, ...] = ()
    """Those of them that nobody wants."""
    adopted: tuple[Path, ...] = ()
    """Those that are part of this drive now."""
