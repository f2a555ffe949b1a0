"""Where there are no looks, the sheet says what is true of the weights."""

from pathlib import Path

import pytest

from nsg_core.errors import NsgError
from nsg_editor.actions.table import perform
from nsg_editor.derived.looks import no_weights, nobody
from nsg_editor.state import Job, ModelInfo
from tests.editor.scenes import start_state


@pytest.mark.parametrize(
    ("model", "said", "train"),
    [
        (ModelInfo("none"), "Press Train", True),
        (ModelInfo("loading", Path("a.safetensors")), "being loaded", False),
        (ModelInfo("failed", Path("a.safetensors")), "could not be loaded", True),
        (
            ModelInfo("ready", Path("a.safetensors")),
            "a.safetensors can draw none",
            False,
        ),
    ],
)
def test_an_empty_sheet_says_why(model: ModelInfo, said: str, train: bool) -> None:
    words = nobody(model)
    assert said in words
    assert ("press train" in words.lower()) is train


WEIGHTS = Path("a.safetensors")


@pytest.mark.parametrize(
    ("model", "training", "said"),
    [
        (ModelInfo("none"), False, "press Train first"),
        (ModelInfo("none"), True, "training under way"),
        (ModelInfo("loading", WEIGHTS), False, "being loaded"),
        (ModelInfo("failed", WEIGHTS), True, "could not be loaded"),
        (ModelInfo("ready", WEIGHTS), True, ""),
    ],
)
def test_what_is_missing_to_draw_is_said_everywhere_in_the_same_words(
    model: ModelInfo, training: bool, said: str
) -> None:
    train = Job("running") if training else Job()
    state = start_state(model=model, train=train)
    words = no_weights(state)
    assert said in words
    assert bool(words) is bool(said)
    if model.status in ("none", "failed"):
        with pytest.raises(NsgError, match="the export cannot be drawn") as told:
            perform(state, "export")
        assert words in str(told.value)
    else:
        assert perform(state, "export").export.busy
    with pytest.raises(NsgError, match="nobody has the look") as told:
        perform(state, "set-look", look="nothing", track=0)
    assert nobody(model) in str(told.value)
