"""How the list of the scene is looked at: what is searched, folded, renamed, soloed."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from nsg_core.scene import Scene


@dataclass(frozen=True, slots=True)
class Outline:
    """What is known of the list besides the scene."""

    search: str = ""
    """Only what has this in its name, class or number is listed."""
    folded: frozenset[str] = frozenset()
    """Headings whose rows are put away."""
    renaming: int | None = None
    """The track whose name is being typed."""
    menus: int = 0
    """How often the menu of a row was asked for."""
    solo: frozenset[int] = frozenset()
    """If there are any, only these are looked at; no part of the project."""


def joined(outline: Outline, tracks: Iterable[int]) -> Outline:
    """New objects are looked at with those that are looked at alone."""
    if not outline.solo:
        return outline
    return replace(outline, solo=outline.solo | frozenset(tracks))


KEPT = 4
"""Scenes whose soloed ones are kept: of each variant that is shown."""
_kept: list[tuple[Scene, frozenset[int], Scene]] = []


def soloed(scene: Scene, solo: frozenset[int]) -> Scene:
    """The scene with nothing to be seen but these objects; all of it without any.

    The last answers are kept: the same question is asked many times for each picture,
    and who compares scenes by identity wants the same one again.
    """
    solo = solo & {node.track_id for node in scene.objects} if solo else solo
    if not solo:
        return scene
    for kept in _kept:
        if kept[0] is scene and kept[1] == solo:
            return kept[2]
    objects = tuple(
        node
        if node.track_id in solo or not node.visible
        else replace(node, visible=False)
        for node in scene.objects
    )
    _kept.insert(0, (scene, solo, replace(scene, objects=objects)))
    del _kept[KEPT:]
    return _kept[0][2]
