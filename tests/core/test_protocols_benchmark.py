"""`python -m benchmarks.protocols`: rows are trained, judged, and kept."""

import json
from pathlib import Path

import pytest

from benchmarks import protocols
from benchmarks.protocols import main
from nsg_core.cli import main as nsg
from tests.core.kitti_folder import write_kitti

SMALL = ("samples=512", "rays=16", "depth_steps=0", "steps=3", "minutes=0")
MODELS = ("model.log2_rows=10",)


@pytest.fixture
def words(tmp_path: Path) -> list[str]:
    """A drive of five frames and two rows."""
    drive = write_kitti(tmp_path / "data", frames=5)
    return [
        *(str(drive), "-o", str(tmp_path / "out"), "--frames", "0-4"),
        *("--protocols", "suds-75,suds-50", "--presets", "fast", "--scale", "0.5"),
        *("--device", "cpu", "--set", *SMALL, *MODELS),
    ]


@pytest.fixture(autouse=True)
def called(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """The commands that were carried out, in this process: that is faster."""
    calls: list[list[str]] = []

    def run(words: list[str]) -> object:
        calls.append(words)
        with pytest.MonkeyPatch.context() as patch:
            said: list[str] = []
            patch.setattr("sys.stdout.write", said.append)
            code = nsg(words)
        out = "".join(said).encode()
        return protocols.subprocess.CompletedProcess(words, code, out)

    monkeypatch.setattr(protocols, "_nsg", run)
    return calls


def test_every_row_is_trained_and_judged_once(
    words: list[str], tmp_path: Path, called: list[list[str]]
) -> None:
    assert main(words) == 0
    assert [call[0] for call in called] == ["train", "eval"] * 2
    text = (tmp_path / "out" / "table.md").read_text()
    rows = [line.split(" | ") for line in text.splitlines() if "suds-" in line]
    assert [row[1] for row in rows] == ["suds-75", "suds-50"]
    # One held-out frame of five, and two; two cameras; three steps.
    assert [(row[3], row[4]) for row in rows] == [("3", "2"), ("3", "4")]
    found = json.loads((tmp_path / "out/fast-suds-75/eval.json").read_text())
    assert f"{found['mean']['psnr']:.2f}" in rows[0][5]
    assert "PSNR (dB) | SSIM" in text
    called.clear()
    assert main(words) == 0
    assert called == []


def test_it_goes_on_where_it_was(
    words: list[str], tmp_path: Path, called: list[list[str]]
) -> None:
    assert main(words) == 0
    (tmp_path / "out/fast-suds-50/eval.json").unlink()
    called.clear()
    assert main(words) == 0
    assert [call[0] for call in called] == ["train", "eval"]
    assert "--resume" in called[0]
    assert "suds-50" in called[0]


def test_what_fails_ends_it(words: list[str], called: list[list[str]]) -> None:
    words[words.index("suds-75,suds-50")] = "suds-75,suds-51"
    assert main(words) == 2
    assert [call[0] for call in called] == ["train", "eval", "train"]
