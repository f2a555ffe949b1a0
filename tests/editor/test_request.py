"""The request follows what can be seen, and nothing else."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nsg_core.edits.edit import Edit
from nsg_editor.actions.table import perform
from nsg_editor.derived.request import fit, resolve
from nsg_editor.state import EditorState, Job, ModelInfo, PictureInfo
from nsg_editor.values import history
from tests.any_edits import any_edits
from tests.editor.scenes import HEIGHT, WIDTH, start_state, street

PANEL, MOST = (300, 200), (1920, 1080)


def trained(**changes: object) -> EditorState:
    return start_state(model=ModelInfo("ready", Path("a"), 5, "cpu"), **changes)


@settings(max_examples=25, deadline=None)
@given(any_edits(street(), 4), st.integers(0, 3))
def test_equal_requests_exactly_when_equal_boxes(
    edits: tuple[Edit, ...], frame: int
) -> None:
    before = trained(frame=frame)
    after = before
    for edit in edits:
        done = history.do(after.history, (edit,), None, None)
        after = replace(after, history=done)
    same_boxes = before.scene.at(frame) == after.scene.at(frame)
    same_request = resolve(before, PANEL, MOST) == resolve(after, PANEL, MOST)
    assert same_boxes == same_request


@pytest.mark.parametrize(
    "change",
    [
        {"selection": 1},
        {"hover": 0},
        {"boxes": False},
        {"help": True},
        {"notice": "hello"},
        {"train": Job("running", 5, 10)},
        {"picture": PictureInfo(1, True, 10.0, 1e6)},
        {"playing": True},
    ],
)
def test_what_lies_over_the_picture_needs_no_new_one(change: dict[str, object]) -> None:
    state = trained()
    assert resolve(replace(state, **change), PANEL, MOST) == resolve(  # pyright: ignore
        state, PANEL, MOST
    )


def test_what_is_seen_needs_a_new_one() -> None:
    state = trained()
    seen = {resolve(state, PANEL, MOST)}
    for name, arguments in (
        ("frame", {"to": 1}),
        ("camera", {"name": "image_03"}),
        ("orbit", {"right": 5.0, "up": 0.0}),
        ("remove", {"track": 0}),
    ):
        seen.add(resolve(perform(state, name, **arguments), PANEL, MOST))
    assert len(seen) == 5


def test_no_picture_without_a_model_or_a_wish() -> None:
    assert resolve(start_state(), PANEL, MOST) is None
    recorded = trained(shown="recorded")
    assert resolve(recorded, PANEL, MOST) is None
    # Nothing else can show the free view.
    assert resolve(perform(recorded, "orbit", right=1.0, up=0.0), PANEL, MOST)


@given(st.integers(20, 2500), st.integers(20, 1400))
def test_the_picture_fits_and_is_never_finer_than_the_recording(
    width: int, height: int
) -> None:
    for state in (trained(), perform(trained(), "orbit", right=1.0, up=0.0)):
        frame = fit(state, (width, height))
        assert frame.x >= 0
        assert frame.y >= 0
        assert frame.view.width + frame.x <= width
        assert frame.view.height + frame.y <= height
        request = resolve(state, (width, height), (350, 300))
        assert request is not None
        view = request.view
        assert view.width <= 350
        assert view.height <= 300
        assert view.width * view.height <= 1.02 * WIDTH * HEIGHT + view.width


@given(st.integers(200, 1600), st.integers(120, 900))
def test_leaving_the_camera_moves_nothing_on_the_screen(
    width: int, height: int
) -> None:
    """The free view begins with every point where it was."""
    state = trained()
    free = replace(state, free=state.scene.view("image_02", 0).T_world_camera)
    through, beyond = fit(state, (width, height)), fit(free, (width, height))
    points = np.array([[0.0, 1.65, 12.0], [3.0, 0.5, 30.0]])
    a = through.view.project(points)[:, :2] + (through.x, through.y)
    b = beyond.view.project(points)[:, :2] + (beyond.x, beyond.y)
    np.testing.assert_allclose(a, b, atol=1e-9)
