"""Docks that a window has no room for fold, and come back; a person's wish counts."""

from nsg_editor.actions.table import perform
from nsg_editor.ui.crowding import Crowding
from tests.editor.scenes import start_state


class Crowd:
    """A state, and what folds its docks."""

    def __init__(self) -> None:
        self.state = start_state()
        self.crowding = Crowding(self.do)

    def do(self, name: str, **arguments: object) -> None:
        self.state = perform(self.state, name, **arguments)

    def size(self, width: int, height: int) -> frozenset[str]:
        for _ in range(3):
            arrangement = self.state.settings.arrangement
            self.crowding.follow(width, height, arrangement)
        return frozenset(self.state.settings.arrangement.closed)


def test_a_small_window_folds_what_has_no_room_and_a_large_one_unfolds_it() -> None:
    crowd = Crowd()
    assert crowd.size(1600, 900) == frozenset()
    assert crowd.size(700, 400) == {"left", "bottom"}
    assert crowd.size(1600, 900) == frozenset()
    crowd.do("fold", dock="right", on=True)
    assert crowd.size(700, 900) == {"right"}, "the left one has its room already"
    assert crowd.size(1600, 900) == {"right"}, "what a person folded stays so"


def test_of_two_docks_in_a_small_window_the_one_opened_last_stays() -> None:
    crowd = Crowd()
    assert crowd.size(700, 900) == {"left"}
    crowd.do("fold", dock="left")
    assert crowd.size(700, 900) == {"right"}
    crowd.do("fold", dock="right")
    assert crowd.size(700, 900) == {"left"}
    crowd.do("fold", dock="right")
    assert crowd.size(700, 900) == {"left", "right"}
    assert crowd.size(1600, 900) == {"right"}


def test_panels_below_can_be_opened_in_a_low_window() -> None:
    crowd = Crowd()
    assert crowd.size(1600, 400) == {"bottom"}
    crowd.do("fold", dock="bottom")
    assert crowd.size(1600, 400) == frozenset()
