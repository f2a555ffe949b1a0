"""The mouse between two frames, with a screen that is told what to say."""

from hypothesis import given
from hypothesis import strategies as st

from nsg_editor.ui.ahead import Ahead, Sight

CORNERS = st.tuples(st.integers(-50, 2000), st.integers(-50, 2000))
PLACES = st.tuples(st.integers(0, 1599), st.integers(0, 899))


class Screen:
    """Where the mouse is, whatever the toolkit says."""

    def __init__(self) -> None:
        self.sight: Sight | None = None

    def put(self, at: tuple[int, int], corner: tuple[int, int], held: bool) -> None:
        """The mouse is there, in a window that is there."""
        self.sight = Sight(at[0] + corner[0], at[1] + corner[1], held)

    def look(self) -> Sight | None:
        """What the X server would say."""
        return self.sight


@given(CORNERS, PLACES, PLACES)
def test_a_held_mouse_is_followed_once_both_agree(
    corner: tuple[int, int], rest: tuple[int, int], now: tuple[int, int]
) -> None:
    screen = Screen()
    ahead = Ahead(screen.look)
    screen.put(now, corner, True)
    assert ahead.point(rest, corner) == rest
    screen.put(rest, corner, False)
    ahead.before_frame()
    ahead.after_frame(rest, corner)
    screen.put(now, corner, True)
    assert ahead.point(rest, corner) == now


@given(CORNERS, PLACES)
def test_a_screen_that_disagrees_is_not_believed(
    corner: tuple[int, int], rest: tuple[int, int]
) -> None:
    """Scaled pixels, or a border that is counted by one of them only."""
    screen = Screen()
    ahead = Ahead(screen.look)
    screen.put((rest[0] + 7, rest[1]), corner, False)
    ahead.before_frame()
    ahead.after_frame(rest, corner)
    screen.put((5, 5), corner, True)
    assert ahead.point(rest, corner) == rest


def test_a_window_that_was_moved_is_learnt_anew() -> None:
    screen = Screen()
    ahead = Ahead(screen.look)
    screen.put((10, 10), (0, 0), False)
    ahead.before_frame()
    ahead.after_frame((10, 10), (0, 0))
    screen.put((20, 20), (100, 0), True)
    assert ahead.point((10, 10), (100, 0)) == (10, 10)


def test_what_was_let_go_stays_until_the_toolkit_knows_where() -> None:
    screen = Screen()
    ahead = Ahead(screen.look)
    screen.put((10, 10), (0, 0), False)
    ahead.before_frame()
    ahead.after_frame((10, 10), (0, 0))
    screen.put((20, 20), (0, 0), True)
    assert ahead.point((10, 10), (0, 0)) == (20, 20)
    screen.put((90, 90), (0, 0), False)
    assert ahead.point((12, 12), (0, 0)) == (20, 20)
    ahead.let_go()
    assert ahead.point((12, 12), (0, 0)) == (12, 12)


def test_a_resting_window_is_woken_by_the_mouse_and_its_buttons() -> None:
    screen = Screen()
    ahead = Ahead(screen.look)
    assert not ahead.knows
    screen.put((10, 10), (100, 0), False)
    ahead.before_frame()
    ahead.after_frame((10, 10), (100, 0))
    assert ahead.knows
    assert not ahead.moved((800, 600))
    screen.put((11, 10), (100, 0), False)
    assert ahead.moved((800, 600))
    screen.put((10, 10), (100, 0), True)
    assert ahead.moved((800, 600))
    # Somewhere else it is none of this window's business.
    screen.put((801, 10), (100, 0), False)
    assert not ahead.moved((800, 600))


def test_without_a_server_the_toolkit_is_believed() -> None:
    ahead = Ahead(lambda: None)
    ahead.before_frame()
    ahead.after_frame((3.0, 4.0), (0, 0))
    assert ahead.point((3.0, 4.0), (0, 0)) == (3.0, 4.0)
    assert not ahead.knows
    assert not ahead.moved((800, 600))
