"""Time in the real window: keys of the keyboard, the strip, a way drawn on the map."""

from collections.abc import Iterator

import numpy as np
import pytest

from tests.editor.scenes import street
from tests.ui.screens import Desk, desk

pytestmark = pytest.mark.screen


@pytest.fixture(scope="module")
def editor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """One window for all tests here: a second one in a process would crash."""
    with desk(tmp_path_factory.mktemp("desk")) as opened:
        opened.ask("wait-final")
        yield opened


def test_the_strip_is_scrubbed_and_a_range_swept_over_it(editor: Desk) -> None:
    x, y, width, height = editor.state()["fields"]["strip"]
    at = [x + 8 + i / 3 * (width - 16) for i in range(4)]
    editor.click(at[2], y + height / 2)
    editor.until(lambda s: s["frame"] == 2)
    editor.hand("keydown", "shift")
    editor.state()
    editor.drag([at[0], y + height / 2], [at[1], y + height / 2])
    editor.hand("keyup", "shift")
    swept = editor.until(lambda s: s["scope"]["kind"] == "range")
    assert swept["scope"]["frames"] == [0, 1]
    assert swept["frame"] == 2
    editor.hand("key", "t")
    after = editor.until(lambda s: s["scope"]["kind"] != "range")
    assert after["scope"]["kind"] == "key"
    editor.ask("scope", kind="track")


def test_keys_are_set_and_found_with_the_keyboard(editor: Desk) -> None:
    editor.ask("select", track=0)
    editor.ask("frame", to=1)
    editor.hand("key", "i")
    editor.until(lambda s: s["keys"] == [1])
    editor.ask("frame", to=3)
    editor.hand("key", "i")
    editor.until(lambda s: s["keys"] == [1, 3])
    editor.hand("key", "Down")
    editor.until(lambda s: s["frame"] == 1)
    editor.hand("key", "alt+i")
    left = editor.until(lambda s: s["keys"] == [3])
    assert left["undo"] == 3


def test_a_way_is_clicked_on_the_map_and_driven(editor: Desk) -> None:
    editor.ask("frame", to=0)
    before = editor.ask("select", track=0)
    editor.hand("key", "d")
    editor.until(lambda s: s["drawing"] is not None)
    x, y = before["panes"]["map"]["boxes"]["0"]
    scale = before["views"]["map"]["scale"]
    # Eight metres ahead, then ten more and four to the right.
    editor.click(x, y - 8 * scale)
    editor.click(x + 4 * scale, y - 18 * scale)
    drawn = editor.until(lambda s: len(s["drawing"] or ()) == 3)
    start = street().object(0).track.poses[0].position
    np.testing.assert_allclose(
        np.subtract(drawn["drawing"], start)[:, [0, 2]],
        [[0, 0], [0, 8], [4, 18]],
        atol=0.6,
    )
    editor.hand("key", "Return")
    done = editor.until(lambda s: s["drawing"] is None)
    assert done["edits"][-1] == "Path of track 0 through 3 points"
    assert done["selection"] == 0
    editor.hand("key", "d")
    editor.until(lambda s: s["drawing"] is not None)
    editor.hand("key", "Escape")
    dropped = editor.until(lambda s: s["drawing"] is None)
    assert dropped["edits"] == done["edits"]


def test_a_diamond_is_dragged_copied_and_deleted_and_a_held_key_acts_once(
    editor: Desk,
) -> None:
    while editor.ask("undo")["undo"]:
        pass
    editor.ask("select", track=0)
    editor.ask("key-set", frame=1)
    x, y, width, _ = editor.ask("frame", to=0)["fields"]["strip"]
    at = [[x + 8 + i / 3 * (width - 16), y + 32] for i in range(4)]
    editor.drag(at[1], at[2])
    editor.until(lambda s: s["keys"] == [2] and not s["gesture"])
    editor.hand("keydown", "ctrl")
    editor.drag(at[2], at[3])
    editor.hand("keyup", "ctrl")
    editor.until(lambda s: s["keys"] == [2, 3] and not s["gesture"])
    editor.click(*at[2])
    editor.until(lambda s: s["frame"] == 2)
    editor.hand("key", "Delete")
    left = editor.until(lambda s: s["keys"] == [3])
    assert left["undo"] == 4
    assert "0" in left["names"]
    editor.hand("keydown", "t")
    editor.until(lambda s: s["scope"]["kind"] == "from-here")
    assert editor.ask("wait", seconds=1.0)["scope"]["kind"] == "from-here"
    editor.hand("keyup", "t")
    editor.ask("scope", kind="track")
    # Tab is no way into a text field, which would take all further keys.
    for track in (1, 2):
        editor.hand("key", "Tab")
        state = editor.until(lambda s, track=track: s["selection"] == track)
        assert not state["typing"]
