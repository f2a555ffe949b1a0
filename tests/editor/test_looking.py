"""What of the picture is shown: as actions, as requests and as pixels."""

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nsg_core.drawing.frame import Picture
from nsg_core.edits.edit import Move, SetCamera
from nsg_core.errors import NsgError
from nsg_core.measuring.metrics import psnr
from nsg_core.view import View
from nsg_editor.actions.seeing import before_request, why_not
from nsg_editor.actions.table import perform
from nsg_editor.derived.request import resolve
from nsg_editor.pictures.glass import Glass
from nsg_editor.pictures.images import Images
from nsg_editor.pictures.probe import probe_text
from nsg_editor.state import EditorState, ModelInfo, PictureInfo
from nsg_editor.values import history
from nsg_editor.values.looking import AGAINST, MODES, PARTS, Looking, Scores
from tests.editor.scenes import HEIGHT, WIDTH, start_state

READY = ModelInfo("ready", Path("a.safetensors"), 7, "cpu", frozenset(), 1)
FINAL = PictureInfo(1, True, 20.0, 1e6)
SIZE = (1920, 1080)


def ready(**changes: object) -> EditorState:
    """Trained, with a final picture on the screen."""
    return start_state(model=READY, picture=FINAL, panel=(WIDTH, HEIGHT), **changes)


def edited(state: EditorState, *edits: object) -> EditorState:
    """With edits, as one step."""
    done = history.do(state.history, tuple(edits), None, None)
    return replace(state, history=done)


class Album(Images):
    """Recorded pictures that are there, or not yet."""

    def __init__(self, pixels: np.ndarray | None) -> None:
        self.pixels, self.wanted = pixels, list[object]()

    def get(self, key: object) -> np.ndarray | None:
        return self.pixels

    def want(self, *keys: object) -> None:
        self.wanted += keys


def drawn(seed: int = 0, stride: int = 1) -> Picture:
    rng = np.random.default_rng(seed)
    shape = (HEIGHT, WIDTH)
    return Picture(
        rng.random((*shape, 3), dtype=np.float32),
        np.full(shape, 9.0, np.float32),
        np.ones(shape, np.float32),
        np.full(shape, -1, np.int32),
        stride,
        1,
        stride == 1,
        0.1,
        100,
    )


def glass(pixels: np.ndarray | None = None) -> Glass:
    return Glass(Album(pixels), lambda track: (track, 0, 0))


def view(state: EditorState) -> View:
    return state.scene.view(state.camera, state.frame)


def recorded(seed: int = 5) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return rng.integers(0, 255, (HEIGHT, WIDTH, 3), dtype=np.uint8)


@given(
    st.sampled_from(MODES),
    st.sampled_from(PARTS),
    st.sampled_from(AGAINST),
    st.sampled_from(("wipe", "difference")),
    st.floats(0, 1),
)
def test_only_what_rays_must_know_asks_for_another_picture(
    mode, only, against, how, wipe
):
    state = ready()
    seen = perform(
        state, "looking", mode=mode, only=only, against=against, how=how, wipe=wipe
    )
    before, after = (resolve(s, s.panel, SIZE) for s in (state, seen))
    assert before is not None
    assert after == replace(before, only=only)


def test_what_makes_no_sense_is_refused():
    with pytest.raises(NsgError, match="divider must be from 0"):
        perform(ready(), "looking", wipe=1.5)
    with pytest.raises(NsgError, match="divider must be from 0"):
        perform(ready(), "looking", wipe=math.nan)


def test_kinds_go_round():
    state = ready()
    seen = []
    for _ in MODES:
        seen.append(state.looking.mode)
        state = perform(state, "look-next")
    assert tuple(seen) == MODES
    assert state.looking.mode == MODES[0]
    assert perform(state, "look-next", by=-1).looking.mode == MODES[-1]


def test_comparing_turns_on_and_off_and_shows_the_neural_picture():
    state = ready(shown="recorded")
    on = perform(state, "compare")
    assert (on.looking.against, on.looking.how, on.neural) == ("recorded", "wipe", True)
    other = perform(on, "compare", against="before")
    assert other.looking.against == "before"
    assert perform(other, "compare").looking.against == "nothing"
    apart = perform(state, "compare-difference")
    assert (apart.looking.against, apart.looking.how) == ("recorded", "difference")
    assert perform(apart, "compare-difference").looking.how == "wipe"


def test_where_nothing_was_recorded_it_is_said():
    away = ready(free=start_state().scene.view("image_02", 1).T_world_camera)
    assert "never recorded" in perform(away, "compare").notice
    moved = edited(ready(), SetCamera("image_02", (1.0, 0.0, 0.0)))
    assert "the camera was moved" in perform(moved, "compare").notice
    assert why_not(moved, judged=True)
    pushed = edited(ready(), Move(0, (1.0, 0.0, 0.0)))
    assert why_not(pushed) == ""
    assert "objects were changed" in why_not(pushed, judged=True)
    # The walker comes in frame 2: that he was moved changes nothing before.
    later = edited(ready(), Move(2, (1.0, 0.0, 0.0)))
    assert why_not(later, judged=True) == ""


def test_before_the_edits_is_the_same_view_with_the_recorded_boxes():
    state = edited(ready(), Move(0, (1.0, 0.0, 0.0)))
    asked = resolve(state, state.panel, SIZE)
    assert before_request(state, asked) is None
    state = perform(state, "compare", against="before")
    before = before_request(state, asked)
    assert asked is not None
    assert before == replace(asked, boxes=state.drive.recording.at(0))
    assert before != asked


