"""A scene in words: JSON for programs (`nsg-scene/1`), tables for people."""

import math
from itertools import pairwise
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table

from nsg_core.scene import Camera, ObjectNode, Scene

FORMAT = "nsg-scene/1"


def scene_to_json(scene: Scene) -> dict[str, Any]:
    """The scene graph as plain JSON values; lengths in metres, angles in radians."""
    return {
        "format": FORMAT,
        "dataset": scene.dataset,
        "sequence": scene.sequence,
        "frames": list(scene.frames),
        "cameras": [_camera(camera) for camera in scene.cameras],
        "objects": [_object(node) for node in scene.objects],
    }


def _camera(camera: Camera) -> dict[str, Any]:
    return {
        "name": camera.name,
        "width": camera.width,
        "height": camera.height,
        "fx": camera.fx,
        "fy": camera.fy,
        "cx": camera.cx,
        "cy": camera.cy,
        "T_world_camera": [list(T) for T in camera.Ts_world_camera],
    }


def _object(node: ObjectNode) -> dict[str, Any]:
    pairs = zip(node.track.frames, node.track.poses, strict=True)
    return {
        "track_id": node.track_id,
        "class": node.category,
        "size": [node.size.length, node.size.height, node.size.width],
        "poses": [
            {"frame": frame, "position": list(pose.position), "yaw": pose.yaw}
            for frame, pose in pairs
        ],
    }


def scene_tables(scene: Scene) -> RenderableType:
    """What a person wants to know of a drive at a glance, for a rich console."""
    frames = f"{len(scene.frames)} frames {spans(scene.frames)}"
    title = f"{scene.dataset} {scene.sequence}: {frames}"
    return Group(title, _camera_table(scene), _object_table(scene))


def _camera_table(scene: Scene) -> Table:
    table = Table("camera", "size", "focal length", "principal point", "path")
    for c in scene.cameras:
        places = [(T[3], T[7], T[11]) for T in c.Ts_world_camera]
        way = sum(math.dist(a, b) for a, b in pairwise(places))
        table.add_row(
            c.name,
            f"{c.width} x {c.height}",
            f"{c.fx:.1f}, {c.fy:.1f} px",
            f"{c.cx:.1f}, {c.cy:.1f}",
            f"{way:.1f} m",
        )
    return table


def _object_table(scene: Scene) -> Table:
    table = Table("track", "class", "length x height x width", "frames", "moves")
    for node in scene.objects:
        s = node.size
        first, last = node.track.poses[0], node.track.poses[-1]
        table.add_row(
            str(node.track_id),
            node.category,
            f"{s.length:.2f} x {s.height:.2f} x {s.width:.2f} m",
            spans(node.track.frames),
            f"{math.dist(first.position, last.position):.1f} m",
        )
    return table


def spans(frames: tuple[int, ...]) -> str:
    """Frames in short, for example "0-11, 14, 20-40"."""
    runs: list[list[int]] = []
    for frame in frames:
        if runs and frame == runs[-1][1] + 1:
            runs[-1][1] = frame
        else:
            runs.append([frame, frame])
    return ", ".join(f"{a}-{b}" if a < b else f"{a}" for a, b in runs)
