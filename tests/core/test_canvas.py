"""Known pixels stay as they are, unknown ones are spread from what is around them."""

import numpy as np
import pytest
import torch

from nsg_core.drawing import canvas as canvas_module
from nsg_core.drawing.canvas import Canvas
from nsg_core.model import Traced
from tests.core.fast_models import look

SIZES = [(50, 27), (64, 32), (1, 1), (3, 200), (7, 8), (55, 33)]
STRIDES = [2, 4, 8]


def noise(count: int, seed: int = 0) -> Traced:
    """Different for every ray."""
    draw = torch.Generator().manual_seed(seed)
    rgb = torch.rand(count, 3, generator=draw)
    depth, opacity = torch.rand(2, count, generator=draw)
    return Traced(rgb, depth, opacity, torch.arange(count) % 7)


def known(size: tuple[int, int], stride: int, more: float = 0.0) -> Canvas:
    """A level is known, and of all other pixels some."""
    made = Canvas.blank(look(size), torch.device("cpu"))
    pixels = torch.cat(made.wanting(stride, 1))
    made.add(pixels, noise(len(pixels)), 0)
    rest = torch.cat(made.wanting(1, 1) or [pixels[:0]])
    some = rest[torch.rand(len(rest)) < more]
    made.add(some, noise(len(some), seed=1), 0)
    return made


def bilinear(values: np.ndarray, stride: int, size: tuple[int, int]) -> np.ndarray:
    """By its definition; beyond the last row and column as there."""
    rows, columns = values.shape[:2]
    v = np.minimum(np.arange(size[1]) / stride, rows - 1)[:, None, None]
    u = np.minimum(np.arange(size[0]) / stride, columns - 1)[None, :, None]
    top, left = np.floor(v).astype(int), np.floor(u).astype(int)
    below, right = np.minimum(top + 1, rows - 1), np.minimum(left + 1, columns - 1)
    corner = lambda a, b: values[a[..., 0], b[..., 0]]  # noqa: E731
    return (
        (1 - v + top) * (1 - u + left) * corner(top, left)
        + (1 - v + top) * (u - left) * corner(top, right)
        + (v - top) * (1 - u + left) * corner(below, left)
        + (v - top) * (u - left) * corner(below, right)
    )


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("stride", STRIDES)
def test_a_level_alone_is_spread_bilinearly(size: tuple[int, int], stride: int) -> None:
    made = known(size, stride)
    filled = made.filled(stride)
    grid = made.rgb[::stride, ::stride].numpy()
    np.testing.assert_allclose(filled.rgb, bilinear(grid, stride, size), atol=1e-6)
    v, u = np.mgrid[: size[1], : size[0]] // stride * stride
    np.testing.assert_array_equal(filled.depth, made.depth.numpy()[v, u])
    np.testing.assert_array_equal(filled.track, made.track.numpy()[v, u])


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("stride", STRIDES)
@pytest.mark.parametrize("more", [0.02, 0.4])
def test_what_is_known_is_never_changed(
    size: tuple[int, int], stride: int, more: float
) -> None:
    made = known(size, stride, more)
    filled, where = made.filled(stride), made.count.numpy() > 0
    for name in ("rgb", "depth", "opacity", "track"):
        full = getattr(made, name).numpy()
        np.testing.assert_array_equal(getattr(filled, name)[where], full[where])
    # Colours between are means: none lies outside of those that are known.
    assert filled.rgb.min() >= made.rgb.numpy()[where].min()
    assert filled.rgb.max() <= made.rgb.numpy()[where].max()
    assert set(np.unique(filled.track)) <= set(np.unique(made.track.numpy()[where]))


def test_a_hole_is_filled_from_its_rim_and_from_finer_levels_within() -> None:
    """As if the whole picture were spread, and not only the window around the hole."""
    size, stride = (61, 45), 8
    made = known(size, 1)
    mask = np.zeros((size[1], size[0]), dtype=bool)
    mask[9:31, 17:44] = True
    made.forget(mask)
    for level in (8, 4):
        pixels = torch.cat(made.wanting(level, 1))
        made.add(pixels, noise(len(pixels), level), 0)
    filled = made.filled(stride)
    np.testing.assert_array_equal(filled.rgb[~mask], made.rgb.numpy()[~mask])
    # Stride 4 is known all over, so it tells more than stride 8.
    grid = made.rgb[::4, ::4].numpy()
    whole = bilinear(grid, 4, size)
    lost = made.count.numpy() == 0
    inner = lost & np.roll(lost, 1, 0) & np.roll(lost, 1, 1)
    even = np.zeros_like(lost)
    even[::2, ::2] = True
    inside = np.zeros_like(lost)
    inside[12:29, 20:41] = True
    picked = lost & even & inside & inner
    assert picked.sum() > 20
    np.testing.assert_allclose(filled.rgb[picked], whole[picked], atol=1e-6)


def test_forgotten_pixels_are_wanted_again_and_no_others() -> None:
    made = known((20, 10), 1)
    mask = np.zeros((10, 20), dtype=bool)
    mask[3:5, 7:9] = True
    made.forget(mask)
    assert made.lacking() == 4
    (pixels,) = made.wanting(1, 1)
    assert sorted(pixels.tolist()) == [67, 68, 87, 88]
    assert made.points(pixels).tolist() == [[7, 3], [8, 3], [7, 4], [8, 4]]
    assert made.least() == 0


@pytest.mark.parametrize("stride", [1, 2, 4])
def test_lists_of_pixels_are_bounded_and_complete(
    stride: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    size = (37, 53)
    once = torch.cat(Canvas.blank(look(size), torch.device("cpu")).wanting(stride, 1))
    monkeypatch.setattr(canvas_module, "MOST_PIXELS", 50)
    lists = Canvas.blank(look(size), torch.device("cpu")).wanting(stride, 1)
    assert torch.equal(torch.cat(lists), once)
    assert max(map(len, lists)) <= 50
    assert len(once) == -(-size[0] // stride) * -(-size[1] // stride)


def test_further_rays_add_to_the_mean() -> None:
    made = known((8, 4), 1)
    first = made.rgb.clone()
    pixels = torch.arange(10)
    for nth in (1, 2):
        made.add(pixels, noise(10, seed=nth + 5), nth)
    mean = (first.view(-1, 3)[:10] + noise(10, 6).rgb + noise(10, 7).rgb) / 3
    assert torch.allclose(made.rgb.view(-1, 3)[:10], mean)
    assert torch.equal(made.rgb.view(-1, 3)[10:], first.view(-1, 3)[10:])
    assert made.least() == 1
    assert made.lacking(rays=2) == 22
