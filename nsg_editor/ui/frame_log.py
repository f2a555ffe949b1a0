"""What the last frames of the window took in and showed, for measurements.

Times are of the clock that all programs of a machine share (`time.monotonic`), so that
whoever moves the mouse can tell how long the window took to answer.
"""

import time
from collections import deque
from dataclasses import dataclass

import dearpygui.dearpygui as dpg

from nsg_core.request import RenderRequest
from nsg_core.scene import PlacedBox, Vec3
from nsg_editor.state import EditorState

KEPT = 1000
"""Frames: at least 17 seconds."""


@dataclass(frozen=True, slots=True)
class FrameRecord:
    """One frame of the window."""

    began: float
    ended: float
    mouse: tuple[float, float]
    """Where the toolkit knew the mouse to be when the frame was drawn."""
    box: Vec3 | None
    """Where the selected object's box was drawn."""
    picture: Vec3 | None
    """Where the selected object is in the neural picture that was handed over; on the
    screen it is one frame later."""
    stride: int | None
    """How fine that picture is."""
    shapes: Vec3 | None
    """Where it is in the free view's shapes that were handed over."""


class FrameLog:
    """Remembers the last frames."""

    def __init__(self) -> None:
        self._records: deque[FrameRecord] = deque(maxlen=KEPT)

    def add(
        self,
        began: float,
        state: EditorState,
        shown: RenderRequest | None,
        shaded: tuple[PlacedBox, ...] = (),
    ) -> None:
        """A frame was drawn that began at that time."""
        x, y = dpg.get_mouse_pos(local=False)
        pose = state.selected_pose
        boxes = () if shown is None else shown.boxes
        self._records.append(
            FrameRecord(
                began,
                time.monotonic(),
                (x, y),
                None if pose is None else pose.position,
                _position(boxes, state.selection),
                None if state.picture is None else state.picture.stride,
                _position(shaded, state.selection),
            )
        )

    def as_json(self) -> list[dict[str, object]]:
        """Oldest first."""
        return [
            {
                "began": record.began,
                "ended": record.ended,
                "mouse": list(record.mouse),
                "box": record.box and list(record.box),
                "picture": record.picture and list(record.picture),
                "stride": record.stride,
                "shapes": record.shapes and list(record.shapes),
            }
            for record in self._records
        ]


def _position(boxes: tuple[PlacedBox, ...], track: int | None) -> Vec3 | None:
    return next((box.pose.position for box in boxes if box.track_id == track), None)
