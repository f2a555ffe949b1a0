"""Variants side by side: which are shown, what is drawn for them, where they lie."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nsg_core.drawing.frame import Picture
from nsg_core.errors import NsgError
from nsg_editor.actions.table import perform
from nsg_editor.derived.beside import (
    MOST,
    beside_names,
    compared_with,
    in_variant,
    others_beside,
    resolve_variant,
)
from nsg_editor.derived.request import resolve
from nsg_editor.effects.beside import draw_beside
from nsg_editor.effects.dispatch import Effects
from nsg_editor.geometry.arrangement import Rect
from nsg_editor.geometry.tiles import tiles
from nsg_editor.pictures.lanes import LaneName
from nsg_editor.pictures.thumbnails import Thumbnails, thumbnail
from nsg_editor.pictures.worker import Worker
from nsg_editor.state import EditorState, ModelInfo
from nsg_editor.store import Store
from tests.editor.fakes import fake_load, fake_render
from tests.editor.scenes import start_state, street

READY = ModelInfo("ready", keys=frozenset({"object/0", "object/1"}))


def three(**changes: object) -> EditorState:
    """Variants A, B and C, of which C is edited; each has moved car 0 farther."""
    state = start_state(model=READY, panel=(200, 60), **changes)
    for _ in "BC":
        state = perform(perform(state, "variant-new"), "move", track=0, by=(1, 0, 0))
    return state


def test_three_variants_at_the_most_and_always_the_one_that_is_edited() -> None:
    state = perform(perform(three(), "variant-new"), "variants-beside")
    assert state.history.present.variant == "D"
    assert beside_names(state) == ("A", "B", "D")
    with pytest.raises(NsgError, match="at most 3"):
        perform(state, "variants-beside", names=("A", "B", "C"))
    # One too many takes the place of the oldest; who is shown can be sent away.
    state = perform(state, "variant-beside", name="C")
    assert others_beside(state) == ("B", "C")
    state = perform(state, "variant-beside", name="B")
    assert beside_names(state) == ("C", "D")
    assert beside_names(perform(state, "variants-beside")) == ()


def test_whoever_is_clicked_is_edited_and_all_stay_where_they_are() -> None:
    state = perform(three(), "variants-beside")
    assert beside_names(state) == ("A", "B", "C")
    for name in "BACAB":
        state = perform(state, "variant", name=name)
        assert beside_names(state) == ("A", "B", "C")
        assert state.history.present.variant == name
    for _ in "BACA":
        state = perform(state, "undo")
        assert beside_names(state) == ("A", "B", "C")


def test_names_and_ends_of_variants_are_followed() -> None:
    state = perform(three(), "variants-beside")
    state = perform(state, "variant-rename", variant="A", name="calm")
    assert beside_names(state) == ("calm", "B", "C")
    state = perform(state, "variant-delete", name="B")
    assert beside_names(state) == ("calm", "C")
    state = perform(state, "variant-delete", name="calm")
    assert beside_names(state) == ()
    with pytest.raises(NsgError, match="no other variant"):
        perform(start_state(), "variants-beside")


def test_each_is_drawn_with_its_own_edits_by_the_same_camera() -> None:
    state = perform(three(), "variants-beside")
    for name in ("A", "B"):
        request = resolve_variant(state, name, state.panel, (400, 200))
        there = perform(state, "variant", name=name)
        assert request is not None
        assert request == resolve(there, there.panel, (400, 200))
        assert request.boxes == there.scene.at(state.frame)
    mine = resolve(state, state.panel, (400, 200))
    assert resolve_variant(state, "C", state.panel, (400, 200)) == mine


def test_a_variant_with_another_mounting_shows_what_its_camera_sees() -> None:
    state = perform(three(), "mount", shift=(0.0, -1.0, 0.0))
    state = perform(state, "variants-beside")
    here, there = (
        resolve_variant(state, name, state.panel, (400, 200)) for name in "CA"
    )
    assert here is not None
    assert there is not None
    assert here.view.T_world_camera[7] == there.view.T_world_camera[7] - 1.0


def test_a_variant_whose_edits_do_not_fit_is_named_and_draws_nothing() -> None:
    state = three()
    present = state.history.present
    broken = replace(present.variants[0], edits=state.edits[:1] * 2)
    gone = perform(state, "remove", track=0).edits
    broken = replace(broken, edits=(*gone, *state.edits))
    shelf = (broken, *present.variants[1:])
    history = replace(state.history, present=replace(present, shelf=shelf))
    state = replace(state, history=history)
    with pytest.raises(NsgError, match="no track 0"):
        perform(state, "variants-beside")
    assert in_variant(replace(state, beside=("A", "C")), "A") is None
    assert resolve_variant(state, "A", state.panel, (400, 200)) is None


def test_a_divider_looks_back_from_the_other_side() -> None:
    state = perform(three(), "variant-compare", name="A")
    assert compared_with(state) == "A"
    state = perform(state, "variant", name="A")
    assert compared_with(state) == "C"
    state = perform(state, "variant-rename", variant="C", name="rain")
    assert compared_with(state) == "rain"
    state = perform(state, "variant-delete", name="rain")
    assert compared_with(state) is None
    with pytest.raises(NsgError, match="is looked at"):
        perform(three(), "variant-compare", name="C")


@given(
    st.integers(50, 2000),
    st.integers(50, 1200),
    st.integers(1, MOST),
    st.floats(0.5, 4),
)
def test_tiles_lie_in_their_room_and_apart(
    width: int, height: int, count: int, shape: float
) -> None:
    room = Rect(7, 11, width, height)
    places = tiles(room, count, shape)
    assert len({(p.width, p.height) for p in places}) == 1
    for i, p in enumerate(places):
        assert room.holds(p.x, p.y)
        assert room.holds(p.x + p.width - 1, p.y + p.height - 1)
        for q in places[:i]:
            assert p.x >= q.x + q.width or p.y >= q.y + q.height
    # Nobody can put two into one row or one column and have larger pictures.
    if count == 2:
        least = min((width - 4) // 2, height * shape), min(width, height // 2 * shape)
        p = places[0]
        assert min(p.width, p.height * shape) >= max(least) - shape * 4 - 4


class Gallery:
    """Effects that draw for tiles, pulled by hand."""

    def __init__(self) -> None:
        self.store = Store(three())
        self.worker = Worker(lambda path: fake_load(path, street()), fake_render)
        most = (400, 200)
        self.effects = Effects(self.store, self.worker, lambda picture: None, most)
        self.shown: dict[str, Picture] = {}
        draw_beside(self.store, self.effects, self._show, most)
        self.store.dispatch("load-model", path=Path("a.safetensors"))
        self.draw()

    def _show(self, lane: LaneName, name: str, picture: Picture) -> None:
        self.shown[name] = picture

    def draw(self) -> None:
        while self.worker.step():
            self.effects.tick()
        self.effects.tick()


@pytest.fixture
def gallery() -> Iterator[Gallery]:
    made = Gallery()
    yield made
    made.effects.close()


def test_all_of_them_are_drawn_and_waited_for(gallery: Gallery) -> None:
    gallery.store.dispatch("variants-beside")
    assert not gallery.effects.settled(gallery.store.state)
    gallery.draw()
    assert gallery.effects.settled(gallery.store.state)
    assert set(gallery.shown) == {"A", "B"}
    assert all(picture.final for picture in gallery.shown.values())
    a, b = gallery.shown["A"].track, gallery.shown["B"].track
    assert (a != b).any()
    # A keeps its place and its picture; C is drawn where B was.
    gallery.shown.clear()
    gallery.store.dispatch("variant", name="B")
    gallery.draw()
    assert set(gallery.shown) == {"C"}


def test_nothing_is_drawn_for_tiles_that_are_out_of_sight(gallery: Gallery) -> None:
    gallery.store.dispatch("variants-beside")
    gallery.store.dispatch("maximise", view="map")
    gallery.draw()
    assert not gallery.shown
    gallery.store.dispatch("maximise", view="map")
    gallery.draw()
    assert set(gallery.shown) == {"A", "B"}


def test_equal_variants_are_shown_each_in_its_place(gallery: Gallery) -> None:
    gallery.store.dispatch("variant-new", name="copy of C")
    gallery.store.dispatch("variants-beside", names=("C",))
    gallery.draw()
    gallery.shown.clear()
    gallery.store.dispatch("variant", name="C")
    gallery.draw()
    assert set(gallery.shown) == {"copy of C"}


def test_thumbnails_are_drawn_once_and_only_while_hands_rest() -> None:
    sent: list[tuple] = []
    thumbnails = Thumbnails(lambda *wish: sent.append(wish), (100, 30))
    state = three()
    held = perform(perform(state, "begin"), "drag-move", by=(1.0, 0.0, 0.0))
    thumbnails.tick(held)
    assert not sent
    pictures: list[Picture] = []
    while True:
        thumbnails.tick(state)
        if not sent:
            break
        request, take = sent.pop()
        found = [p for p in fake_render(fake_load(Path(), street())[0], request) if p]
        pictures.append(found[-1])
        take(request, found[-1])
    assert len(pictures) == 3
    assert {name for name in "ABC" if thumbnails.get(name) is not None} == set("ABC")
    # A moved car is another picture of this variant alone.
    thumbnails.tick(perform(state, "move", track=0, by=(0.0, 0.0, 1.0)))
    assert len(sent) == 1
    assert thumbnail(state, (100, 30)) not in (sent[0][0], None)
