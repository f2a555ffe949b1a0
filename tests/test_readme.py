"""What the README says is true: its commands exist, its files are read."""

import json
import re
from pathlib import Path

from nsg_core.cli import COMMANDS
from nsg_core.datasets.street.layout import actors
from nsg_core.documents.scene_file import edits_from_json, read_edits
from nsg_core.edits.edit import replay
from nsg_core.scene import ObjectNode, Scene, Track

ROOT = Path(__file__).resolve().parents[1]
TEXT = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    """The README's blocks of code in a language."""
    found = re.findall(r"^```(\w*)\n(.*?)^```", TEXT, re.DOTALL | re.MULTILINE)
    return [text for name, text in found if name == language]


def test_every_command_in_it_exists_and_is_listed():
    named = set(re.findall(r"\bnsg ([a-z-]+)", TEXT))
    assert named == set(COMMANDS)


def test_every_script_in_it_exists():
    scripts = set(re.findall(r"bash (scripts/\S+)", TEXT))
    assert scripts
    assert all((ROOT / script).is_file() for script in scripts)


def test_its_edits_are_read():
    (block,) = blocks("json")
    assert len(edits_from_json(json.loads(block), ROOT / "README.md")) == 4


def test_every_room_in_its_tree_exists():
    (tree,) = [block for block in blocks("") if block.startswith("nsg_core/")]
    folder = ROOT
    for line in tree.splitlines():
        names = re.split(r"\s{2,}", line.strip())[0].split()
        folder = folder if line.startswith(" ") else ROOT / names[0]
        for name in names if line.startswith(" ") else ["."]:
            assert (folder / name).exists(), name


def test_the_streets_edits_fit_the_street():
    nodes = tuple(
        ObjectNode(
            actor.track, actor.category, actor.size, Track((0,), (actor.pose(0),)), ""
        )
        for actor in actors(seed=0)
    )
    street = Scene("street", "0000", (0,), (), nodes)
    edited = replay(street, read_edits(ROOT / "assets" / "street-edits.json"))
    assert edited != street
