"""The arrows between rooms, the weight of imports, and the size of files hold."""

import subprocess
import sys
from pathlib import Path

import pytest
from importlinter.cli import EXIT_STATUS_SUCCESS, lint_imports

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("nsg_core", "nsg_editor")

# Values and pure logic: they load at once and are tested without a screen.
LIGHT = (
    *("scene", "edits.edit", "view", "request", "documents.scene_file", "files"),
    *("documents.project", "documents.record"),
    *("progress", "errors", "cli"),
)
LIGHT_EDITOR = (
    *("state", "store", "actions.table", "values.history", "derived.request"),
    *("geometry.picking", "geometry.gizmo", "geometry.navigation", "actions.editing"),
)


def sources(folder: str = ".") -> list[Path]:
    """The project's own Python files."""
    return [
        path
        for name in (*PACKAGES, "tests", "benchmarks")
        for path in (ROOT / name).rglob("*.py")
        if folder in (".", name)
    ]


def loaded_by(module: str) -> set[str]:
    """The top names of what a fresh interpreter loads for a module."""
    code = f"import sys, {module}; print(*{{m.split('.')[0] for m in sys.modules}})"
    said = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    return set(said.stdout.split())


def test_the_arrows_between_rooms_hold(monkeypatch, capsys):
    monkeypatch.chdir(ROOT)
    status = lint_imports(config_filename="pyproject.toml", no_cache=True)
    assert status == EXIT_STATUS_SUCCESS, capsys.readouterr().out


@pytest.mark.parametrize(
    "module",
    [f"nsg_core.{name}" for name in LIGHT] + [f"nsg_editor.{n}" for n in LIGHT_EDITOR],
)
def test_values_load_neither_torch_nor_a_toolkit(module):
    heavy = {"torch", "dearpygui", "warp", "pyrender", "OpenGL", "imageio_ffmpeg"}
    assert not loaded_by(module) & heavy


def test_the_commands_wait_with_heavy_imports():
    assert not loaded_by("nsg_core.cli") & {"numpy", "torch", "scipy", "PIL"}


def test_help_answers_at_once():
    # Processor time, not the clock: other work may go on beside the test.
    code = (
        "import time; from nsg_core.cli import main\n"
        "try: main(['--help'])\n"
        "except SystemExit: pass\n"
        "import sys; sys.stderr.write(str(time.process_time()))"
    )
    said = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert "usage: nsg" in said.stdout
    assert float(said.stderr) < 0.5


def test_only_the_ui_imports_the_toolkit():
    using = {
        path.relative_to(ROOT).as_posix()
        for path in sources()
        if "tests" not in path.parts and "dearpygui" in imports(path)
    }
    assert using
    # What measures the toolkit has to have it.
    using.discard("benchmarks/textures.py")
    assert all(name.startswith("nsg_editor/ui/") for name in using), using


def imports(path: Path) -> set[str]:
    """The top names that a file imports, anywhere in it."""
    lines = (line.split() for line in path.read_text(encoding="utf-8").splitlines())
    return {
        words[1].split(".")[0]
        for words in lines
        if len(words) > 1 and words[0] in ("import", "from")
    }


@pytest.mark.parametrize(
    "path", sources(), ids=lambda path: str(path.relative_to(ROOT))
)
def test_files_are_small_and_honest(path):
    text = path.read_text(encoding="utf-8")
    assert text.count("\n") <= 400
    # It would hide the shapes from the checks at run time.
    assert "from __future__ import " + "annotations" not in text


def test_package_files_hold_a_docstring_only():
    for package in PACKAGES:
        for path in (ROOT / package).rglob("__init__.py"):
            text = path.read_text(encoding="utf-8").strip()
            assert text.startswith('"""'), path
            assert text.endswith('"""'), path
            assert text.count('"""') == 2, path


def test_no_drawer_where_design_goes_to_hide():
    drawers = {"utils", "helpers", "common", "misc", "manager"}
    assert not [path for path in sources() if path.stem in drawers]
