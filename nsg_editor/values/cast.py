"""Who can play: all objects that a model can draw, alone on a turntable.

A portrait is an ordinary request of the renderer: one box at the world's origin, seen
by a camera that is as far away as the box is large.
"""

import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from nsg_core.documents.guests import checkpoints_of, guest_key
from nsg_core.documents.project import Project
from nsg_core.request import RenderRequest
from nsg_core.scene import Matrix, ObjectNode, PlacedBox, Pose, Scene, Size, Vec3
from nsg_core.view import View
from nsg_editor.values.views import looking_at

WIDTH, HEIGHT = 132, 84
"""Pixels of a portrait."""
TURNS = 24
"""Portraits of a whole turn."""
FIRST_TURN = 3
"""The one at rest, where it is not known how an object was seen: from the front, a
little from the side."""
ABOVE = math.radians(14)
"""How far the camera looks down."""
FOCAL = 1.9
"""As a share of a portrait's width: from far away, so that little is distorted."""
USUAL_SIZES = {
    "Car": Size(4.3, 1.5, 1.8),
    "Van": Size(4.9, 2.0, 1.9),
    "Truck": Size(9.0, 3.3, 2.6),
    "Bus": Size(11.0, 3.2, 2.6),
    "Tram": Size(16.0, 3.5, 2.6),
    "Cyclist": Size(1.8, 1.75, 0.6),
    "Pedestrian": Size(0.8, 1.75, 0.6),
    "Person_sitting": Size(0.9, 1.3, 0.6),
}
"""Of those whose own a checkpoint does not tell."""
ROOM = 1.16
"""Around the object, for its shadow."""


@dataclass(frozen=True, slots=True)
class Member:
    """One look, and what it belongs to."""

    model: str
    """Key of the field that draws it."""
    category: str
    size: Size
    name: str
    """Of the recorded object."""
    turn: int = FIRST_TURN
    """The side that the recording shows best."""
    source: str = ""
    """The other checkpoint that it comes from."""

    @property
    def measures(self) -> str:
        """Length, width and height in metres, for people."""
        s = self.size
        return f"{s.length:.1f} x {s.width:.1f} x {s.height:.1f} m"


@dataclass(frozen=True, slots=True)
class Guests:
    """The cast of another checkpoint."""

    checkpoint: Path
    objects: tuple[tuple[str, str], ...]
    """Model keys and classes."""
    problem: str = ""
    """Why they cannot play, in words."""
    away: bool = False
    """Off the sheet; what is undone may bring somebody back who wears their look."""

    @property
    def source(self) -> str:
        """Which checkpoint it is, for people."""
        return f"{self.checkpoint.parent.name}/{self.checkpoint.name}"


@dataclass(frozen=True, slots=True)
class Cast:
    """Who is chosen, and who is being carried where."""

    chosen: str | None = None
    """Model key."""
    carried: str | None = None
    """Being dragged out of the sheet."""
    guests: tuple[Guests, ...] = ()
    """Who else may play: objects of other checkpoints."""
    expected: tuple[Path, ...] = ()
    """Checkpoints that the project names and nobody has looked at yet."""
    inviting: Path | None = None
    """A checkpoint that is being looked at for them."""
    over: Vec3 | None = None
    """The place of the road that the mouse is over meanwhile."""

    @property
    def invited(self) -> tuple[Path, ...]:
        """The checkpoints whose objects were not sent away again."""
        return tuple(some.checkpoint for some in self.guests if not some.away)


def members(recording: Scene, keys: frozenset[str]) -> tuple[Member, ...]:
    """Everybody whom the model can draw, each look once, in order of the tracks."""
    found: dict[str, Member] = {}
    for node in recording.objects:
        if node.model in keys and node.model not in found:
            turn = seen_turn(recording, node)
            found[node.model] = Member(
                node.model, node.category, node.size, node.label, turn
            )
    return tuple(found.values())


def guest_members(guests: Guests) -> tuple[Member, ...]:
    """The cast of another checkpoint, in sizes that are usual for their classes."""
    if guests.problem or guests.away:
        return ()
    return tuple(
        Member(
            guest_key(guests.checkpoint, key),
            category,
            USUAL_SIZES.get(category, USUAL_SIZES["Car"]),
            f"{category} {key.rpartition('/')[2]} *",
            source=guests.source,
        )
        for key, category in guests.objects
    )


def expected_guests(project: Project) -> tuple[Path, ...]:
    """The checkpoints that a project needs, or has on its list."""
    lists = (project.edits, *(variant.edits for variant in project.variants))
    used = (path for edits in lists for path in checkpoints_of(edits))
    return tuple(dict.fromkeys((*project.guests, *used)))


