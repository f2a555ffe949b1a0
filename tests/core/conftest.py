"""Fixtures of the core's tests."""

from collections.abc import Iterator

import pytest

from nsg_core.export import drive
from nsg_core.frame import Picture
from nsg_core.geometry import grid_pixels, pixel_rays, place


@pytest.fixture(autouse=True, scope="module")
def _render() -> Iterator[None]:
    def render(model, request, first_stride=8, samples=1):
        view = request.view
        rays = pixel_rays(view, grid_pixels(view))
        seen = model.trace(rays, place([request.boxes]), request.only)
        shape = (view.height, view.width)
        yield None
        yield Picture(
            seen.rgb.reshape(*shape, 3).numpy(),
            seen.depth.reshape(shape).numpy(),
            seen.opacity.reshape(shape).numpy(),
            seen.track.reshape(shape).int().numpy(),
            1,
            1,
            True,
            0.0,
            len(rays),
        )

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(drive, "render_frame", render)
        yield
