"""Pictures from coarse to fine: every level, every pixel once, and no more."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np
import pytest
import torch

from nsg_core.drawing import frame
from nsg_core.drawing.frame import Picture, render_frame, render_picture
from nsg_core.edits.edit import Move
from nsg_core.errors import NsgError
from nsg_core.geometry import Placements, Rays
from nsg_core.model import Traced
from nsg_core.request import Only, RenderRequest, request_frame
from nsg_core.scene import PlacedBox
from tests.core.drives import small_scene
from tests.core.fakes import FlatModel
from tests.core.fast_models import BOXES, box, look, textured

FLAT = FlatModel(frozenset({"object/0", "object/3", "object/5"}))


@dataclass
class Counting:
    """A model that remembers every ray that it was asked for."""

    inner: FlatModel = FLAT
    directions: list[torch.Tensor] = field(default_factory=list)
    cameras: tuple[str, ...] = FLAT.cameras
    keys: frozenset[str] = FLAT.keys
    camera: int = -9

    @property
    def device(self) -> torch.device:
        """That of the model inside."""
        return self.inner.device

    @property
    def count(self) -> int:
        """How many rays."""
        return sum(map(len, self.directions))

    def trace(self, rays: Rays, placements: Placements, only: Only = "all") -> Traced:
        """As the model inside."""
        self.directions.append(rays.directions)
        self.camera = int(rays.camera[0])
        return self.inner.trace(rays, placements, only)


def _request(size: tuple[int, int] = (50, 27)) -> RenderRequest:
    return request_frame(small_scene(size=size), "image_02", 1)


def _pictures(
    model: FlatModel | Counting, request: RenderRequest, **options: int
) -> list[Picture]:
    return [p for p in render_frame(model, request, **options) if p is not None]


@pytest.mark.parametrize("size", [(50, 27), (64, 32), (1, 1), (3, 200), (7, 8)])
def test_levels_trace_every_pixel_exactly_once(size: tuple[int, int]) -> None:
    model = Counting()
    pictures = _pictures(model, _request(size))
    rays = torch.cat(model.directions)
    assert len(rays) == size[0] * size[1]
    assert len(rays.unique(dim=0)) == len(rays)
    assert [p.stride for p in pictures] == [8, 4, 2, 1]
    assert pictures[-1].rays == len(rays)
    assert [p.final for p in pictures] == [False, False, False, True]


def test_the_last_level_is_the_picture_at_once() -> None:
    request = _request()
    last, once = _pictures(FLAT, request)[-1], render_picture(FLAT, request)
    for name in ("rgb", "depth", "opacity", "track"):
        np.testing.assert_array_equal(getattr(last, name), getattr(once, name))


def test_every_level_is_a_whole_picture() -> None:
    request = _request()
    shape = (request.view.height, request.view.width)
    for picture in _pictures(FLAT, request, samples=2):
        assert picture.rgb.shape == (*shape, 3)
        assert picture.rgb.dtype == np.float32
        assert picture.rgb.flags.c_contiguous
        assert picture.rgb.min() >= 0
        assert picture.rgb.max() <= 1
        assert picture.depth.shape == picture.opacity.shape == shape
        assert picture.track.shape == shape
        assert picture.track.dtype == np.int32
        assert np.isfinite(picture.rgb).all()


def test_a_coarse_level_agrees_where_it_has_looked() -> None:
    """Between its pixels colours are blended; tracks and depths are never mixed."""
    request = _request()
    pictures = _pictures(FLAT, request)
    final = pictures[-1]
    for coarse in pictures[:-1]:
        n = coarse.stride
        for name in ("rgb", "depth", "opacity", "track"):
            a, b = getattr(coarse, name), getattr(final, name)
            np.testing.assert_allclose(a[::n, ::n], b[::n, ::n], atol=1e-6)
        assert set(np.unique(coarse.track)) <= set(np.unique(final.track))


def test_levels_come_nearer_to_the_final_picture() -> None:
    pictures = _pictures(FLAT, _request((96, 64)))
    errors = [np.abs(p.rgb - pictures[-1].rgb).mean() for p in pictures]
    assert errors == sorted(errors, reverse=True)
    assert errors[0] > errors[2] > 0


def test_a_pixel_between_two_is_their_mean() -> None:
    """On a model whose colours grow evenly over the picture, up to its last column."""

    @dataclass
    class Ramp(Counting):
        def trace(
            self, rays: Rays, placements: Placements, only: Only = "all"
        ) -> Traced:
            x = rays.directions[:, 0] / rays.directions[:, 2]
            grey = (x / 2 + 0.5)[:, None].expand(-1, 3)
            flat = torch.zeros(len(rays))
            return Traced(grey, flat, flat, flat.long())

    coarse = _pictures(Ramp(), _request((49, 33)))[0]
    steps = np.diff(coarse.rgb[0, :, 0])
    np.testing.assert_allclose(steps, steps[0], atol=1e-6)


def test_nothing_more_is_traced_once_nobody_pulls(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(frame, "FIRST_SLICE", 256)
    model = Counting()
    drawing = render_frame(model, _request((200, 100)), first_stride=1)
    assert next(drawing) is None
    drawing.close()
    assert model.count == 256


def test_a_caller_can_stop_between_slices(monkeypatch: pytest.MonkeyPatch) -> None:
    """However slow the model: after the first slice they follow its speed."""
    monkeypatch.setattr(frame, "FIRST_SLICE", 256)
    monkeypatch.setattr(frame, "LONG_SLICE_SECONDS", 0.0)
    model = Counting()
    pulled = list(render_frame(model, _request((64, 64)), first_stride=1))
    assert pulled.count(None) == 16
    assert [len(rays) for rays in model.directions] == [256] * 16
    assert pulled[-1] is not None


def test_slices_grow_with_a_fast_model(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(frame, "FIRST_SLICE", 256)
    monkeypatch.setattr(frame, "LONG_SLICE_SECONDS", 10.0)
    model = Counting()
    list(render_frame(model, _request((200, 100)), first_stride=1))
    assert [len(rays) for rays in model.directions][:3] == [256, 1024, 4096]


@dataclass
class Small(Counting):
    """A model on a device with room for so many rays."""

    room: int = 100

    def trace(self, rays: Rays, placements: Placements, only: Only = "all") -> Traced:
        """As the model inside, if they fit."""
        if len(rays) > self.room:
            raise torch.OutOfMemoryError("CUDA out of memory")
        return super().trace(rays, placements, only)


def test_where_memory_is_short_slices_are_halved_and_nothing_is_lost() -> None:
    model, request = Small(), _request((64, 64))
    picture = render_picture(model, request)
    np.testing.assert_array_equal(picture.rgb, render_picture(FLAT, request).rgb)
    assert 50 <= max(map(len, model.directions)) <= 100
    assert model.count == 64 * 64


def test_where_there_is_no_memory_at_all_it_says_so() -> None:
    with pytest.raises(NsgError, match="no memory left for even 64 rays"):
        render_picture(Small(room=10), _request((64, 64)))


def test_slices_fit_into_the_memory_that_is_free(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    gpu, gigabyte = torch.device("cuda"), 1 << 30
    free: dict[int, int] = {}
    for size in (0, gigabyte // 8, gigabyte, 80 * gigabyte):
        monkeypatch.setattr(
            torch.cuda, "mem_get_info", lambda _, size=size: (size, size)
        )
        free[size] = frame.most_rays(gpu)
    assert list(free.values()) == sorted(free.values())
    assert free[0] >= 1
    assert free[gigabyte] * frame.RAY_BYTES < gigabyte / 2
    assert free[80 * gigabyte] >= 1242 * 375
    monkeypatch.delattr(torch.cuda, "mem_get_info")
    assert frame.most_rays(torch.device("cpu")) >= 1242 * 375


def test_more_samples_smooth_edges() -> None:
    """They converge to the mean over each pixel, here from a picture much finer."""
    request = _request((48, 32))
    truth = render_picture(FLAT, replace(request, view=request.view.scaled(8))).rgb
    truth = truth.reshape(32, 8, 48, 8, 3).mean((1, 3))
    pictures = _pictures(FLAT, request, samples=17)
    errors = {p.samples: np.abs(p.rgb - truth).mean() for p in pictures}
    assert errors[17] < 0.5 * errors[1]
    assert errors[17] < errors[4] < errors[1]
    assert [p.samples for p in pictures if p.stride == 1] == list(range(1, 18))
    assert [p.final for p in pictures].count(True) == 1
    assert pictures[-1].final


def test_the_recorded_camera_is_passed_on_and_an_unknown_one_is_neutral() -> None:
    expected = {"image_02": 0, "image_03": 1, "": -1, "dashcam": -1}
    for name, index in expected.items():
        model = Counting()
        render_picture(model, replace(_request(), camera=name))
        assert model.camera == index


def test_boxes_of_unknown_models_are_left_out() -> None:
    request = _request()
    stranger = replace(request.boxes[0], model="object/99", track_id=99)
    with_it = render_picture(FLAT, replace(request, boxes=(stranger,)))
    without = render_picture(FLAT, replace(request, boxes=()))
    np.testing.assert_array_equal(with_it.rgb, without.rgb)


def test_equal_requests_give_equal_pictures(device: torch.device) -> None:
    model = textured(device)
    request = RenderRequest(look((20, 10)), BOXES, "image_02")
    a, b = (render_picture(model, request) for _ in range(2))
    np.testing.assert_array_equal(a.rgb, b.rgb)


def _drawn_region(request: RenderRequest, boxes: tuple[PlacedBox, ...]) -> np.ndarray:
    """Which pixels see anything of boxes' drawn regions, a little enlarged."""
    model = FlatModel(frozenset(b.model for b in boxes))
    grown = tuple(
        replace(
            b,
            size=replace(
                b.size,
                length=b.size.length * 1.32,
                height=b.size.height * 1.3,
                width=b.size.width * 1.32,
            ),
            pose=replace(
                b.pose,
                position=(
                    b.pose.position[0],
                    b.pose.position[1] + 0.16,
                    b.pose.position[2],
                ),
            ),
        )
        for b in boxes
    )
    # Without the ground, which hides a box's lowest part in that model.
    view = replace(request, boxes=grown, only="objects")
    return render_picture(model, view).track >= 0


