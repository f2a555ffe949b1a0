"""The one table of all that can be done by button, key, mouse or `--play`."""

from nsg_editor.actions import (
    applying,
    arranging,
    checking,
    dressing,
    editing,
    exporting,
    flight_files,
    flight_marks,
    flying,
    in_time,
    inserting,
    keeping,
    keying,
    mounts,
    moving,
    navigating,
    outlining,
    path_drawing,
    posing,
    preferring,
    recovering,
    revealing,
    seeing,
    selecting,
    sizing,
    staging,
    steps,
    training,
    transforming,
    variants,
    viewing,
    working,
)
from nsg_editor.actions.registry import ACTIONS, Action, fit_arguments, perform
from nsg_editor.derived import motion_marks

__all__ = ["ACTIONS", "Action", "fit_arguments", "perform"]

# Importing the modules has filled the table.
TABLES = (
    *(arranging, editing, keeping, moving, navigating, posing),
    *(exporting, training, inserting, seeing, selecting),
    *(sizing, transforming, viewing, working),
    *(applying, preferring, recovering, revealing, steps, variants),
    *(in_time, keying, motion_marks, path_drawing, staging),
    *(checking, dressing, flight_files, flight_marks, flying, mounts, outlining),
)
