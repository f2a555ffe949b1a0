"""Camera paths go to files and come back; a video is a command of its own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from nsg_core.commands.render import Render
from nsg_core.documents.scene_file import read_edits
from nsg_editor.actions.flight_marks import frustum, path_marks
from nsg_editor.derived.marks import Dot, Line
from nsg_editor.effects import filming
from nsg_editor.effects.filming import Filming, film_command
from nsg_editor.state import Job, ModelInfo
from nsg_editor.store import Store
from tests.editor.scenes import start_state


@pytest.fixture
def store() -> Store:
    """A street with a path of two keys."""
    store = Store(start_state(model=ModelInfo("ready", Path("w.safetensors"))))
    store.dispatch("camera-key", where="camera")
    store.dispatch("orbit", right=12.0, up=4.0, where="camera")
    store.dispatch("camera-key", where="camera")
    return store


@pytest.fixture
def work(store: Store) -> Iterator[Filming]:
    """What reads and writes for it."""
    filming = Filming(store, "cpu")
    yield filming
    filming.close()


def test_a_path_is_saved_and_opened(store, work, tmp_path):
    file = tmp_path / "flight.json"
    before = store.state.scene.camera_path
    store.dispatch("camera-path-save", to=file)
    assert store.state.notice == f"The camera path is in {file}."
    store.dispatch("camera-path-clear")
    store.dispatch("camera-path-load", path=file)
    assert len(store.state.scene.camera_path.keys) == len(before.keys)
    assert store.state.flight.loading is None
    assert store.state.history.present.label == "Open a camera path of 2 keys"


def test_what_cannot_be_read_is_said_and_nothing_is_lost(store, work, tmp_path):
    before = store.state.scene
    store.dispatch("camera-path-load", path=tmp_path / "none.json")
    assert "no such file" in store.state.dialog.text
    assert store.state.scene == before
    store.dispatch("camera-path-save", to=tmp_path)
    assert store.state.dialog.title == "Could not write the camera path"


def test_a_mistyped_name_costs_nobody_a_file(store, work, tmp_path):
    project = tmp_path / "street.nsgproj"
    project.write_text('{"format": "nsg-project/1"}')
    store.dispatch("camera-path-save", to=project)
    assert "was not touched" in store.state.dialog.text
    assert project.read_text() == '{"format": "nsg-project/1"}'


def test_another_path_is_replaced_only_after_a_question(store, work, tmp_path):
    mine, other = tmp_path / "mine.json", tmp_path / "other.json"
    # One's own file may be written again and again.
    for _ in range(2):
        store.dispatch("camera-path-save", to=mine)
        assert store.state.flight.taken is None
        assert store.state.notice == f"The camera path is in {mine}."
    mine.rename(other)
    before = other.read_bytes()
    store.dispatch("camera-key-set", key=0, rest=True)
    store.dispatch("camera-path-save", to=other)
    assert store.state.flight.taken == other
    assert "replace it?" in store.state.notice
    store.dispatch("camera-path-keep")
    assert store.state.flight.taken is None
    assert other.read_bytes() == before
    store.dispatch("camera-path-save", to=other)
    store.dispatch("camera-path-save", to=other, over=True)
    assert store.state.flight.taken is None
    assert other.read_bytes() != before
    store.dispatch("camera-path-load", path=mine)
    assert "no such file" in store.state.dialog.text
    assert store.state.flight.file == other


class FakeChild:
    """A process that says what it was told to say."""

    def __init__(self, command: tuple[str, ...]) -> None:
        self.command = command

    def close(self) -> None:
        """It ends."""


def test_a_video_is_drawn_by_a_command(store, work, tmp_path, monkeypatch):
    began: list[FakeChild] = []

    def start(command: tuple[str, ...]) -> FakeChild:
        began.append(FakeChild(command))
        return began[-1]

    monkeypatch.setattr(filming, "Child", start)
    store.dispatch("film", to=tmp_path / "film")
    command = began[0].command
    assert "--video" in command
    edits, camera = (
        Path(command[command.index(name) + 1]) for name in ("--edits", "--camera")
    )
    assert read_edits(edits) == store.state.edits
    assert camera.is_file()
    assert store.state.film.total == 61
    store.dispatch("film", to=tmp_path / "other")
    assert store.state.notice == "A video is being drawn already."
    store.dispatch("film-stop")
    assert store.state.film.status == "stopping"


def test_the_command_is_one_of_ours(store, tmp_path):
    from nsg_core.cli import parse

    store.dispatch("film", to=tmp_path)
    command = film_command(store.state, tmp_path)
    parsed = parse(command[command.index("render") :])
    assert isinstance(parsed, Render)
    assert parsed.video == 30.0


def test_a_path_is_drawn_and_its_keys_can_be_dragged(store):
    store.dispatch("fly", by=(0.0, 0.0, 5.0), where="camera")
    found = path_marks(store.state)
    actions = [m.handle.action for m in found if isinstance(m, Dot) and m.handle]
    assert actions == ["camera-key-drag", "camera-key-drag", "camera-path-lift"]
    assert len([m for m in found if isinstance(m, Line)]) == 1 + 2 * 6
    # The camera whose picture is seen is not drawn around the eye.
    store.dispatch("camera-key-go", key=0)
    lines = [m for m in path_marks(store.state) if isinstance(m, Line)]
    assert len(lines) == 1 + 6
    eye = store.state.scene.camera_path.keys[0].position
    assert all(line.points[0] != eye for line in lines)


def test_a_frustum_opens_where_the_camera_looks(store):
    key = store.state.scene.camera_path.keys[0]
    *_, picture, _ = frustum(key, 2.0)
    ahead = [z - key.position[2] for _, _, z in picture]
    assert min(ahead) == pytest.approx(max(ahead))
    assert min(ahead) > 1


def test_reports_of_a_film(store):
    store.dispatch("film-report", job=Job("running", 3, 10))
    assert store.state.film.step == 3
