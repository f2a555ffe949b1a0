"""Optical flow: known motions of pictures whose values are known everywhere."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nsg_core.measuring.flow import end_point_error, grey, optical_flow

SIZE = (96, 128)


def waves(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """A smooth picture without a flat spot, from 0 to 255."""
    wide = np.sin(0.11 * x + 0.07 * y) + np.cos(0.05 * x - 0.13 * y)
    fine = np.sin(0.35 * x) * np.cos(0.31 * y)
    return 127 + 40 * wide + 30 * fine


def places() -> tuple[np.ndarray, np.ndarray]:
    v, u = np.mgrid[: SIZE[0], : SIZE[1]].astype(np.float64)
    return u, v


def test_a_picture_that_rests_has_no_flow() -> None:
    """But at the edges, behind which nothing can be looked up."""
    picture = waves(*places())
    flow = np.abs(optical_flow(picture, picture))
    assert flow[20:-40, 20:-40].max() < 1e-3
    assert flow.max() < 0.2


@settings(max_examples=15)
@given(st.floats(-5.5, 5.5), st.floats(-5.5, 5.5))
def test_a_shift_is_found(dx: float, dy: float) -> None:
    """Along both axes by six pixels the fine waves look as if they had moved back."""
    u, v = places()
    flow = optical_flow(waves(u, v), waves(u - dx, v - dy))
    middle = flow[20:-20, 20:-20]
    assert np.abs(middle - (dx, dy)).mean() < 0.15
    assert np.abs(np.median(middle, (0, 1)) - (dx, dy)).max() < 0.05


def test_a_turn_is_found() -> None:
    """Each place moves differently."""
    u, v = places()
    x, y, angle = u - 64, v - 48, 0.03
    back = np.cos(angle) * x + np.sin(angle) * y, np.cos(angle) * y - np.sin(angle) * x
    flow = optical_flow(waves(u, v), waves(back[0] + 64, back[1] + 48))
    expected = np.stack(
        [
            np.cos(angle) * x - np.sin(angle) * y - x,
            np.sin(angle) * x + np.cos(angle) * y - y,
        ],
        -1,
    )
    error = np.linalg.norm(flow - expected, axis=-1)[16:-16, 16:-16]
    assert error.mean() < 0.1


def test_light_that_changes_is_no_motion() -> None:
    picture = waves(*places())
    flow = np.abs(optical_flow(picture, picture + 20))
    assert flow[20:-40, 20:-40].max() < 0.01


def test_flat_and_tiny_pictures_have_no_flow() -> None:
    flat = np.full((40, 50), 99.0)
    assert np.abs(optical_flow(flat, flat)).max() < 1e-9
    for size in ((1, 1), (2, 9), (7, 3)):
        tiny = np.arange(size[0] * size[1], dtype=np.float64).reshape(size)
        assert optical_flow(tiny, tiny[::-1]).shape == (*size, 2)
        assert np.isfinite(optical_flow(tiny, tiny[::-1])).all()


def test_the_distance_of_flows_is_that_of_their_middle() -> None:
    a = np.zeros((96, 140, 2))
    b = a + np.array([3.0, 4.0])
    assert end_point_error(a, a) == 0
    assert end_point_error(a, b) == pytest.approx(5)
    # What lies at the edge does not count: 64 of 96 rows, 96 of 140 columns do.
    b[16:80, 22:118] = 0
    assert end_point_error(a, b) == 0
    b[16, 22] = (32.0, 0.0)
    assert end_point_error(a, b) == pytest.approx(32 / (64 * 96))
    assert end_point_error(a[:47], b[:47]) is None
    assert end_point_error(a[:48], b[:48]) is not None


def test_brightness_is_that_of_colours() -> None:
    colours = np.array([[[1, 1, 1], [1, 0, 0], [0, 1, 0], [0, 0, 1], [-1, 2, 0.5]]])
    assert grey(colours.astype(np.float32)).tolist() == [[255, 76, 150, 29, 164]]
