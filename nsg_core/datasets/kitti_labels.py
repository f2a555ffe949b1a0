"""KITTI tracking labels: one line of text, one typed record, and back."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from nsg_core.datasets.text import number, numbers, read_lines, whole
from nsg_core.errors import FileError

WHAT = "a KITTI tracking label file"
COLUMNS = (
    *("frame", "track", "class", "truncated", "occluded", "alpha"),
    *("left", "top", "right", "bottom", "height", "width", "length"),
    *("x", "y", "z", "rotation_y"),
)
IGNORED = "DontCare"


@dataclass(frozen=True, slots=True)
class Label:
    """One object in one frame, in the coordinates of rectified camera 0."""

    frame: int
    track: int
    category: str
    truncation: int
    """0 inside the picture, 1 partly, 2 largely outside; -1 unknown."""
    occlusion: int
    """0 fully visible, 1 partly, 2 largely hidden, 3 unknown."""
    alpha: float
    """Direction from which the camera sees the object, radians."""
    box: tuple[float, float, float, float]
    """Left, top, right, bottom in pixels."""
    height: float
    width: float
    length: float
    position: tuple[float, float, float]
    """Middle of the box's bottom face in metres."""
    yaw: float
    line: int = 0


def read_labels(path: Path) -> tuple[Label, ...]:
    """All objects of a label file but those of class DontCare."""
    labels: list[Label] = []
    seen: dict[tuple[int, int], int] = {}
    for line, text in enumerate(read_lines(path, WHAT), 1):
        words = text.split()
        if not words or words[2:3] == [IGNORED]:
            continue
        label = _label(words, path, line)
        first = seen.setdefault((label.frame, label.track), line)
        if first != line:
            raise FileError(
                path,
                "each track once in a frame",
                f"track {label.track} in frame {label.frame} on line {first} too",
                "Delete one of the two lines.",
                line,
            )
        labels.append(label)
    return tuple(labels)


def _label(words: list[str], path: Path, line: int) -> Label:
    # An 18th column is the score of a tracker's output.
    if not len(COLUMNS) <= len(words) <= len(COLUMNS) + 1:
        expected = f"{len(COLUMNS)} columns ({' '.join(COLUMNS)})"
        raise FileError(path, expected, f"{len(words)} columns", line=line)
    frame = whole(words[0], path, line, "a frame number")
    track = whole(words[1], path, line, "a track id")
    if frame < 0 or track < 0:
        raise FileError(
            path,
            "a frame and a track of 0 or more",
            f"frame {frame}, track {track}",
            line=line,
        )
    # Some tools write the truncation as a share between 0 and 1, so no whole number.
    truncation = int(number(words[3], path, line) + 0.999999)
    occlusion = whole(words[4], path, line, "an occlusion")
    alpha, left, top, right, bottom = numbers(words[5:10], path, line)
    height, width, length, x, y, z, yaw = numbers(words[10:17], path, line)
    if min(height, width, length) <= 0:
        raise FileError(
            path,
            "a box with height, width, length > 0",
            f"{height} {width} {length}",
            line=line,
        )
    return Label(
        frame,
        track,
        words[2],
        truncation,
        occlusion,
        alpha,
        (left, top, right, bottom),
        height,
        width,
        length,
        (x, y, z),
        yaw,
        line,
    )


def format_labels(labels: Iterable[Label]) -> str:
    """The text of a label file, ordered by frame and track."""
    rows = sorted(labels, key=lambda label: (label.frame, label.track))
    return "".join(f"{_format(label)}\n" for label in rows)


def _format(label: Label) -> str:
    values = (
        label.alpha,
        *label.box,
        label.height,
        label.width,
        label.length,
        *label.position,
        label.yaw,
    )
    head = f"{label.frame} {label.track} {label.category}"
    middle = f"{label.truncation} {label.occlusion}"
    return f"{head} {middle} {' '.join(f'{value:.6f}' for value in values)}"
