"""What lies in front of the panels: windows that the user has called up."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Front:
    """Which of them are open."""

    palette: bool = False
    """The search over all actions."""
    preferences: bool = False
    """Keymap, colours and size of letters."""
    save_as: bool = False
    """Where the edits shall be kept."""
    jotted: bool = False
    """What was done, as a list that can be played again."""
