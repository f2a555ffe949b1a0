"""The command `nsg` as a person meets it: exit codes, and one line for an error."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from nsg_core.cli import COMMANDS, MEND, gather, main, one_line
from nsg_core.documents.project import Project, save_project
from nsg_core.export.plan import Plan
from tests.core.drives import small_scene
from tests.core.exports import ORIGIN, run


def nsg(*words: object, **options: object) -> subprocess.CompletedProcess[str]:
    """Run the command as a child process."""
    return subprocess.run(
        [sys.executable, "-m", "nsg_core.cli", *map(str, words)],
        capture_output=True,
        text=True,
        timeout=120,
        **options,
    )


def refused(*words: object) -> str:
    """The one line with which the command refuses arguments."""
    done = nsg(*words)
    assert done.returncode == MEND, (done.stdout, done.stderr)
    assert done.stdout == ""
    lines = [line for line in done.stderr.splitlines() if line.strip()]
    assert len(lines) == 1, done.stderr
    assert lines[0].startswith("error: ")
    return lines[0]


@pytest.fixture(scope="module")
def drive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small drive in KITTI tracking layout."""
    folder = tmp_path_factory.mktemp("drive") / "data"
    scene = small_scene(frames=3)
    run(Plan(scene, (), ORIGIN, scene.frames, ("image_02",), video=False), folder)
    return folder


def test_a_drive_is_described_for_people(drive):
    done = nsg("inspect", drive)
    assert done.returncode == 0, done.stderr
    assert "3 frames 0-2" in done.stdout
    assert "Pedestrian" in done.stdout


def test_a_drive_is_described_for_programs(drive):
    done = nsg("inspect", drive, "--json", "--frames", "1-2")
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    scene = json.loads(done.stdout)
    assert scene["format"] == "nsg-scene/1"
    assert scene["frames"] == [1, 2]
    assert {node["track_id"] for node in scene["objects"]} == {0, 3, 5}


def test_the_scene_of_the_original_code_is_described(shared):
    done = nsg("inspect", shared / "kitti", "--compat", "original", "--json")
    assert done.returncode == 0, done.stderr
    scene = json.loads(done.stdout)
    # It puts the principal point in the picture's middle.
    assert scene["cameras"][0]["cx"] == pytest.approx(scene["cameras"][0]["width"] / 2)


def test_a_reader_that_has_enough_is_no_error(drive):
    # As in `nsg inspect ... --json | head -0`: the pipe is closed before we write.
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        [sys.executable, "-m", "nsg_core.cli", "inspect", drive, "--json"],
        stdout=writing,
        stderr=subprocess.PIPE,
        text=True,
        timeout=120,
    )
    os.close(writing)
    assert (done.returncode, done.stderr) == (0, "")


def test_help_goes_to_stdout_and_names_every_command():
    done = nsg("--help")
    assert done.returncode == 0
    assert done.stderr == ""
    for name in COMMANDS:
        assert name in done.stdout


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_explains_itself(name, capsys):
    with pytest.raises(SystemExit) as end:
        main([name, "--help"])
    assert end.value.code in (0, None)
    said = capsys.readouterr().out
    assert f"nsg {name}" in said


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ((), "Expected one of"),
        (("fly",), "fly"),
        (("inspect",), "DATA"),
        (("inspect", "{drive}", "--fraems", "0-1"), "--frames"),
        (("inspect", "/no/such/folder"), "/no/such/folder"),
        (("inspect", "{empty}"), "an empty folder. Looked for: KITTI"),
        (("inspect", "{drive}", "--sequence", "0042"), "there are: 0000"),
        (("inspect", "{drive}", "--frames", "2-1"), "found '2-1'"),
        (("inspect", "{drive}", "--frames", "0-99"), "which has frames 0-2"),
        (("demo", "{drive}"), "choose a new or empty folder"),
        (("demo", "{empty}", "--size", "big"), "--size must be WxH"),
        (("demo", "{empty}", "--frames", "0"), "--frames must be from 1"),
        (("export", "{empty}", "-o", "{out}"), "found a folder"),
        (("export", "{empty}/none.nsgproj", "-o", "{out}"), "no such file"),
        (("export", "{untrained}", "-o", "{out}"), "Train first"),
        (("export", "{lost}", "-o", "{out}"), "the project's weights, found no such"),
        (("export", "{lost}", "-o", "{out}", "--shard", "3/2"), "--shard must be I/N"),
        (("export", "{lost}", "-o", "{out}", "--scale", "0"), "--scale must be"),
        (("export", "{lost}", "-o", "{out}", "--frames", "5-9"), "frames 0-2"),
        (("render", "{empty}/c", "-o", "{out}", "--data", "{drive}"), "no such file"),
        (
            ("render", "{file}", "-o", "{out}", "--data", "{drive}", "--outputs", "x"),
            "--outputs takes rgb, depth",
        ),
        (
            (
                "render",
                "{file}",
                "-o",
                "{out}",
                "--data",
                "{drive}",
                "--edits",
                "{file}",
            ),
            ":1: expected JSON",
        ),
    ],
)
def test_what_a_user_can_mend_is_one_line(words, says, drive, tmp_path):
    places = make_places(drive, tmp_path)
    assert says in refused(*(word.format(**places) for word in words))
    assert not (tmp_path / "out").exists()


