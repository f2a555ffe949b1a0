"""Each manoeuvre is the same in the window and from the command line."""

import json
from pathlib import Path

import pytest

from nsg_core.cli import main
from nsg_core.documents.project import save_project
from nsg_core.documents.scene_file import edits_to_json
from nsg_core.errors import NsgError
from nsg_core.manoeuvres.table import RECIPES, Manoeuvre
from nsg_editor.actions.table import perform
from nsg_editor.effects.opening import open_path, project_of
from nsg_editor.state import EditorState
from tests.core.test_manoeuvres import street
from tests.ui.screens import write_kitti

OTHERWISE: dict[str, dict[str, object]] = {
    "remove-traffic": {"who": "everybody", "keep": 1},
    "traffic-jam": {"count": 3, "where": "left"},
    "cut-in": {"gap": 6.0, "side": "left"},
    "hard-brake": {"braking": 4.0, "slow": 1.0},
    "lane-change": {"side": "left", "seconds": 4.0},
    "follow": {"distance": 12.0},
    "oncoming": {"count": 2, "speed": 9.0},
    "rotate": {"spin": 45.0},
    "dance": {"sway": 0.8},
    "move-along": {"metres": 3.0},
    "switch": {"track": 0},
    "oversample": {"count": 2},
    "translate": {"ahead": 2.0},
}


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_kitti(tmp_path_factory.mktemp("drive"), street())


def told(state: EditorState) -> object:
    return json.loads(json.dumps(edits_to_json(state.edits)))


def words(values: dict[str, object]) -> list[str]:
    pairs = ((key, str(value)) for key, value in values.items())
    return [word for pair in pairs for word in ("--set", "=".join(pair))]


@pytest.mark.parametrize("name", sorted(RECIPES))
@pytest.mark.parametrize("usual", [True, False])
def test_window_and_command_do_the_same(
    name: str, usual: bool, data: Path, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    values = {} if usual else OTHERWISE[name]
    state = perform(open_path(data), "move", track=1, by=(0.5, 0.0, 0.0))
    save_project(tmp_path / "a.nsgproj", project_of(state))
    # Who is looked at alone in the window is no matter.
    state = perform(state, "solo", track=2, on=True)
    done = perform(state, "manoeuvre", name=name, settings=values, seed=4)
    command = ["manoeuvre", name, str(tmp_path / "a.nsgproj"), "--seed", "4"]
    assert main([*command, "-o", str(tmp_path / "edits.json"), *words(values)]) == 0
    assert json.loads((tmp_path / "edits.json").read_text()) == told(done)
    made = done.edits[-1]
    assert isinstance(made, Manoeuvre)
    # What one says in its notice the other says on stderr.
    said = capsys.readouterr().err
    assert all(f"warning: {one}" in said for one in made.warnings)
    assert all(one in done.notice for one in made.warnings)


def test_what_cannot_be_done_is_refused_in_the_same_words(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    values: dict[str, object] = {"track": 1}
    with pytest.raises(NsgError) as refused:
        perform(open_path(data), "manoeuvre", name="hard-brake", settings=values)
    out = str(tmp_path / "edits.json")
    command = ["manoeuvre", "hard-brake", str(data), "-o", out, *words(values)]
    assert main(command) == 2
    assert str(refused.value) in capsys.readouterr().err
    assert not Path(out).exists()
