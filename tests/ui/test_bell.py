"""How the window rests: no window is needed for that."""

import threading
import time

import pytest

from nsg_editor.ui.bell import Bell

LONG = 20.0


def still() -> bool:
    return False


def rested(bell: Bell, seconds: float, waits: bool) -> float:
    began = time.monotonic()
    bell.rest(seconds, waits, still)
    return time.monotonic() - began


@pytest.mark.parametrize("waits", [False, True])
def test_a_picture_wakes(waits: bool) -> None:
    bell = Bell()
    threading.Timer(0.05, bell.picture).start()
    assert rested(bell, LONG, waits) < LONG / 2


def test_shapes_wake_unless_a_first_picture_is_waited_for() -> None:
    bell = Bell()
    bell.shapes()
    assert rested(bell, LONG, waits=False) < LONG / 2
    bell.shapes()
    assert rested(bell, 0.1, waits=True) >= 0.1


def test_the_mouse_wakes_unless_a_first_picture_is_waited_for() -> None:
    looks: list[bool] = []

    def moved() -> bool:
        looks.append(True)
        return True

    Bell().rest(LONG, False, moved)
    assert looks == [True]
    Bell().rest(0.05, True, moved)
    assert looks == [True]


def test_what_a_frame_has_shown_wakes_nobody() -> None:
    bell = Bell()
    bell.picture()
    bell.hush()
    assert rested(bell, 0.1, waits=True) >= 0.1
