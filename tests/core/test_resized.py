"""A resized box shows a resized object, as dense in each metre as it was."""

import pytest
import torch

from tests.core.fast_models import box, look, placed, rays_of, textured


@pytest.mark.parametrize("factor", [0.6, 1.5, 2.5])
def test_a_larger_box_farther_away_shows_the_same_picture(
    device: torch.device, factor: float
) -> None:
    """Box and distance times a factor: each ray meets the same parts of the object.

    Its way through them is longer by the factor, so what gets through it, t, becomes
    t to the power of the factor; of an opaque object that is nothing in both.
    """
    model = textured(device, box_scale=1.0, below=0.0)
    rays = rays_of(look((40, 24)), device)
    near = placed((box(0, 0.3, 6.0, y=0.8),), device)
    far = placed(
        (box(0, 0.3 * factor, 6.0 * factor, y=0.8 * factor, size=factor),), device
    )
    seen, resized = (model.trace(rays, one, "objects") for one in (near, far))
    met = seen.opacity > 0.05
    assert met.sum() > 60
    clear = 1 - seen.opacity
    torch.testing.assert_close(1 - resized.opacity, clear**factor, atol=0.05, rtol=0)
    depth = seen.depth[met] * factor
    close = (resized.depth[met] - depth).abs() < 0.12 * depth
    assert close.float().mean() > 0.9
