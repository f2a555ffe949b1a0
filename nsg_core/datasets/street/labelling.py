"""KITTI labels of the street, from its geometry and from what the picture shows."""

import math

import numpy as np

from nsg_core.datasets.kitti_labels import Label
from nsg_core.datasets.street.layout import Actor
from nsg_core.datasets.street.rendering import Shot, StreetRenderer
from nsg_core.view import View

LEVELS = (0.1, 0.5)
"""Shares from which an object counts as partly and as largely hidden or outside."""
FEWEST_PIXELS = 8
NEAR = 0.2


def label_frame(
    renderer: StreetRenderer,
    actors: tuple[Actor, ...],
    frame: int,
    view: View,
    T_world_camera0: np.ndarray,
    shot: Shot,
    beside: View,
) -> list[Label]:
    """A label for each actor that the picture shows, or only the camera beside it.

    `shot` is the picture of `view`, in whose pixels labels are; `beside` is the view of
    the other camera, which still sees what has just left the first one's picture.
    """
    labels = []
    for actor in actors:
        seen = int((shot.track == actor.track).sum())
        gone = seen < FEWEST_PIXELS and outside(actor, frame, view) >= LEVELS[1]
        if gone and outside(actor, frame, beside) < 1:
            shown = whole_area(renderer, actor, frame, beside) >= FEWEST_PIXELS
        else:
            shown = seen >= FEWEST_PIXELS
        if shown:
            hidden = 1 - seen / max(1, whole_area(renderer, actor, frame, view))
            labels.append(_label(actor, frame, view, T_world_camera0, hidden))
    return labels


def whole_area(renderer: StreetRenderer, actor: Actor, frame: int, view: View) -> float:
    """Pixels within the picture that an actor would cover with nothing before it."""
    half = view.scaled(0.5)
    T, phase = actor.pose(frame).T_world_object(), actor.phase(frame)
    scale = view.width * view.height / (half.width * half.height)
    return scale * renderer.silhouette(half, actor.track, T, phase)


def _label(
    actor: Actor, frame: int, view: View, T_world_camera0: np.ndarray, hidden: float
) -> Label:
    pose, size = actor.pose(frame), actor.size
    T = np.linalg.inv(T_world_camera0) @ pose.T_world_object()
    x, y, z = (float(value) for value in T[:3, 3])
    yaw = math.atan2(-T[2, 0], T[0, 0])
    return Label(
        frame,
        actor.track,
        actor.category,
        truncation=level(outside(actor, frame, view)),
        occlusion=level(hidden),
        alpha=math.remainder(yaw - math.atan2(x, z), math.tau),
        box=picture_box(actor, frame, view),
        height=size.height,
        width=size.width,
        length=size.length,
        position=(x, y, z),
        yaw=yaw,
    )


def level(share: float) -> int:
    """0, 1 or 2: hardly, partly, largely."""
    return sum(share >= limit for limit in LEVELS)


def picture_box(
    actor: Actor, frame: int, view: View
) -> tuple[float, float, float, float]:
    """The tight 2D box of the shape, with hidden parts, cut at the picture's edge."""
    mesh = actor.centred[actor.phase(frame)]
    points = np.concatenate([part.vertices for part in mesh])
    u, v, z = _project(points, actor, frame, view)
    u, v = u[z > NEAR], v[z > NEAR]
    return (
        float(np.clip(u.min(), 0, view.width - 1)),
        float(np.clip(v.min(), 0, view.height - 1)),
        float(np.clip(u.max(), 0, view.width - 1)),
        float(np.clip(v.max(), 0, view.height - 1)),
    )


def outside(actor: Actor, frame: int, view: View) -> float:
    """The share of the 3D box that is outside the picture."""
    s = actor.size
    axes = (
        np.linspace(-s.length / 2, s.length / 2, 12),
        np.linspace(-s.height, 0, 6),
        np.linspace(-s.width / 2, s.width / 2, 6),
    )
    points = np.stack(np.meshgrid(*axes, indexing="ij"), -1).reshape(-1, 3)
    u, v, z = _project(points, actor, frame, view)
    inside = (z > NEAR) & (np.abs(u - (view.width - 1) / 2) <= view.width / 2)
    inside &= np.abs(v - (view.height - 1) / 2) <= view.height / 2
    return 1 - float(inside.mean())


def _project(points: np.ndarray, actor: Actor, frame: int, view: View) -> np.ndarray:
    T = actor.pose(frame).T_world_object()
    return view.project(points @ T[:3, :3].T + T[:3, 3]).T
