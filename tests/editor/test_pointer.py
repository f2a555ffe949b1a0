"""The mouse over the picture, frame by frame, without a toolkit."""

import numpy as np
import pytest

from nsg_core.scene import Vec3
from nsg_editor.derived.pointer import Mouse, Pointer
from nsg_editor.derived.request import fit
from nsg_editor.store import Store
from tests.editor.scenes import start_state

PANEL = (800, 300)


class Hand:
    """A mouse that a test moves."""

    def __init__(self, frame: int = 0) -> None:
        self.store = Store(start_state(frame=frame))
        self.pointer = Pointer(self.store.attempt)
        self.mouse = Mouse(inside=True)

    def at(self, x: float, y: float, **buttons: bool) -> None:
        """One frame with the mouse here and these buttons down."""
        self.mouse = Mouse(x, y, inside=True, **buttons)
        state = self.store.state
        self.pointer.feed(state, fit(state, PANEL), self.mouse)

    def place(self, track: int) -> tuple[float, float]:
        """Where the middle of a box is in the panel."""
        state = self.store.state
        frame = fit(state, PANEL)
        box = next(b for b in state.scene.at(state.frame) if b.track_id == track)
        x, y, z = box.pose.position
        middle = np.array([[x, y - box.size.height / 2, z]])
        u, v, _ = frame.view.project(middle)[0]
        return u + frame.x + 0.5, v + frame.y + 0.5

    def click(self, x: float, y: float) -> None:
        """Down and up in place."""
        self.at(x, y)
        self.at(x, y, left=True)
        self.at(x, y)


def test_a_click_selects_and_the_next_one_takes_the_box_behind() -> None:
    hand = Hand()
    x, y = hand.place(1)
    hand.at(x, y)
    assert hand.store.state.hover in (0, 1)
    seen: list[int | None] = []
    for _ in range(3):
        hand.click(x, y)
        seen.append(hand.store.state.selection)
    assert set(seen[:2]) == {0, 1}
    assert seen[2] == seen[0]
    hand.click(2, 2)
    assert hand.store.state.selection is None


def test_a_drag_is_one_step_and_follows_the_mouse() -> None:
    hand = Hand()
    before = hand.store.state.scene
    x, y = hand.place(0)
    hand.at(x, y)
    for i in range(12):
        hand.at(x + 5 * i, y + i, left=True)
    assert hand.store.state.history.base is not None
    moved = hand.store.state.scene
    hand.at(x + 55, y + 11)
    state = hand.store.state
    assert state.scene == moved != before
    assert state.selection == 0
    assert len(state.history.past) == 1
    # The middle of the foot went as far on the screen as the mouse.
    frame = fit(state, PANEL)
    feet = [
        frame.view.project(np.array([scene.at(0)[0].pose.position]))[0][:2]
        for scene in (before, state.scene)
    ]
    assert feet[1] - feet[0] == pytest.approx((55, 11), abs=1e-6)
    hand.store.dispatch("undo")
    assert hand.store.state.scene == before


def test_a_drag_within_one_frame_is_no_click_where_it_ends() -> None:
    """A window that takes a second for a frame sees a press, and then a release."""
    ends: list[Vec3] = []
    for steps in (0, 12):
        hand = Hand()
        x, y = hand.place(0)
        hand.at(x, y)
        hand.at(x, y, left=True)
        for i in range(steps):
            hand.at(x + 5 * i, y + i, left=True)
        hand.at(x + 55, y + 11)
        assert hand.store.state.selection == 0
        assert len(hand.store.state.history.past) == 1
        ends.append(hand.store.state.scene.at(0)[0].pose.position)
    assert ends[0] == pytest.approx(ends[1], abs=1e-6)


def test_a_shaky_click_moves_nothing() -> None:
    hand = Hand()
    x, y = hand.place(0)
    hand.at(x, y)
    hand.at(x, y, left=True)
    hand.at(x + 2, y + 1, left=True)
    hand.at(x + 2, y + 1)
    assert hand.store.state.selection == 0
    assert not hand.store.state.history.past


def test_escape_while_dragging() -> None:
    hand = Hand()
    x, y = hand.place(0)
    hand.at(x, y)
    hand.at(x, y, left=True)
    hand.at(x + 30, y, left=True)
    hand.pointer.drop()
    hand.store.dispatch("cancel")
    hand.at(x + 60, y, left=True)
    hand.at(x + 60, y)
    assert not hand.store.state.history.past
    assert hand.store.state.scene == start_state().scene


def test_right_drag_orbits_and_middle_drag_pans() -> None:
    for button in ("right", "middle"):
        hand = Hand()
        hand.at(400, 150)
        hand.at(400, 150, **{button: True})
        hand.at(440, 160, **{button: True})
        hand.at(440, 160)
        assert hand.store.state.free is not None
        assert not hand.store.state.history.past


def test_a_press_that_began_elsewhere_is_not_ours() -> None:
    hand = Hand()
    x, y = hand.place(0)
    state = hand.store.state
    frame = fit(state, PANEL)
    hand.pointer.feed(state, frame, Mouse(-50, 10, left=True, inside=False))
    hand.at(x, y, left=True)
    hand.at(x + 40, y, left=True)
    hand.at(x + 40, y)
    assert not hand.store.state.history.past
    assert hand.store.state.selection is None


def test_the_wheel_goes_nearer() -> None:
    hand = Hand()
    state = hand.store.state
    hand.pointer.feed(state, fit(state, PANEL), Mouse(400, 150, inside=True, wheel=2.0))
    assert hand.store.state.free is not None
    assert hand.store.state.free[11] > 0
