"""The rows of the scene's list: what each says, worked out once for each change."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from nsg_core.scene import ObjectNode
from nsg_editor.state import EditorState

CAMERAS = "Cameras"


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the list."""

    kind: Literal["heading", "camera", "object"]
    key: str
    """Names it: a heading's words, a camera's name, an object's track."""
    label: str
    track: int | None = None
    chosen: bool = False
    """It is selected, or looked through."""
    there: bool = True
    """It is in this frame."""
    visible: bool = True
    locked: bool = False
    alone: bool = False
    """It is one of those that are looked at alone."""
    count: int = 0
    """Of a heading: how many rows it has."""
    folded: bool = False


def rows(state: EditorState) -> tuple[Row, ...]:
    """All rows that are to be seen, in their order."""
    found = list[Row]()
    cameras = _cameras(state)
    if cameras:
        found += _section(state, CAMERAS, cameras)
    for category, nodes in groups(state):
        section = [_object(state, node) for node in nodes]
        found += _section(state, category, section)
    return tuple(found)


def groups(state: EditorState) -> list[tuple[str, list[ObjectNode]]]:
    """Objects that the search lets through, by class, in the order of their tracks."""
    by_class: dict[str, list[ObjectNode]] = {}
    for node in state.history.present.scene.objects:
        if matches(node, state.outline.search):
            by_class.setdefault(node.category, []).append(node)
    for nodes in by_class.values():
        nodes.sort(key=lambda node: node.track_id)
    return sorted(by_class.items())


def matches(node: ObjectNode, search: str) -> bool:
    """An object has all words of a search in its name, class or number."""
    if not search:
        return True
    text = f"{node.label} {node.category} {node.track_id}".casefold()
    return all(word in text for word in search.casefold().split())


def listed(state: EditorState) -> list[int]:
    """Tracks in the order of the list, folded ones left out."""
    folded = state.outline.folded
    return [
        node.track_id
        for category, nodes in groups(state)
        if category not in folded
        for node in nodes
    ]


def _section(state: EditorState, title: str, inside: Iterable[Row]) -> list[Row]:
    section = list(inside)
    folded = title in state.outline.folded
    heading = Row("heading", title, title, count=len(section), folded=folded)
    return [heading, *([] if folded else section)]


def _cameras(state: EditorState) -> list[Row]:
    names = [camera.name for camera in state.scene.cameras]
    words = state.outline.search.casefold().split()
    through = None if state.free is not None else state.camera
    found = [
        Row("camera", name, name, chosen=name == through)
        for name in names
        if all(word in f"camera {name}".casefold() for word in words)
    ]
    path = state.scene.camera_path
    if path is not None and not words:
        label = f"Path, {len(path.keys)} keys"
        found.append(Row("camera", "", label, chosen=state.flying))
    return found


def _object(state: EditorState, node: ObjectNode) -> Row:
    track = node.track_id
    return Row(
        "object",
        str(track),
        node.label,
        track,
        chosen=track == state.selection or track in state.others,
        there=node.track.at(state.frame) is not None,
        visible=node.visible,
        locked=node.locked,
        alone=track in state.outline.solo,
    )