def make_places(drive: Path, folder: Path) -> dict[str, Path]:
    """Folders and files that arguments name."""
    (folder / "empty").mkdir()
    (folder / "file").write_text("no JSON and no weights")
    save_project(folder / "untrained.nsgproj", Project(drive))
    lost = Project(drive, checkpoint=folder / "gone.safetensors")
    save_project(folder / "lost.nsgproj", lost)
    return {
        "drive": drive,
        "out": folder / "out",
        "empty": folder / "empty",
        "file": folder / "file",
        "untrained": folder / "untrained.nsgproj",
        "lost": folder / "lost.nsgproj",
    }


def test_a_label_line_with_a_missing_column_is_named(drive, tmp_path):
    copy = link_copy(drive, tmp_path)
    path = copy / "label_02" / "0000.txt"
    lines = path.read_text().splitlines()
    lines[2] = lines[2].rsplit(" ", 1)[0]
    path.unlink()
    path.write_text("\n".join(lines))
    said = refused("inspect", copy)
    assert f"{path}:3: expected 17 columns" in said
    assert "found 16 columns" in said


def link_copy(drive: Path, folder: Path) -> Path:
    """A copy of a drive in which files may be replaced."""
    for path in drive.rglob("*.*"):
        target = folder / "copy" / path.relative_to(drive)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(path.read_bytes())
    return folder / "copy"


def test_a_truncated_picture_is_named(drive, tmp_path):
    copy = link_copy(drive, tmp_path)
    path = copy / "image_02" / "0000" / "000000.png"
    path.write_bytes(path.read_bytes()[:20])
    assert f"{path}: expected a readable picture" in refused("inspect", copy)


def test_an_error_is_an_event_for_programs(tmp_path):
    done = nsg("export", tmp_path / "a.nsgproj", "-o", tmp_path, "--progress", "json")
    assert done.returncode == MEND
    (event,) = map(json.loads, done.stdout.splitlines())
    assert event["event"] == "error"
    assert f"error: {event['message']}\n" == done.stderr


def test_a_bug_keeps_its_traceback(monkeypatch):
    def broken(self: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(COMMANDS["inspect"], "run", broken)
    with pytest.raises(ZeroDivisionError):
        main(["inspect", "somewhere"])


def test_repeated_options_are_gathered():
    words = ["train", "d", "--set", "a=1", "-o", "r", "--set", "b=2", "c=3", "--resume"]
    assert gather(words, "--set") == [
        *("train", "d", "--set", "a=1", "b=2", "c=3", "-o", "r", "--resume")
    ]
    assert gather(["inspect", "d"], "--set") == ["inspect", "d"]


def test_a_drawn_box_becomes_a_line():
    inside = ("│ Unknown: --x    │", "│ ─────────────── │", "│ See nsg -h      │")
    box = "\n".join(("╭─ Parsing error ─╮", *inside, "╰─────────────────╯"))
    assert one_line(box) == "Unknown: --x See nsg -h"
