"""Pictures on a real screen: whole, and in the frame after they were put there."""

import pytest

from benchmarks.textures import outcome

SIZES = ((90, 70), (60, 40), (31, 17))


@pytest.mark.screen
def test_a_picture_is_on_the_screen_in_the_next_frame() -> None:
    told = outcome("opengl", SIZES, rounds=2)
    first, second = told.names
    assert first is not None, "the name of the texture was not found"
    assert first != second
    assert max(told.off) <= 1
    assert max(told.late) == 1


@pytest.mark.screen
def test_where_there_is_no_opengl_the_toolkit_shows_it_later() -> None:
    told = outcome("toolkit", SIZES, rounds=2)
    assert told.names == [None, None]
    assert max(told.off) <= 1
    assert min(told.late) > 1, "it is as soon now: is the other way still needed?"
