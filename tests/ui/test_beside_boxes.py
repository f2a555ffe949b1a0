"""Boxes of all variants that are side by side, and which of them stand out."""

from collections.abc import Iterator

import dearpygui.dearpygui as dpg
import pytest

from nsg_editor.derived.beside import in_variant
from nsg_editor.ui import theme
from nsg_editor.ui.views.beside import outlines
from tests.ui.office import Office


@pytest.fixture
def office() -> Iterator[Office]:
    dpg.create_context()
    yield Office()
    dpg.destroy_context()


def test_a_box_stands_out_in_every_variant(office: Office) -> None:
    tracks = [box.track_id for box in office.store.state.scene.at(0)]
    office.do("variant-new", name="B")
    office.do("select", track=tracks[0])
    office.do("move", by=(0.0, 0.0, 2.0))
    state = office.do("hover", track=tracks[1])
    other = in_variant(state, "A")
    assert other is not None
    here, there = outlines(state), outlines(other)
    assert [b.track_id for b, *_ in here] == [b.track_id for b, *_ in there] == tracks
    assert [rest for _, *rest in here] == [rest for _, *rest in there]
    looks = {box.track_id: (colour, thick) for box, colour, thick in there}
    assert looks[tracks[0]][0] == theme.SELECTED
    assert looks[tracks[1]][1] == looks[tracks[0]][1] > 1.0
    moved = {b.track_id for (b, *_), (c, *_) in zip(here, there, strict=True) if b != c}
    assert moved == {tracks[0]}, "each variant has its own places"


def test_without_boxes_there_are_none(office: Office) -> None:
    assert outlines(office.do("boxes", on=False)) == ()
