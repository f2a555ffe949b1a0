"""A small scene by hand, and how Hypothesis draws edits and states from it."""

import math
from dataclasses import replace
from pathlib import Path

from hypothesis import strategies as st

from nsg_core.edits.edit import Duplicate, Edit, Move, Remove, Turn
from nsg_core.scene import Camera, ObjectNode, Pose, Scene, Size, Track
from nsg_core.sequence import Sequence
from nsg_editor.state import Drive, EditorState, open_drive_state

FRAMES = (0, 1, 2, 3)
WIDTH, HEIGHT = 400, 120


def street() -> Scene:
    """Two cars, one behind the other, and a walker who comes in frame 2."""
    cameras = tuple(
        Camera(name, WIDTH, HEIGHT, 230.0, 230.0, 196.0, 55.0, _poses(x))
        for name, x in (("image_02", 0.06), ("image_03", 0.6))
    )
    car, walker = Size(4.0, 1.6, 1.8), Size(0.6, 1.75, 0.5)
    objects = (
        ObjectNode(0, "Car", car, _track(-1.0, 12.0, 0.1), "object/0"),
        ObjectNode(1, "Car", car, _track(-1.5, 22.0, -1.4), "object/1"),
        ObjectNode(2, "Pedestrian", walker, _late(3.0, 9.0), "object/2"),
    )
    return Scene("made-up", "0007", FRAMES, cameras, objects)


def _poses(x: float) -> tuple[tuple[float, ...], ...]:
    level, foot = (0.0, 1.0, 0.0, 0.0), (0.0, 0.0, 0.0, 1.0)
    return tuple(
        (1.0, 0.0, 0.0, x, *level, 0.0, 0.0, 1.0, 0.3 * i, *foot) for i in FRAMES
    )


def _track(x: float, z: float, yaw: float) -> Track:
    return Track(FRAMES, tuple(Pose((x, 1.65, z + 0.5 * i), yaw) for i in FRAMES))


def _late(x: float, z: float) -> Track:
    return Track(FRAMES[2:], tuple(Pose((x, 1.65, z), math.pi / 2) for _ in (2, 3)))


def drive(scene: Scene | None = None) -> Drive:
    """The scene as a drive without pictures."""
    scene = scene or street()
    return Drive(scene, Sequence(scene, {}), Path("/nowhere"), "0007")


def start_state(**changes: object) -> EditorState:
    """The first moment of the street."""
    return replace(open_drive_state(drive()), **changes)  # pyright: ignore


METRES = st.floats(-5, 5).map(lambda x: round(x, 3))
SHIFTS = st.tuples(METRES, METRES, METRES)


@st.composite
def edit_lists(draw: st.DrawFn, most: int = 12) -> list[Edit]:
    """Edits that fit, one after the other."""
    tracks, new, edits = [0, 1, 2], 10, list[Edit]()
    for _ in range(draw(st.integers(0, most))):
        if not tracks:
            break
        track = draw(st.sampled_from(tracks))
        kind = draw(st.sampled_from(("move", "turn", "remove", "copy")))
        if kind == "move":
            edits.append(Move(track, draw(SHIFTS)))
        elif kind == "turn":
            edits.append(Turn(track, draw(st.floats(-7, 7))))
        elif kind == "copy":
            edits.append(Duplicate(track, new, draw(SHIFTS)))
            tracks.append(new)
            new += 1
        else:
            edits.append(Remove(track))
            tracks.remove(track)
    return edits