def test_moving_a_box_changes_pixels_of_the_old_and_new_box_alone(
    device: torch.device,
) -> None:
    model, scene = textured(device), small_scene(size=(60, 40))
    before = request_frame(scene, "image_02", 1)
    after = request_frame(Move(3, (-2.0, 0.0, -4.0)).apply(scene), "image_02", 1)
    a, b = (render_picture(model, request) for request in (before, after))
    of_track: Callable[[RenderRequest], tuple[PlacedBox, ...]] = lambda r: tuple(  # noqa: E731
        box for box in r.boxes if box.track_id == 3
    )
    touched = _drawn_region(before, of_track(before))
    touched |= _drawn_region(after, of_track(after))
    assert 20 < touched.sum() < 0.6 * touched.size
    changed = np.abs(a.rgb - b.rgb).max(-1) > 1e-5
    assert changed.sum() > 20
    assert not changed[~touched].any()
    np.testing.assert_array_equal(a.track[~touched], b.track[~touched])


def test_a_box_behind_the_camera_changes_nothing(device: torch.device) -> None:
    model, request = textured(device), RenderRequest(look((20, 10)), BOXES)
    behind = replace(request, boxes=(*BOXES, box(10, 0.0, -20.0)))
    a, b = (render_picture(model, r) for r in (request, behind))
    np.testing.assert_allclose(a.rgb, b.rgb, atol=1e-6)
