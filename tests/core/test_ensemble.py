"""Guests from other checkpoints: each drawn by its own tables, in one picture."""

from dataclasses import replace
from pathlib import Path

import pytest
import torch

from nsg_core.documents.guests import guest_key, split_key
from nsg_core.drawing.ensemble import LayeredEnsemble, over, with_guests
from nsg_core.drawing.frame import render_picture
from nsg_core.drawing.painter import Painter
from nsg_core.errors import NsgError
from nsg_core.geometry import place
from nsg_core.model import Bounded, Layered, Model, Traced
from nsg_core.request import RenderRequest
from tests.core.fast_models import BOXES, box, look, rays_of, textured

DEVICES = ["cpu", *(["cuda"] if torch.cuda.is_available() else [])]
OTHER = Path("/elsewhere/other.safetensors")


def as_guest(placed):
    return replace(placed, model=guest_key(OTHER, placed.model))


def family(device="cpu"):
    """A model with guests, and the guests' own model."""
    guest = textured(device, seed=5)
    asked: list[Path] = []

    def load(path: Path) -> Model:
        asked.append(path)
        return guest

    return with_guests(textured(device), load), guest, asked


def test_keys_come_apart_as_they_were_put_together():
    assert split_key(guest_key(OTHER, "object/3")) == (OTHER, "object/3")
    assert split_key("object/3") == (None, "object/3")
    odd = Path("/a#b/c.safetensors")
    assert split_key(guest_key(odd, "object/3")) == (odd, "object/3")


@pytest.mark.parametrize("device", DEVICES)
def test_without_guests_nothing_changes(device):
    model, _, asked = family(device)
    assert isinstance(model, Bounded)
    assert isinstance(model, Layered)
    placements, rays = place([BOXES]).to(device), rays_of(look(), device)
    alone = textured(device).trace(rays, placements)
    beside = model.trace(rays, placements)
    for name in ("rgb", "depth", "opacity", "track"):
        torch.testing.assert_close(getattr(beside, name), getattr(alone, name))
    assert not asked


@pytest.mark.parametrize("device", DEVICES)
def test_a_guest_looks_as_in_its_own_model(device):
    """Alone before an empty drive, it is what its own tables draw."""
    model, guest, asked = family(device)
    here = box(0, 0.0, 7.0)
    rays = rays_of(look(), device)
    seen = model.trace(rays, place([(as_guest(here),)]).to(device), "objects")
    own = guest.trace(rays, place([(here,)]).to(device), "objects")
    torch.testing.assert_close(seen.rgb, own.rgb)
    torch.testing.assert_close(seen.opacity, own.opacity)
    assert asked == [OTHER]
    model.trace(rays, place([(as_guest(here),)]).to(device), "objects")
    assert asked == [OTHER]


def one(depth: float, opacity: float, track: int, light: float) -> Traced:
    return Traced(
        torch.full((1, 3), light * opacity),
        torch.tensor([depth]),
        torch.tensor([opacity]),
        torch.tensor([track]),
    )


def test_the_nearer_one_hides_the_other():
    wall, guest = one(5.0, 1.0, -1, 0.2), one(9.0, 1.0, 7, 0.8)
    behind = over(guest, wall)
    assert behind.track.item() == -1
    assert behind.rgb[0, 0].item() == pytest.approx(0.2)
    before = over(guest, one(20.0, 1.0, -1, 0.2))
    assert before.track.item() == 7
    assert before.depth.item() == pytest.approx(9.0)
    assert before.rgb[0, 0].item() == pytest.approx(0.8)
    # Before an empty sky there is only the guest.
    sky = over(guest, one(0.0, 0.0, -1, 0.0))
    assert sky.track.item() == 7
    assert sky.opacity.item() == pytest.approx(1.0)


def test_half_of_a_guest_lets_half_of_the_street_through():
    seen = over(one(4.0, 0.5, 7, 0.8), one(10.0, 1.0, -1, 0.2))
    assert seen.rgb[0, 0].item() == pytest.approx(0.5 * 0.8 + 0.5 * 0.2)
    assert seen.opacity.item() == pytest.approx(1.0)
    assert seen.depth.item() == pytest.approx(7.0)


def test_what_misses_a_guest_s_bounds_sees_none_of_it():
    model, guest, _ = family()
    here = box(3, 0.4, 8.0)
    assert isinstance(model, LayeredEnsemble)
    assert model.reach(as_guest(here)) == guest.reach(here)
    with pytest.raises(NsgError):
        with_guests(textured("cpu"), _no_such).reach(as_guest(here))  # pyright: ignore


def test_without_one_of_its_guests_the_picture_is_of_all_others():
    model = with_guests(textured("cpu"), _no_such)
    assert isinstance(model, LayeredEnsemble)
    boxes = (BOXES[0], as_guest(box(3, 0.4, 8.0)))
    placements, rays = place([boxes]), rays_of(look(), "cpu")
    # Whoever writes files wants none without them.
    with pytest.raises(NsgError, match="no such file"):
        model.trace(rays, placements)
    told: list[Path] = []
    model.absent = lambda path, error: told.append(path)
    seen = model.trace(rays, placements)
    alone = textured("cpu").trace(rays, place([BOXES[:1]]))
    torch.testing.assert_close(seen.rgb, alone.rgb)
    assert model.reach(boxes[1]) is None
    assert told == [OTHER]


def _no_such(path: Path) -> Model:
    raise NsgError(f"{path}: no such file.")


def test_a_guest_that_was_moved_leaves_nothing_behind():
    """Through dirty regions and kept backgrounds, as on the screen."""
    model, _, _ = family()
    first = RenderRequest(look((48, 24)), (BOXES[0], as_guest(box(3, -1.5, 7.0))))
    second = replace(first, boxes=(BOXES[0], as_guest(box(3, 1.5, 8.0))))
    painter = Painter(smooth=1)
    for asked in (first, second):
        seen = [p for p in painter(model, asked) if p is not None][-1]
    exact = render_picture(model, second)
    torch.testing.assert_close(
        torch.from_numpy(seen.rgb), torch.from_numpy(exact.rgb), atol=2e-6, rtol=0
    )
