"""How fast the real window answers a real mouse, with a real model on a real street."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from benchmarks.soak import soak
from benchmarks.window import Answer, Step, compare, drag
from nsg_core.datasets.opening import open_sequence
from nsg_editor.effects.opening import street_checkpoint
from tests.ui.screens import Desk, editor_on

FIRST_PICTURE_MS = 100.0
"""What is promised on two cores without a graphics card."""
MOVES, ATTEMPTS = 40, 6
CROWDED = 0.25
"""The share of the processors with which other programs make times meaningless."""


@pytest.fixture(scope="module")
def editor(
    short_street: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Desk]:
    """The street with the shipped weights, before all other programs if possible."""
    weights = street_checkpoint()
    assert weights is not None
    folder = tmp_path_factory.mktemp("speed")
    arguments = (str(short_street), "--checkpoint", str(weights))
    with editor_on(folder, *arguments, first=True) as opened:
        yield opened


@pytest.mark.screen
def test_box_and_picture_follow_the_mouse(
    editor: Desk, short_street: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The limits are fixed; the best of a few drags counts, so one hiccup may pass."""
    scene = open_sequence(short_street).scene
    answers: list[Answer] = []
    while len(answers) < ATTEMPTS:
        answers.append(drag(editor, scene, 0, MOVES))
        if _first_picture(answers[-1]) <= FIRST_PICTURE_MS:
            break
    best = min(answers, key=_first_picture)
    with capsys.disabled():
        told = {line["name"]: line["value"] for line in best.lines()}
        print("\n ", *(f"{name}: {value};" for name, value in told.items()))
    assert len(best.box_frames) >= MOVES // 2
    assert max(best.box_frames) <= 1
    if _first_picture(best) > FIRST_PICTURE_MS and best.others > CROWDED:
        pytest.skip(
            f"other programs take {100 * best.others:.0f} % of the processors: the "
            f"first picture came after {_first_picture(best):.0f} ms, which says "
            "nothing of the editor"
        )
    assert _first_picture(best) <= FIRST_PICTURE_MS


@pytest.mark.screen
def test_dragging_without_a_pause_is_watched(editor: Desk) -> None:
    """Some seconds of what `benchmarks.soak` does for ten minutes."""
    seen = soak(editor, 0, 3.0)
    told = {line["name"]: line["value"] for line in seen.lines()}
    assert told["drags"] == len(seen.memory) >= 2
    assert len(seen.frames) > 20
    assert all(0 < seconds < 5 for seconds in seen.frames)
    assert min(seen.memory) > 200
    assert editor.state()["undo"] >= 2


def _first_picture(answer: Answer) -> float:
    return 1000 * float(np.median(answer.picture_first))


def frame(k: int, mouse: int, box: int, picture: int) -> dict[str, object]:
    """A frame of 20 ms, of which 10 are spent drawing; places are steps of a drag."""
    return {
        "began": 0.02 * k,
        "ended": 0.02 * k + 0.01,
        "mouse": [100 + mouse, 50],
        "box": [float(box), 0.0, 0.0],
        "picture": [float(picture), 0.0, 0.0],
        "stride": 8,
    }


def test_a_slow_box_and_a_late_picture_are_noticed() -> None:
    """Frames by hand: the box two frames late, pictures that skip a step."""
    steps = [Step(0.02 * i, (100 + i, 50), (float(i), 0.0, 0.0)) for i in (1, 2)]
    frames = [
        frame(1, 1, 0, 0),
        frame(2, 2, 0, 0),
        frame(3, 2, 1, 0),
        frame(4, 2, 2, 0),
        frame(5, 2, 2, 2),
        frame(6, 2, 2, 2),
    ]
    answer = compare(steps, frames)
    assert answer.box_frames == [2, 2]
    np.testing.assert_allclose(answer.box_screen, [0.05, 0.05])
    np.testing.assert_allclose(answer.picture_first, [0.04, 0.02])
    np.testing.assert_allclose(answer.picture_screen, [0.11, 0.09])


def test_a_step_that_is_never_shown_is_no_result() -> None:
    steps = [Step(0.02, (101, 50), (1.0, 0.0, 0.0))]
    with pytest.raises(AssertionError, match="never shown"):
        compare(steps, [frame(1, 1, 0, 0), frame(2, 1, 0, 0)])