def seen_turn(recording: Scene, node: ObjectNode) -> int:
    """From which side the first camera saw an object best: when it was nearest."""
    camera = recording.cameras[0]
    eyes = dict(zip(recording.frames, camera.Ts_world_camera, strict=True))
    pairs = zip(node.track.frames, node.track.poses, strict=True)
    views = [(pose, eyes[frame]) for frame, pose in pairs if frame in eyes]
    ahead = [one for one in views if _distance_ahead(*one) > 0] or views
    if not ahead:
        return FIRST_TURN
    pose, T = min(ahead, key=lambda one: abs(_distance_ahead(*one)))
    x, z = T[3] - pose.position[0], T[11] - pose.position[2]
    cos, sin = math.cos(pose.yaw), math.sin(pose.yaw)
    angle = math.atan2(sin * x + cos * z, cos * x - sin * z)
    return round(TURNS * angle / math.tau) % TURNS


def _distance_ahead(pose: Pose, T: Matrix) -> float:
    """Metres along the camera's axis."""
    away = (pose.position[0] - T[3], pose.position[1] - T[7], pose.position[2] - T[11])
    return T[2] * away[0] + T[6] * away[1] + T[10] * away[2]


def portrait(member: Member, turn: int) -> RenderRequest:
    """A member seen from the `turn`-th of `TURNS` sides."""
    box = PlacedBox(0, member.category, member.model, member.size, Pose((0, 0, 0), 0.0))
    angle = math.tau * (turn % TURNS) / TURNS
    # What is seen is a circle around the object, whatever way it is turned.
    s = member.size
    across = math.hypot(s.length, s.width)
    high = s.height * math.cos(ABOVE) + across * math.sin(ABOVE)
    away = FOCAL * ROOM * max(across, high * WIDTH / HEIGHT) + across / 2
    middle = np.array([0.0, -s.height / 2, 0.0])
    # Object axes: x is forward, z to its side; y points down.
    side = np.array([math.cos(angle), 0.0, math.sin(angle)])
    eye = middle + away * (side * math.cos(ABOVE) + [0.0, -math.sin(ABOVE), 0.0])
    T = looking_at(eye, middle)
    f = FOCAL * WIDTH
    view = View(T, WIDTH, HEIGHT, f, f, WIDTH / 2 - 0.5, HEIGHT / 2 - 0.5)
    return RenderRequest(view, (box,), "", "objects")


def place_ahead(recording: Scene, camera: str, frame: int, away: float = 12.0) -> Pose:
    """On the vehicle's own way, some metres ahead and facing as it drives.

    Where the way ends earlier, straight on from there.
    """
    Ts = np.array([_matrix(recording, camera, f) for f in recording.frames])
    eyes = Ts[recording.index(frame) :, [0, 2], 3]
    forward = Ts[recording.index(frame), [0, 2], 2]
    gone = np.concatenate([[0.0], np.linalg.norm(np.diff(eyes, axis=0), axis=1)])
    reached = np.cumsum(gone)
    if reached[-1] >= away:
        place = [float(np.interp(away, reached, eyes[:, i])) for i in (0, 1)]
        i = int(np.searchsorted(reached, away))
        forward = eyes[min(i, len(eyes) - 1)] - eyes[max(i - 1, 0)]
    else:
        last = Ts[-1, [0, 2], 2]
        if np.linalg.norm(eyes[-1] - eyes[0]) > 1:
            forward = last
        unit = forward / max(float(np.linalg.norm(forward)), 1e-9)
        place = (eyes[-1] + (away - reached[-1]) * unit).tolist()
    yaw = math.atan2(-float(forward[1]), float(forward[0]))
    return Pose((place[0], 0.0, place[1]), yaw)


def _matrix(recording: Scene, camera: str, frame: int) -> np.ndarray:
    return recording.view(camera, frame).matrix()


def heading_near(recording: Scene, place: Vec3, category: str) -> float:
    """How those face who were seen near a place: of its own kind, if there are any.

    Cars on the other side of the road drive the other way.
    """
    found: list[tuple[bool, float, float]] = []
    for node in recording.objects:
        for pose in node.track.poses[:: max(len(node.track.poses) // 20, 1)]:
            away = math.dist((place[0], place[2]), pose.position[::2])
            found.append((node.category != category, away, pose.yaw))
    near = [one for one in found if one[1] < 8.0]
    if near:
        return min(near)[2]
    camera = recording.cameras[0].name
    ways = [
        (math.dist((place[0], place[2]), (T[3], T[11])), T)
        for T in (recording.view(camera, f).T_world_camera for f in recording.frames)
    ]
    T = min(ways, key=lambda one: one[0])[1]
    return math.atan2(-T[10], T[2])
