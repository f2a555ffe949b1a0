"""How much a thousand edits of a long drive take, as JSON on stdout."""

import json
import time
import tracemalloc
from collections.abc import Callable
from dataclasses import replace

from nsg_core.edits.edit import Move, replay
from nsg_core.scene import ObjectNode, Pose, Scene, Size, Track
from nsg_editor.values import history
from tests.editor.scenes import street

FRAMES, OBJECTS = 300, 60


def long_drive() -> Scene:
    """As large as the longest drives of KITTI."""
    frames = tuple(range(FRAMES))
    size = Size(4.0, 1.6, 1.8)
    objects = tuple(
        ObjectNode(k, "Car", size, Track(frames, _poses(k)), f"object/{k}")
        for k in range(OBJECTS)
    )
    camera = street().cameras[0]
    still = replace(camera, Ts_world_camera=camera.Ts_world_camera[:1] * FRAMES)
    return Scene("made-up", "0001", frames, (still,), objects)


def _poses(k: int) -> tuple[Pose, ...]:
    return tuple(Pose((k + 0.1 * i, 1.65, 0.3 * i), 0.01 * i) for i in range(FRAMES))


def edited() -> history.History:
    """One object after the other is moved, more often than can be undone."""
    now = history.start(long_drive())
    for i in range(history.STEPS + 10):
        edit = Move(i % OBJECTS, (0.01 * (i + 1), 0.0, 0.0))
        now = history.do(now, (edit,), 0, 0)
    return now


def undone(now: history.History) -> history.History:
    """All steps taken back, one by one."""
    while now.past:
        now = history.undo(now)
    return now


def timed(work: Callable[[], history.History]) -> tuple[float, history.History]:
    """Seconds of processor, and what came of it."""
    began = time.process_time()
    result = work()
    return time.process_time() - began, result


def main() -> None:
    do_s, _ = timed(edited)
    tracemalloc.start()
    now = edited()
    size = tracemalloc.get_traced_memory()[0]
    steps = len(now.past)
    middle = history.jump(now, steps // 2)
    after = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    assert middle.present.scene == replay(now.origin, middle.present.edits)
    undo_s, first = timed(lambda: undone(now))
    assert first.present.scene == replay(now.origin, first.present.edits)
    figures = {"steps": steps, "bytes": size, "bytes_after_undo": after}
    print(json.dumps(figures | {"do_s": do_s, "undo_s": undo_s}))


if __name__ == "__main__":
    main()
