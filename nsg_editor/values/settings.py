"""What a user has chosen for this program, kept over restarts: no part of a project."""

import os
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Literal

from nsg_core.errors import NsgError
from nsg_core.files import make_folder, read_json, write_json
from nsg_core.settings import from_json, to_json
from nsg_editor.geometry.arrangement import Arrangement
from nsg_editor.geometry.axes import AxesName

SCALES = (0.75, 0.9, 1.0, 1.1, 1.25, 1.5, 1.75, 2.0)
"""How large letters and buttons can be."""


@dataclass(frozen=True, slots=True)
class Settings:
    """One field for each thing; all have a default, so that old files stay good."""

    keymap: Literal["Blender", "Unreal"] = "Blender"
    theme: Literal["dark", "light"] = "dark"
    scale: float = 1.0
    """Of letters and buttons."""
    arrangement: Arrangement = field(default_factory=Arrangement)
    """Where the views and the docks lie."""
    axes: AxesName = "local"
    """Along which objects are moved."""
    free: bool = False
    """They can be lifted and leant."""
    snap: bool = False
    """They go in steps."""
    runs: str = ""
    """The folder that trainings are kept in; empty: ``runs`` where the editor began."""
    tabs: tuple[str, ...] = ()
    """Titles of the panels that were chosen, the last one first."""
    used: tuple[str, ...] = ()
    """Actions that the palette ran, the last one first."""


def settings_file() -> Path:
    """Where they are kept."""
    if sys.platform == "win32":
        base = os.environ.get("APPDATA") or Path.home() / "AppData" / "Roaming"
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Application Support"
    else:
        base = os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config"
    return Path(base) / "nsg-editor" / "settings.json"


def state_folder() -> Path:
    """Where this program keeps what must not be lost, yet is no settings."""
    if sys.platform in ("win32", "darwin"):
        return settings_file().parent
    base = os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state"
    return Path(base) / "nsg-editor"


def load_settings() -> Settings:
    """What was chosen, thing by thing: what does not fit has its default."""
    path = settings_file()
    try:
        found = read_json(path)
    except NsgError:
        return Settings()
    kept: dict[str, object] = {}
    for one in fields(Settings):
        if isinstance(found, Mapping) and one.name in found:
            with suppress(NsgError):
                alone = from_json(Settings, {one.name: found[one.name]}, path)
                kept[one.name] = getattr(alone, one.name)
    settings = Settings(**kept)  # pyright: ignore[reportArgumentType]
    return settings if settings.scale in SCALES else Settings(**kept | {"scale": 1.0})  # pyright: ignore


def keep_settings(settings: Settings) -> None:
    """Write them down; that this may fail is no reason to disturb anybody."""
    with suppress(NsgError, OSError):
        make_folder(settings_file().parent)
        write_json(settings_file(), to_json(settings))
