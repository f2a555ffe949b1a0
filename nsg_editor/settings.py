"""What a user has chosen for this program, kept over restarts: no part of a project."""

import os
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from nsg_core.errors import NsgError
from nsg_core.files import make_folder, read_json, write_json
from nsg_core.settings import from_json, to_json


@dataclass(frozen=True, slots=True)
class Settings:
    """One field for each thing; all have a default, so that old files stay good."""


def settings_file() -> Path:
    """Where they are kept."""
    if sys.platform == "win32":
        base = os.environ.get("APPDATA") or Path.home() / "AppData" / "Roaming"
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Application Support"
    else:
        base = os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config"
    return Path(base) / "nsg-editor" / "settings.json"


def load_settings() -> Settings:
    """What was chosen; the defaults where nothing was, or the file is broken."""
    try:
        return from_json(Settings, read_json(settings_file()), settings_file())
    except NsgError:
        return Settings()


def keep_settings(settings: Settings) -> None:
    """Write them down; that this may fail is no reason to disturb anybody."""
    with suppress(NsgError, OSError):
        make_folder(settings_file().parent)
        write_json(settings_file(), to_json(settings))
