"""Where there are no looks, the sheet says what is true of the weights."""

from pathlib import Path

import pytest

from nsg_editor.derived.looks import nobody
from nsg_editor.state import ModelInfo


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
