"""Messages queue up, and go when what they tell of is mended."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nsg_core.errors import NsgError
from nsg_editor.actions.table import perform
from nsg_editor.derived.complaints import MOST, advised, unreadable
from nsg_editor.state import EditorState, ModelInfo, PictureInfo
from tests.editor.scenes import start_state


def complain(state: EditorState, title: str, text: str = "it is so.") -> EditorState:
    return perform(state, "complain", title=title, text=text)


def titles(state: EditorState) -> str:
    messages = (*state.older, *([state.dialog] if state.dialog else []))
    return "".join(message.title for message in messages)


def test_the_newest_is_in_front_and_closing_shows_the_one_before() -> None:
    state = start_state()
    for title in "abc":
        state = complain(state, title)
    assert titles(state) == "abc"
    state = perform(state, "close-dialog")
    assert state.dialog is not None
    assert state.dialog.title == "b"
    assert titles(perform(state, "close-dialog", every=True)) == ""


def test_the_same_message_is_not_queued_again() -> None:
    state = start_state()
    for title in "abab":
        state = complain(state, title)
    assert titles(state) == "ab"


def test_a_recording_that_is_gone_is_one_message_until_it_is_back(
    tmp_path: Path,
) -> None:
    state, data = start_state(), tmp_path / "drive"
    for frame in range(3):
        title, text = unreadable(data, NsgError(f"{frame}.png: no such file."))
        state = complain(state, title, text)
    assert titles(state) == "The recording is gone"
    data.mkdir()
    title, text = unreadable(data, NsgError("3.png: no such file."))
    assert text == "3.png: no such file."
    state = complain(complain(state, title, text), "x")
    assert titles(perform(state, "recording-read")) == "x"


@given(st.lists(st.sampled_from(["x", *"abcdefgh"]), max_size=60))
def test_no_message_is_lost_but_the_oldest_of_many(steps: list[str]) -> None:
    state, expected = start_state(), list[str]()
    for step in steps:
        if step == "x":
            state = perform(state, "close-dialog")
            expected = expected[:-1]
        else:
            state = complain(state, step)
            expected = [*(e for e in expected if e != step), step][-MOST - 1 :]
        assert titles(state) == "".join(expected)


def test_what_is_mended_is_told_no_more() -> None:
    state = perform(start_state(model=ModelInfo("loading", version=2)), "boxes")
    state = perform(state, "model-failed", version=2, text="it is broken.")
    state = complain(state, "Could not draw the picture")
    state = complain(state, "Something else")
    loaded = ModelInfo("ready", version=2)
    state = perform(state, "model-loaded", info=loaded)
    assert "load the model" not in titles(state)
    state = perform(state, "picture-arrived", picture=None)
    assert "draw the picture" in titles(state)
    picture = PictureInfo(1, True, 1.0, 1.0)
    state = perform(state, "picture-arrived", picture=picture)
    assert titles(state) == "Something else"


def test_a_lost_graphics_card_comes_with_advice() -> None:
    for text in ("RuntimeError: CUDA error: unspecified", "OutOfMemoryError: CUDA"):
        state = complain(start_state(), "Could not draw the picture", text)
        assert state.dialog is not None
        assert "--device cpu" in state.dialog.text
        assert text in state.dialog.text
    assert "device" not in advised("ValueError: no")


@pytest.mark.parametrize(
    ("text", "todo"),
    [
        ("cannot write /a/p: No space left on device.", "Make room"),
        ("cannot write /a/p: Permission denied.", "Choose another folder"),
        ("cannot write /a/p: No such file or directory.", "a folder that is there"),
    ],
)
def test_what_the_system_says_comes_with_what_to_do(text: str, todo: str) -> None:
    state = perform(start_state(), "save-failed", text=text)
    assert state.dialog is not None
    assert state.dialog.text.startswith(text)
    assert todo in state.dialog.text
    assert perform(state, "save-failed", text=text).older == (), "and not twice"
