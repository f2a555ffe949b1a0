"""The pictures of the README and the guide can be taken anew, and all are there."""

import importlib.util
import json
import re
from pathlib import Path
from types import ModuleType

import pytest

from nsg_editor.console.play import read_play

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="module")
def pictures() -> ModuleType:
    spec = importlib.util.spec_from_file_location("pictures", ROOT / "docs/pictures.py")
    assert spec is not None
    assert spec.loader is not None
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    return made


def shown(text: Path) -> set[Path]:
    found = re.findall(r"!\[[^\]]+\]\(([^)]+)\)", text.read_text())
    return {(text.parent / name).resolve() for name in found}


def test_each_picture_has_its_play_and_each_play_its_place(pictures) -> None:
    wanted = {ROOT / "docs" / f"{name}.jpg" for name in pictures.PLAYS}
    assert shown(ROOT / "README.md") | shown(ROOT / "docs/guide.md") == wanted
    for path in wanted:
        assert path.stat().st_size < 250_000


def test_all_steps_are_ones_that_the_editor_knows(pictures, tmp_path) -> None:
    for size, steps in pictures.PLAYS.values():
        file = tmp_path / "play.json"
        file.write_text(json.dumps(steps))
        assert len(read_play(file)) == len(steps)
        assert re.fullmatch(r"\d+x\d+", size)
