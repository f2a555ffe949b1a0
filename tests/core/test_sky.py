"""The sky: of directions alone, and black where a model does without."""

import math

import torch

from nsg_core.fast.model import FastModel
from nsg_core.fields.sky import Sky
from tests.core.fast_models import look, placed, rays_of, uniform


def test_it_has_a_colour_for_every_direction() -> None:
    directions = torch.nn.functional.normalize(torch.randn(200, 3), dim=-1)
    colours = Sky()(directions)
    assert bool(((colours > 0) & (colours < 1)).all())
    assert colours.std(0).min() > 0


def test_without_one_the_far_is_black(device: torch.device) -> None:
    """All light is then the fog's, which hides of the sky what it is opaque for."""
    lit, dark = (uniform(device, math.log(0.003), sky=sky) for sky in (True, False))
    dark.load_state_dict(lit.state_dict())
    rays, nobody = rays_of(look(), device), placed((), device)
    one, other = (model.trace(rays, nobody) for model in (lit, dark))
    torch.testing.assert_close(one.opacity, other.opacity)
    assert isinstance(lit, FastModel)
    beyond = (1 - one.opacity)[:, None] * lit.sky(rays.directions)
    torch.testing.assert_close(one.rgb - other.rgb, beyond, atol=1e-5, rtol=0)
    assert beyond.min() > 0.05
