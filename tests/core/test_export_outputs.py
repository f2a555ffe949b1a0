"""An export may leave things out, and is what the screen shows."""

from dataclasses import replace

import numpy as np
import pytest

from nsg_core.drawing.painter import Painter
from nsg_core.errors import NsgError
from nsg_core.export.drive import final_picture
from nsg_core.export.manifest import differing
from nsg_core.files import read_json
from nsg_core.request import RenderRequest
from tests.core.exports import plan, run
from tests.core.fast_models import box, look, textured


def kinds(folder):
    return {item.name for item in folder.iterdir()}


def test_colours_alone(tmp_path):
    frames = run(plan(outputs=(), video=False), tmp_path / "out")
    assert len(frames) == 4
    assert kinds(tmp_path / "out") == {
        *("image_02", "calib", "poses", "edits.json", "manifest.json")
    }


def test_depth_without_labels(tmp_path):
    run(plan(outputs=("depth",), video=False), tmp_path / "out")
    found = kinds(tmp_path / "out")
    assert "depth_02" in found
    assert not {"instances", "label_02"} & found


def test_labels_need_what_they_are_computed_from():
    with pytest.raises(NsgError, match="labels are computed from"):
        plan(outputs=("labels", "depth"))


def test_going_on_means_the_same_outputs(tmp_path):
    folder = tmp_path / "out"
    few = plan(outputs=("depth",), video=False)
    run(few, folder)
    assert run(few, folder) == []
    with pytest.raises(NsgError, match="export with other outputs"):
        run(plan(video=False), folder)
    # An export that is older than this choice had everything.
    old = read_json(folder / "manifest.json")
    assert isinstance(old, dict)
    del old["outputs"]
    assert differing(old, plan(video=False)) == []
    assert differing(old, few) == ["outputs"]


def test_less_is_smaller(tmp_path):
    assert plan(outputs=()).needed_bytes < plan(outputs=("depth",)).needed_bytes
    assert plan(scale=0.5).needed_bytes < 0.3 * plan().needed_bytes


def drawn(asked: RenderRequest, samples: int) -> np.ndarray:
    work = final_picture(textured("cpu"), asked, samples)
    while True:
        try:
            next(work)
        except StopIteration as end:
            return end.value.rgb


@pytest.mark.parametrize("samples", [1, 3])
def test_what_is_exported_is_what_was_seen(samples):
    """However the picture on the screen came to be: in levels, and after an edit."""
    model = textured("cpu")
    here = RenderRequest(look((48, 24)), (box(0, 0.0, 6.0),))
    there = replace(here, boxes=(box(0, 1.5, 7.0),))
    painter = Painter(smooth=samples)
    for _ in painter(model, here):
        pass
    seen = [picture for picture in painter(model, there) if picture is not None]
    assert seen[-1].samples == samples
    exported = drawn(there, samples)
    np.testing.assert_allclose(seen[-1].rgb, exported, atol=2e-6)
    assert np.abs(exported - drawn(here, samples)).max() > 0.01