def test_a_wipe_against_the_recording_has_both_pictures():
    there, picture = recorded(), drawn()
    state = perform(ready(), "looking", against="recorded", wipe=0.25)
    glasses = glass(there)
    shown = glasses.pixels(state, picture, view(state))
    column = WIDTH // 4
    assert glasses.other == "there"
    assert (shown[:, :column] == there[:, :column]).all()
    exact = picture.rgb[:, column:] * 255
    assert np.abs(shown[:, column:].astype(float) - exact).max() <= 0.51


def test_until_the_other_picture_is_there_the_one_is_shown_alone():
    picture = drawn()
    state = perform(ready(), "looking", against="recorded")
    glasses = glass(None)
    before = glasses.key(state, picture)
    assert glasses.pixels(state, picture, view(state)) is picture.rgb
    assert glasses.other == "waiting"
    glasses._images.pixels = recorded()  # pyright: ignore
    assert glasses.key(state, picture) != before


def test_before_and_now_in_any_kind_of_picture():
    state = perform(ready(), "looking", against="before", mode="depth", wipe=0.5)
    now, then = drawn(), drawn(1)
    then.depth[:] = 40.0
    glasses = glass()
    glasses.pixels(state, now, view(state))
    assert glasses.other == "waiting"
    glasses.show_before(then)
    shown = glasses.pixels(state, now, view(state))
    left, right = shown[:, : WIDTH // 2], shown[:, WIDTH // 2 :]
    assert (left == left[0, 0]).all()
    assert (right == right[0, 0]).all()
    assert (left[0, 0] != right[0, 0]).any()


def test_a_picture_of_another_size_is_no_before():
    state = perform(ready(), "looking", against="before")
    glasses = glass()
    small = drawn(1)
    small = replace(small, rgb=small.rgb[::2], depth=small.depth[::2])
    glasses.show_before(small)
    glasses.pixels(state, drawn(), view(state))
    assert glasses.other == "waiting"


def test_equal_keys_are_equal_pixels_whatever_else_changes():
    state, picture = perform(ready(), "looking", mode="depth"), drawn()
    glasses = glass(recorded())
    key = glasses.key(state, picture)
    menu = perform(state, "looking-menu")
    assert glasses.key(menu, picture) == key
    told = perform(menu, "scored", scores=Scores(20.0))
    assert glasses.key(told, picture) == key
    assert glasses.key(perform(state, "look-next"), picture) != key
    assert glasses.key(state, drawn()) != key


def test_scores_are_those_of_the_metric_for_the_frame_and_for_the_box():
    there, picture = recorded(), drawn()
    glasses, state = glass(there), ready()
    found = glasses.judge(state, picture, view(state))
    exact = there.astype(np.float32) / 255
    assert isinstance(found, Scores)
    assert found.frame == pytest.approx(psnr(picture.rgb, exact))
    assert found.box is None
    assert glasses.judge(state, picture, view(state)) == "again"
    chosen = perform(state, "select", track=0)
    with_box = glasses.judge(chosen, picture, view(state))
    assert isinstance(with_box, Scores)
    assert with_box.box is not None
    # Only what is in the box counts: perfect there is perfect.
    picture.rgb[:] = exact
    picture.rgb[:5] = 1 - picture.rgb[:5]
    again = glass(there).judge(chosen, picture, view(state))
    assert isinstance(again, Scores)
    assert again.box == pytest.approx(100)
    assert again.frame < 30


def test_nothing_is_judged_that_should_differ():
    glasses, picture = glass(recorded()), drawn()
    for state in (
        edited(ready(), Move(0, (1.0, 0.0, 0.0))),
        ready(free=start_state().scene.view("image_02", 1).T_world_camera),
        perform(ready(), "looking", only="background"),
        replace(ready(), picture=replace(FINAL, final=False)),
    ):
        assert glasses.judge(state, picture, view(state)) is None


def test_scores_are_kept_until_they_change():
    state = perform(ready(), "scored", scores=Scores(20.0, 18.0))
    assert state.looking.scores == Scores(20.0, 18.0)
    assert perform(state, "scored", scores=Scores(20.0, 18.0)) is state
    assert Looking().plain


def test_a_look_that_is_a_number_tells_it_of_the_place_under_the_mouse() -> None:
    state = start_state()
    rgb = np.zeros((2, 4, 3), np.float32)
    depth = np.arange(8, dtype=np.float32).reshape(2, 4) + 0.25
    opacity = np.ones((2, 4), np.float32)
    opacity[0, 0] = 0.1
    track = np.full((2, 4), -1, np.int32)
    track[1, 3] = 0
    picture = Picture(rgb, depth, opacity, track, 1, 1, True, 0.0, 8)

    def told(mode: str, x: float, y: float) -> str:
        return probe_text(perform(state, "looking", mode=mode), picture, x, y)

    assert told("depth", 0.99, 0.99) == "7.2 m"
    assert told("depth", 0.3, 0.0) == "1.2 m"
    assert told("depth", 0.0, 0.0) == "No surface"
    assert told("depth", 1.0, 0.5) == ""
    assert told("instances", 0.99, 0.6) == state.scene.object(0).label
    assert told("instances", 0.0, 0.0) == "Background"
    assert told("opacity", 0.0, 0.0) == "10 % opaque"
    assert told("colour", 0.5, 0.5) == told("normals", 0.5, 0.5) == ""
