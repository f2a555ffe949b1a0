"""Edits after edits: what is kept of a picture is what a fresh one would show."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from nsg_core.drawing import frame
from nsg_core.drawing import painter as painting
from nsg_core.drawing.backdrop import Backdrop
from nsg_core.drawing.canvas import Canvas
from nsg_core.drawing.frame import Drawing, Pace, Picture, render_picture
from nsg_core.drawing.painter import SMOOTH, Painter
from nsg_core.drawing.touched import touched_pixels
from nsg_core.geometry import Placements, Rays
from nsg_core.model import Model, Traced
from nsg_core.request import Only, RenderRequest
from nsg_core.scene import PlacedBox, Pose, Size, Vec3
from tests.core.fakes import FlatModel
from tests.core.fast_models import BOXES, box, look, textured

FLAT = FlatModel(frozenset({"object/0", "object/3", "object/5"}))
VIEW = look((48, 24))
REQUEST = RenderRequest(VIEW, BOXES, "image_02")


@dataclass
class Counting:
    """A model that counts its rays."""

    inner: FlatModel = FLAT
    cameras: tuple[str, ...] = FLAT.cameras
    keys: frozenset[str] = FLAT.keys
    rays: list[int] = field(default_factory=list)

    @property
    def device(self) -> torch.device:
        """That of the model inside."""
        return self.inner.device

    def reach(self, placed: PlacedBox) -> tuple[Vec3, Vec3] | None:
        """As the model inside."""
        return self.inner.reach(placed)

    def trace(self, rays: Rays, placements: Placements, only: Only = "all") -> Traced:
        """As the model inside."""
        self.rays.append(len(rays))
        return self.inner.trace(rays, placements, only)

    def taken(self) -> int:
        """Rays since the last look."""
        total, self.rays = sum(self.rays), []
        return total


def pictures(painter: Painter, model: Model, request: RenderRequest) -> list[Picture]:
    """All of a request."""
    return [p for p in painter(model, request) if p is not None]


def assert_same(kept: Picture, fresh: Picture) -> None:
    """Up to the rounding of sums over batches of another length."""
    np.testing.assert_array_equal(kept.track, fresh.track)
    np.testing.assert_allclose(kept.rgb, fresh.rgb, atol=2e-6)
    np.testing.assert_allclose(kept.opacity, fresh.opacity, atol=2e-6)
    np.testing.assert_allclose(kept.depth, fresh.depth, rtol=1e-5, atol=1e-5)


def moved(number: int, by: Vec3) -> tuple[PlacedBox, ...]:
    """The three boxes, one of them elsewhere."""
    p = BOXES[number].pose
    place = (p.position[0] + by[0], p.position[1] + by[1], p.position[2] + by[2])
    other = replace(BOXES[number], pose=replace(p, position=place))
    return (*BOXES[:number], other, *BOXES[number + 1 :])


angle = st.floats(-math.pi, math.pi)
edge = st.floats(0.3, 6.0)
placed = st.builds(
    lambda track, size, position, turn: replace(
        box(track, 0, 0), size=Size(*size), pose=Pose(position, *turn)
    ),
    st.sampled_from([0, 3, 5, 6, 7]),
    st.tuples(edge, edge, edge),
    # In the picture, beside it, behind the camera, around it, through one another.
    st.tuples(st.floats(-6, 6), st.floats(-1, 2.5), st.floats(-6, 30)),
    st.tuples(angle, st.floats(-0.5, 0.5), st.floats(-0.5, 0.5)),
)
boxes = st.lists(placed, max_size=4, unique_by=lambda b: b.track_id).map(tuple)
steps = st.lists(
    st.tuples(boxes, st.integers(0, 40)),
    min_size=1,
    max_size=4,
)
"""Edited scenes, each with how long its picture is left to refine."""


def follow(
    painter: Painter, model: Model, edits: list[tuple[tuple[PlacedBox, ...], int]]
) -> None:
    """Ask for one scene after the other, with no time to finish."""
    for scene, patience in edits:
        drawing = painter(model, replace(REQUEST, boxes=scene))
        for _, _ in zip(range(patience), drawing, strict=False):
            pass


def last(drawing: Iterator[Picture | None]) -> Picture:
    """The final picture."""
    found = [p for p in drawing if p is not None]
    assert found[-1].final
    return found[-1]


@settings(max_examples=40)
@given(
    edits=steps,
    end=boxes,
    undo=st.booleans(),
    only=st.sampled_from(["all", "objects", "background"]),
)
def test_after_any_edits_the_picture_is_that_of_a_fresh_trace(
    edits: list[tuple[tuple[PlacedBox, ...], int]],
    end: tuple[PlacedBox, ...],
    undo: bool,
    only: Only,
) -> None:
    request = replace(REQUEST, boxes=edits[0][0] if undo else end, only=only)
    painter = Painter(smooth=1)
    follow(painter, FLAT, edits)
    assert_same(last(painter(FLAT, request)), render_picture(FLAT, request))


@settings(max_examples=16)
@given(
    edits=steps,
    end=boxes,
    undo=st.booleans(),
    samples=st.integers(1, 3),
    hasty=st.booleans(),
)
def test_the_fast_model_is_kept_exactly_too(
    edits: list[tuple[tuple[PlacedBox, ...], int]],
    end: tuple[PlacedBox, ...],
    undo: bool,
    samples: int,
    hasty: bool,
) -> None:
    """Also where there is no time for more than a preview, over a kept background."""
    model = textured("cpu")
    request = replace(REQUEST, boxes=edits[0][0] if undo else end)
    painter = Painter(smooth=samples)
    with pytest.MonkeyPatch.context() as patch:
        if hasty:
            patch.setattr(painting, "FIRST_SECONDS", 0.0)
            last(painter(model, REQUEST))
        follow(painter, model, edits)
        fresh = render_picture(model, request, samples)
        assert_same(last(painter(model, request)), fresh)


@pytest.mark.parametrize(
    ("rays", "finest"), [(400, 2), (700, 1)], ids=["hardly faster", "much faster"]
)
def test_the_finest_preview_is_left_out_where_it_only_delays(
    rays: int, finest: int
) -> None:
    """Rays of previews and of exact pictures, in the same time."""
    model = textured("cpu")
    drawing = Drawing(model, REQUEST, Canvas.blank(VIEW, model.device))
    backdrop = Backdrop(VIEW.width * VIEW.height, model.device)
    for _ in drawing.gather(backdrop):
        pass
    previews = Pace()
    for _ in range(20):
        drawing.pace.note(300, 1.0)
        previews.note(rays, 1.0)
    drawing.slice = 100  # Too few to tell of the speed.
    found = [p for p in drawing.previews(8, backdrop, previews) if p is not None]
    assert [p.stride for p in found] == [8, 4, 2, 1][: 4 if finest == 1 else 3]
    assert not any(p.final for p in found)


def test_on_every_device(device: torch.device) -> None:
    model, painter = textured(device), Painter(smooth=2)
    follow(painter, model, [(BOXES, 100), (moved(0, (1.0, 0.0, 1.0)), 2)])
    request = replace(REQUEST, boxes=moved(0, (-1.0, 0.0, 1.0)))
    assert_same(last(painter(model, request)), render_picture(model, request, 2))


def test_only_pixels_that_see_a_changed_box_are_traced_again() -> None:
    model, painter = Counting(), Painter(smooth=1)
    last(painter(model, REQUEST))
    assert model.taken() == VIEW.width * VIEW.height
    last(painter(model, replace(REQUEST, boxes=moved(0, (0.5, 0.0, 0.0)))))
    assert 30 < model.taken() < 0.4 * VIEW.width * VIEW.height
    last(painter(model, REQUEST))
    assert model.taken() > 30


@pytest.mark.parametrize(
    "more",
    [
        (),
        (box(9, 0.0, -20.0),),
        (replace(box(9, 0.3, 9.0), model="object/99"),),
    ],
    ids=["nothing", "behind the camera", "no field for it"],
)
def test_an_edit_that_nobody_sees_costs_no_ray(more: tuple[PlacedBox, ...]) -> None:
    model, painter = Counting(), Painter(smooth=1)
    last(painter(model, REQUEST))
    model.taken()
    (picture,) = pictures(painter, model, replace(REQUEST, boxes=(*BOXES, *more)))
    assert model.taken() == 0
    assert picture.final
    assert picture.stride == 1


def test_another_view_camera_model_or_part_is_another_picture() -> None:
    others = [
        (FLAT, replace(REQUEST, view=look((48, 24), z=0.1))),
        (FLAT, replace(REQUEST, only="objects")),
        (FLAT, replace(REQUEST, camera="image_03")),
        (FlatModel(FLAT.keys), REQUEST),
    ]
    for inner, request in others:
        painter, model = Painter(smooth=1), Counting()
        last(painter(model, REQUEST))
        model = model if inner is FLAT else Counting(inner)
        model.taken()
        last(painter(model, request))
        assert model.taken() == VIEW.width * VIEW.height


def test_a_model_that_does_not_know_its_reach_is_traced_anew() -> None:
    class Unbounded:
        device, cameras, keys = torch.device("cpu"), FLAT.cameras, FLAT.keys
        rays = 0

        def trace(self, rays: Rays, placements: Placements, only: Only = "all"):
            self.rays += len(rays)
            return FLAT.trace(rays, placements, only)

    model, painter = Unbounded(), Painter(smooth=1)
    last(painter(model, REQUEST))
    last(painter(model, replace(REQUEST, boxes=moved(0, (0.5, 0.0, 0.0)))))
    assert model.rays == 2 * VIEW.width * VIEW.height


def test_what_was_traced_of_an_interrupted_picture_is_not_traced_again() -> None:
    model, painter = Counting(), Painter(smooth=1)
    painter.pace.note(1000, 1.0)  # So slow that it begins coarsely.
    for picture in painter(model, REQUEST):
        if picture is not None and picture.stride == 2:
            break
    known = model.taken()
    assert known == 24 * 12
    # A box that nobody sees: all that is known stays.
    last(painter(model, replace(REQUEST, boxes=(*BOXES, box(9, 0.0, -20.0)))))
    assert known + model.taken() == VIEW.width * VIEW.height


def test_the_first_picture_of_an_edit_is_coarse_only_where_it_must_be() -> None:
    view = look((400, 200))
    request = replace(REQUEST, view=view)
    edited = replace(request, boxes=moved(0, (1.0, 0.0, 0.0)))
    painter = Painter(smooth=1)
    before = last(painter(FLAT, request))
    painter.pace = frame.Pace()
    painter.pace.note(20_000, 1.0)  # 600 rays for the first picture.
    first, *_, final = pictures(painter, FLAT, edited)
    assert first.stride > 1
    assert first.rays <= 600
    assert not first.final
    assert_same(final, render_picture(FLAT, edited))
    changed = np.abs(final.rgb - before.rgb).max(-1) > 0
    wrong = np.abs(first.rgb - final.rgb).max(-1) > 1e-6
    # The box is where it was moved to, roughly, and all around it is as sharp as ever.
    assert 0 < wrong.sum() < 0.7 * changed.sum()
    regions = [(b, FLAT.reach(b)) for b in (BOXES[0], edited.boxes[0])]
    dirty = touched_pixels(view, [(b, c) for b, c in regions if c is not None])
    assert not (wrong & ~dirty).any()


def test_the_first_level_follows_the_measured_speed() -> None:
    """And what there is to trace: after a small edit it is finer."""
    view = look((1242, 375))
    request = replace(REQUEST, view=view)

    def first(speed: float, painter: Painter) -> Picture:
        painter.pace = frame.Pace()
        if speed:
            painter.pace.note(100_000, 100_000 / speed)
        found = next(p for p in painter(FLAT, request) if p is not None)
        assert found.stride == 1 or found.rays <= max(400, 0.03 * (speed or 80e3))
        return found

    assert first(0.0, Painter()).stride == 16
    assert first(1e9, Painter()).stride == 1
    assert first(150e3, Painter()).stride == 16
    assert first(1e6, Painter()).stride == 4
    assert first(1e3, Painter()).stride == 64
    painter = Painter(smooth=1)
    last(painter(FLAT, replace(request, boxes=moved(0, (0.5, 0.0, 0.0)))))
    assert first(150e3, painter).stride < 8


def test_a_rested_picture_grows_smooth_and_says_so() -> None:
    painter = Painter()
    found = pictures(painter, FLAT, REQUEST)
    full = [p for p in found if p.stride == 1]
    assert [p.samples for p in full] == list(range(1, SMOOTH + 1))
    assert all(p.final for p in full)
    assert not any(p.final for p in found if p.stride > 1)
    truth = render_picture(FLAT, REQUEST, samples=64).rgb
    errors = [np.abs(p.rgb - truth).mean() for p in full]
    assert errors[-1] < 0.5 * errors[0]
    # After an edit that nobody sees it is as smooth as before.
    (again,) = pictures(painter, FLAT, replace(REQUEST, boxes=(*BOXES, box(9, 0, -9))))
    assert again.samples == SMOOTH
    np.testing.assert_array_equal(again.rgb, full[-1].rgb)


def test_slices_are_short_only_while_somebody_may_drag(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now = [0.0]
    monkeypatch.setattr(frame.time, "perf_counter", lambda: now[0])

    class Slow(Counting):
        def trace(
            self, rays: Rays, placements: Placements, only: Only = "all"
        ) -> Traced:
            now[0] += len(rays) / 20_000
            return super().trace(rays, placements, only)

    model, painter = Slow(), Painter(smooth=1)
    painter.pace.note(20_000, 1.0)
    last(painter(model, replace(REQUEST, view=look((300, 120)))))
    assert model.rays[0] <= 600
    dragging, resting = model.rays[3:20], model.rays[40:-1]
    assert max(dragging) <= 300
    assert min(resting) > 900
