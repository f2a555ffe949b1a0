"""Who comes into whose way by a manoeuvre, said in sentences."""

from collections.abc import Callable

from nsg_core.motion.overlaps import overlaps
from nsg_core.scene import PlacedBox, Scene

TOUCHING = 0.05
"""Metres that boxes may stand in each other: labels are no better."""
MOST = 4
"""Sentences; who needs more knows enough."""
Pair = tuple[int, int]
"""Tracks, the lower one first."""
Ego = Callable[[int], PlacedBox]
"""The recorded vehicle in a frame, counted from the first."""


def encounters(before: Scene, after: Scene, ego: Ego) -> tuple[str, ...]:
    """Whom the objects that were changed stand in, and did not before."""
    old = {node.track_id: node for node in before.objects}
    changed = {n.track_id for n in after.objects if old.get(n.track_id) != n}
    new = _meetings(after, changed, ego)
    known = _meetings(before, {track for pair in new for track in pair}, ego)
    found = [(pair, frames) for pair, frames in new.items() if pair not in known]
    words = [_words(after, pair, frames) for pair, frames in found[:MOST]]
    more = len(found) - MOST
    return (*words, f"And {more} pairs more.") if more > 0 else tuple(words)


def _meetings(scene: Scene, tracks: set[int], ego: Ego) -> dict[Pair, list[int]]:
    """The frames in which some of these objects stand in anybody."""
    found: dict[Pair, list[int]] = {}
    if not tracks:
        return found
    for i, frame in enumerate(scene.frames):
        boxes = (*scene.at(frame), ego(i))
        about = [box.track_id in tracks for box in boxes]
        for pair in overlaps(boxes, TOUCHING, about):
            a, b = sorted(boxes[at].track_id for at in (pair.first, pair.second))
            found.setdefault((a, b), []).append(frame)
    return found


def _words(scene: Scene, pair: Pair, frames: list[int]) -> str:
    names = {node.track_id: node.label for node in scene.objects}
    who, whom = names.get(pair[1], ""), names.get(pair[0])
    when = f"frame {frames[0]}"
    if len(frames) > 1:
        when = f"frames {frames[0]}-{frames[-1]}"
    if whom is None:
        # It is no object: its pictures were taken where it drove.
        return f"{who} is in the way of the recorded vehicle in {when}."
    return f"{whom} stands in {who} in {when}."
