"""Tables in eight bits: half a file, the same picture, and nothing taken on trust."""

import json
from pathlib import Path

import pytest
import torch
from safetensors import safe_open
from safetensors.torch import load_file, save_file

from nsg_core.checkpoint import load_checkpoint, save_checkpoint
from nsg_core.errors import FileError
from nsg_core.fast.compact import MOST, compacted, expanded
from nsg_core.fast.model import FastModel
from tests.core.fast_models import BOXES, look, placed, rays_of, textured


def test_no_number_is_off_by_more_than_half_a_step() -> None:
    """And the largest ones, which every channel's step is made for, are exact."""
    scales = torch.tensor([0.01, 1.0, 30.0, 0.0])
    table = torch.randn(3, 200, 4) * scales
    back = expanded(compacted({"a.table": table, "b": table[0]}, ["a.table"]))
    assert back.keys() == {"a.table", "b"}
    assert torch.equal(back["b"], table[0])
    highest = table.abs().amax(1, keepdim=True)
    assert ((back["a.table"] - table).abs() <= 0.501 * highest / MOST).all()
    found = back["a.table"].abs().amax(1, keepdim=True)
    torch.testing.assert_close(found, highest)


def test_a_compact_checkpoint_is_half_as_large_and_draws_the_same(
    tmp_path: Path,
) -> None:
    model = textured("cpu")
    whole, small = tmp_path / "whole.safetensors", tmp_path / "small.safetensors"
    save_checkpoint(whole, model, 5)
    save_checkpoint(small, model, 5, compact=True)
    tables = sum(field.table.numel() for field in (model.background, model.objects))
    saved = whole.stat().st_size - small.stat().st_size
    assert saved == pytest.approx(tables, rel=0.05)
    loaded = load_checkpoint(small)
    assert loaded.step == 5
    assert isinstance(loaded.model, FastModel)
    assert loaded.model.background.table.dtype == torch.float32
    rays, boxes = rays_of(look(), "cpu", 0), placed(BOXES, "cpu")
    before, after = model.trace(rays, boxes), loaded.model.trace(rays, boxes)
    assert (before.rgb - after.rgb).abs().mean() < 0.01
    assert (before.opacity - after.opacity).abs().mean() < 0.01


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda t: t.pop("background.table.step"), "32 bits"),
        (lambda t: t.update({"background.table.step": torch.ones(1)}), "32 bits"),
        (lambda t: t["background.table.step"].fill_(torch.nan), "finite numbers"),
        (lambda t: t.update({"objects.table": torch.ones(2, 2).char()}), "table"),
    ],
)
def test_steps_that_do_not_fit_are_refused(
    tmp_path: Path, change: object, said: str
) -> None:
    path = tmp_path / "a.safetensors"
    save_checkpoint(path, textured("cpu"), compact=True)
    with safe_open(path, framework="pt") as file:
        header = file.metadata()["nsg"]
    tensors = load_file(path)
    assert callable(change)
    change(tensors)
    save_file(tensors, path, metadata={"nsg": json.dumps(json.loads(header))})
    with pytest.raises(FileError) as caught:
        load_checkpoint(path)
    assert said in str(caught.value)
