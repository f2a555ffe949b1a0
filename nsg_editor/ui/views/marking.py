"""Draws marks: lines, dots and words of the world, in the projection of a view."""

from collections.abc import Iterable, Iterator
from itertools import pairwise

import dearpygui.dearpygui as dpg
import numpy as np

from nsg_editor.derived.marks import Dot, Line, Mark, Word
from nsg_editor.derived.request import Frame
from nsg_editor.geometry.picking import NEAR, project_segments
from nsg_editor.ui import theme
from nsg_editor.ui.colours import DARK
from nsg_editor.ui.containers import Item
from nsg_editor.ui.theme import Colour, px
from nsg_editor.ui.views.lettering import text_width

DASH, PAUSE = 7.0, 5.0
"""Pixels of a dashed line's dashes, and between them."""
MOST_DASHES = 400
SHARP = -0.9
"""Cosine of a turn that is nearly one back."""
Place = tuple[float, float]
OUTLINE: Colour = (12, 14, 18, 220)
PLATE: Colour = (12, 14, 18, 200)
WORD_SIZE = 14
GHOST: Colour = (170, 180, 196, 150)
SELECTED = theme.SELECTED
NAMES = {
    "accent": "ACCENT",
    "selected": "SELECTED",
    "warning": "WARM",
    "warm": "WARM",
    "good": "GOOD",
    "bad": "BAD",
    "dim": "DIM",
    "faint": "FAINT",
}
"""What a mark calls a colour, and what the theme does."""


def named(colour: str) -> Colour:
    """A colour by its name: "accent", "ghost", "track:12"; unknown ones are plain."""
    kind, _, number = colour.partition(":")
    if kind == "track" and number.lstrip("-").isdecimal():
        return theme.track_colour(int(number))
    # Views stay dark whatever the theme, and so do the colours over them.
    return GHOST if kind == "ghost" else DARK.get(NAMES.get(kind, "TEXT"), SELECTED)


class MarksLayer:
    """Draws marks again when they have changed; lines that stayed as they were, while
    others changed, stay as they are drawn."""

    def __init__(self, canvas: Item) -> None:
        """They lie over all that is in the drawing by now."""
        layers = [dpg.add_draw_layer(parent=canvas) for _ in range(2)]
        self._still_layer, self._layer = layers
        self._drawn: object = None
        self._frame: Frame | None = None
        self._lines: set[Line] = set()
        self._still: set[Line] = set()

    def forget(self) -> None:
        """Draw again, whatever they are."""
        self._drawn = self._frame = None

    def sync(self, frame: Frame, marks: tuple[Mark, ...], hot: Dot | None) -> bool:
        """Draw these; False if they are drawn already."""
        key = (frame, marks, hot)
        if key == self._drawn:
            return False
        self._drawn = key
        self._sync_still(frame, {mark for mark in marks if isinstance(mark, Line)})
        dpg.delete_item(self._layer, children_only=True)
        rest = (m for m in marks if not (isinstance(m, Line) and m in self._still))
        draw_marks(self._layer, frame, rest, hot)
        return True

    def _sync_still(self, frame: Frame, lines: set[Line]) -> None:
        if frame != self._frame or not self._still <= lines:
            self._still = lines if frame != self._frame else lines & self._lines
            dpg.delete_item(self._still_layer, children_only=True)
            draw_marks(self._still_layer, frame, self._still)
        self._frame, self._lines = frame, lines


def draw_marks(
    layer: Item, frame: Frame, marks: Iterable[Mark], hot: Dot | None = None
) -> None:
    """All lines, then dots and words over them; the dot under the mouse is larger."""
    found = tuple(marks)
    lines = [mark for mark in found if isinstance(mark, Line) and len(mark.points) > 1]
    for i, points in _strokes(frame, lines):
        line = lines[i]
        dpg.draw_polyline(
            points.tolist(),
            color=named(line.colour),
            thickness=line.width * theme.scale(),
            parent=layer,
        )
    points = [mark for mark in found if not isinstance(mark, Line)]
    for mark, place in zip(points, _places(frame, points), strict=True):
        if place is None:
            continue
        if isinstance(mark, Dot):
            _draw_dot(layer, place, mark, mark == hot)
        else:
            _draw_word(layer, place, mark)


def _strokes(frame: Frame, lines: list[Line]) -> Iterator[tuple[int, np.ndarray]]:
    """What is drawn of each line without lifting the pen: its index, and pixels."""
    segments, owner = _project(frame, lines)
    seen = in_sight(segments, frame)
    segments = segments[seen] + np.array([frame.x + 0.5, frame.y + 0.5])
    owner = owner[seen]
    dashed = np.array([line.dashed for line in lines], dtype=bool)[owner]
    for a, b in _runs(segments[~dashed], owner[~dashed]):
        yield int(owner[~dashed][a]), _polyline(segments[~dashed][a:b])
    for i in np.unique(owner[dashed]).tolist():
        for dash in dashes(segments[owner == i]):
            yield i, dash


