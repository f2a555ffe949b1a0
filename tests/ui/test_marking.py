"""Marks as pixels: dashes, runs and colours, without a window."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nsg_editor.derived.marks import Dot, Line, Word
from nsg_editor.derived.request import frame_of
from nsg_editor.ui import theme
from nsg_editor.ui.views.marking import (
    DASH,
    PAUSE,
    _project,
    _strokes,
    dashes,
    draw_marks,
    in_sight,
    named,
    runs,
)
from nsg_editor.ui.views.overlay import Name, words_clear
from tests.editor.scenes import start_state
from tests.ui.office import Office

PIXELS = st.floats(-500, 1500)
CORNERS = st.lists(st.tuples(PIXELS, PIXELS), min_size=2, max_size=9)


def line(corners: list[tuple[float, float]]) -> np.ndarray:
    """A line through pixels as segments."""
    points = np.array(corners)
    return np.stack([points[:-1], points[1:]], 1)


def length(segments: np.ndarray) -> float:
    """Of all segments."""
    return float(np.hypot(*(segments[:, 1] - segments[:, 0]).T).sum())


@given(CORNERS)
def test_runs_are_the_same_line(corners: list[tuple[float, float]]) -> None:
    segments = line(corners)
    drawn = [np.stack([run[:-1], run[1:]], 1) for run in runs(segments)]
    np.testing.assert_allclose(np.concatenate(drawn), segments)


def test_a_line_is_drawn_in_one_go_unless_it_turns_back() -> None:
    """A corner that is too sharp would be drawn as a long spike."""
    gentle = [(0.0, 0.0), (10.0, 0.0), (10.0, 10.0), (0.0, 0.0)]
    assert len(runs(line(gentle))) == 1
    assert len(runs(line([(0, 0), (10, 0), (1, 0.5)]))) == 2


def test_a_gap_ends_a_run() -> None:
    segments = line([(0, 0), (1, 0), (2, 0), (3, 0)])[[0, 2]]
    assert [len(run) for run in runs(segments)] == [2, 2]
    assert runs(segments[:0]) == []


@given(CORNERS)
def test_dashes_lie_on_their_line_and_leave_pauses(
    corners: list[tuple[float, float]],
) -> None:
    segments = line(corners)
    whole, drawn = length(segments), length(dashes(segments))
    assert drawn <= whole + 1e-6
    if whole > 200:
        assert drawn == pytest.approx(whole * DASH / (DASH + PAUSE), rel=0.2)


def test_lines_are_projected_together_as_one_by_one() -> None:
    frame = frame_of(start_state(), "free")
    ways = [
        Line(tuple((x, 1.6, z) for z in range(-30, 60, 9)), "ghost")
        for x in (-8.0, 0.0, 5.0)
    ]
    together, owner = _project(frame, ways)
    for i, way in enumerate(ways):
        np.testing.assert_allclose(together[owner == i], _project(frame, [way])[0])
    assert len(_project(frame, [])[0]) == 0


def test_lines_are_drawn_each_in_its_own_strokes() -> None:
    """Also where one ends at the place at which the next begins."""
    frame = frame_of(start_state(), "map")
    x, _, z = start_state().scene.at(0)[0].pose.position
    a, b, c = ((x + 2.0 * i, 1.6, z + i * i) for i in range(3))
    lines = [
        Line((a, b, c), "ghost"),
        Line((c, a), "bad"),
        Line((a, c), "dim", 1, True),
    ]
    strokes = list(_strokes(frame, lines))
    assert [i for i, _ in strokes[:2]] == [0, 1]
    assert [len(points) for _, points in strokes[:2]] == [3, 2]
    assert len(strokes) > 3
    assert {i for i, _ in strokes[2:]} == {2}
    assert list(_strokes(frame, [])) == []


def test_what_is_beside_the_picture_is_left_out() -> None:
    frame = frame_of(start_state(), "map")
    width = frame.view.width
    inside, beside = [(5.0, 5.0), (9.0, 9.0)], [(width + 5.0, 5.0), (width + 9.0, 9.0)]
    assert in_sight(line(inside), frame).tolist() == [True]
    assert in_sight(line(beside), frame).tolist() == [False]


def test_colours_have_names() -> None:
    assert named("track:11") == theme.track_colour(11)
    assert named("selected") == theme.SELECTED
    assert named("no such colour") == theme.TEXT


def test_all_marks_can_be_drawn_in_all_views(office: Office) -> None:
    """Also those behind the camera, and lines of one point."""
    state = office.store.state
    marks = (
        Line(((0.0, 1.6, -50.0), (0.0, 1.6, 50.0)), "ghost", 2.0, True),
        Line(((0.0, 1.6, 9.0),), "accent"),
        Dot((0.0, 1.6, 9.0), "warning"),
        Dot((0.0, 1.6, -900.0), "bad"),
        Word((0.0, 1.6, 9.0), "12 m"),
    )
    layer = office.panels.viewport._image_layer
    for kind in ("camera", "free", "map"):
        draw_marks(layer, frame_of(state, kind), marks)  # pyright: ignore


def test_words_with_a_plate_keep_clear_of_names_and_of_each_other(
    office: Office,
) -> None:
    frame = frame_of(office.store.state, "camera")
    assert frame is not None
    word = Word((0.0, 1.0, 9.0), "unseen side", "warning", plate=True)
    behind = Word((0.0, 1.0, -9.0), "unseen side", "warning", plate=True)
    (alone,) = words_clear(frame, [word, behind], [])
    assert (alone.text, alone.colour) == ("unseen side", named("warning"))
    name = Name(alone.x, alone.y + 2, alone.width, "Car 0", theme.TEXT, False)
    found = words_clear(frame, [word, word], [name])
    assert len(found) == 2
    every = [name, *found]
    for i, one in enumerate(every):
        assert not any(one.touches(other) for other in every[:i])
        assert one.y >= 3
    # It stays near what it is about.
    assert max(abs(one.y - alone.y) for one in found) < 4 * (theme.px(14) + 7)