def _project(frame: Frame, lines: list[Line]) -> tuple[np.ndarray, np.ndarray]:
    """All lines as clipped pixel segments [n 2 2], and whose each of them is [n]."""
    if not lines:
        return np.zeros((0, 2, 2)), np.zeros(0, int)
    points = [np.array(line.points) for line in lines]
    pairs = [np.stack([p[:-1], p[1:]], 1) for p in points]
    owner = np.repeat(np.arange(len(lines)), [len(pair) for pair in pairs])
    segments, kept = project_segments(frame.view, np.concatenate(pairs))
    return segments, owner[kept]


def in_sight(segments: np.ndarray, frame: Frame) -> np.ndarray:
    """Of which pixel segments [n 2 2] some part may be within the picture [n]."""
    size = np.array([frame.view.width, frame.view.height])
    low, high = segments.min(1), segments.max(1)
    return ~((high < -1) | (low > size + 1)).any(-1)


def dashes(segments: np.ndarray) -> np.ndarray:
    """Dashes along a line, evenly over its corners; [n 2 2] to [m 2 2]."""
    along = segments[:, 1] - segments[:, 0]
    length = np.hypot(along[:, 0], along[:, 1])
    ends = np.cumsum(length)
    if not len(ends) or ends[-1] < 1e-6:
        return segments
    step = max(DASH + PAUSE, float(ends[-1]) / MOST_DASHES)
    began = ends - length
    first, last = np.floor(began / step), np.floor(ends / step)
    counts = (last - first).astype(int) + 1
    # One row for each dash that some part of a segment may be in.
    owner = np.repeat(np.arange(len(segments)), counts)
    nth = np.arange(len(owner)) - np.repeat(np.cumsum(counts) - counts, counts)
    starts = (first[owner] + nth) * step - began[owner]
    low = np.clip(starts, 0, length[owner])
    high = np.clip(starts + step * DASH / (DASH + PAUSE), 0, length[owner])
    kept = high > low
    owner, share = owner[kept], np.stack([low[kept], high[kept]], 1)
    share = share / length[owner, None]
    return segments[owner, :1] + share[..., None] * along[owner, None]


def runs(segments: np.ndarray) -> list[np.ndarray]:
    """Segments that follow on each other, as polylines: fewer things to draw.

    Where a line turns back sharply it is cut, for its corner would become a spike.
    """
    whole = np.zeros(len(segments), int)
    return [_polyline(segments[a:b]) for a, b in _runs(segments, whole)]


def _runs(segments: np.ndarray, owner: np.ndarray) -> list[tuple[int, int]]:
    """From where to where segments of one owner follow on each other."""
    if not len(segments):
        return []
    joined = (np.abs(segments[1:, 0] - segments[:-1, 1]) < 1e-6).all(-1)
    joined &= owner[1:] == owner[:-1]
    along = segments[:, 1] - segments[:, 0]
    length = np.hypot(along[:, 0], along[:, 1])
    turn = (along[1:] * along[:-1]).sum(-1)
    joined &= turn >= SHARP * length[1:] * length[:-1]
    return list(pairwise([0, *(np.flatnonzero(~joined) + 1).tolist(), len(segments)]))


def _polyline(run: np.ndarray) -> np.ndarray:
    """Segments that follow on each other [n 2 2] as points [n+1 2]."""
    return np.concatenate([run[:1, 0], run[:, 1]])


def _places(frame: Frame, points: list[Dot | Word]) -> list[Place | None]:
    """Where points of the world are in the drawing; None: they are not seen."""
    if not points:
        return []
    uvz = frame.view.project(np.array([mark.point for mark in points]))
    seen = (uvz[:, 2] > NEAR) & (uvz[:, 0] > -60) & (uvz[:, 0] < frame.view.width + 60)
    places = uvz[:, :2] + (frame.x + 0.5, frame.y + 0.5)
    return [
        (x, y) if there else None
        for (x, y), there in zip(places.tolist(), seen, strict=True)
    ]


def word_places(frame: Frame, words: list[Word]) -> list[tuple[Place, Word]]:
    """Where words that are seen are in the drawing."""
    found = zip(_places(frame, [*words]), words, strict=True)
    return [(place, word) for place, word in found if place is not None]


def _draw_dot(layer: Item, place: Place, dot: Dot, hot: bool) -> None:
    colour, radius = named(dot.colour), dot.radius * theme.scale()
    dpg.draw_circle(
        place,
        radius + 2.5 if hot else radius,
        color=theme.BRIGHT if hot else OUTLINE,
        fill=colour,
        thickness=1.5,
        parent=layer,
    )


def _draw_word(layer: Item, place: Place, word: Word) -> None:
    size = px(WORD_SIZE)
    x, y = place[0] + px(8), place[1] - size / 2
    if word.plate:
        dpg.draw_rectangle(
            (x - 5, y - 1),
            (x + text_width(word.text, size) + 5, y + size + 3),
            color=theme.NOTHING,
            fill=PLATE,
            rounding=4,
            parent=layer,
        )
    # A dark twin beneath keeps it readable over a bright picture.
    for shift, colour in ((1, OUTLINE), (0, named(word.colour))):
        dpg.draw_text(
            (x + shift, y + shift), word.text, color=colour, size=size, parent=layer
        )
