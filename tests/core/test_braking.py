"""Who brakes hard, who must brake behind it, and who is told."""

from dataclasses import replace

import pytest

from nsg_core.documents.scene_file import edits_to_json
from nsg_core.errors import NsgError
from nsg_core.manoeuvres.table import plan
from nsg_core.motion.trajectory import doubts, motion
from nsg_core.scene import Scene
from tests.core.traffic import changed, collisions, drive, node, street


def queue() -> Scene:
    """Three in a row in our lane, and one beside them."""
    return drive(
        node(0, 0.0, 60.0, 8.0),
        node(1, 0.0, 48.0, 8.5),
        node(2, 0.0, 38.0, 9.0),
        node(3, 4.0, 40.0, 8.0),
        speed=4.0,
    )


def test_those_behind_brake_too_and_later():
    scene = queue()
    values = {"track": 0, "start": 10, "braking": 6.0, "reaction": 0.8}
    made = plan(scene, "hard-brake", values)
    after = made.apply(scene)
    assert collisions(after) == 0
    assert {o.track_id for o in changed(scene, after)} == {0, 1, 2}
    for track in (0, 1, 2):
        assert doubts(after.object(track).track, "Car") == ()
        same = 10 if track == 0 else 18
        assert (
            after.object(track).track.poses[:same]
            == (scene.object(track).track.poses[:same])
        )
    assert motion(after.object(2).track).speed[-5:].max() < 0.1
    # Who brakes only to a walking pace goes on.
    slow = plan(scene, "hard-brake", values | {"slow": 2.0}).apply(scene)
    assert motion(slow.object(0).track).speed[-1] == pytest.approx(2.0, abs=0.05)
    assert collisions(slow) == 0


def test_who_cannot_brake_in_time_is_named():
    scene = drive(node(0, 0.0, 40.0, 12.0), node(1, 0.0, 34.9, 12.0), speed=2.0)
    values = {"track": 0, "start": 10, "braking": 7.9, "reaction": 1.5}
    with pytest.raises(NsgError, match=r"Car 1 would drive into Car 0 in frame \d+"):
        plan(scene, "hard-brake", values)
    # Sooner it can.
    sooner = plan(scene, "hard-brake", values | {"reaction": 0.0, "braking": 4.0})
    assert collisions(sooner.apply(scene)) == 0


def test_it_is_told_when_we_would_run_into_who_brakes():
    made = plan(street(), "hard-brake", {"start": 5, "braking": 7.0})
    (warning,) = made.warnings
    assert warning.startswith("Car 0 is in the way of the recorded vehicle in frames ")
    slower = drive(node(0, 0.0, 25.0, 8.0), speed=2.0)
    assert plan(slower, "hard-brake", {"start": 5}).warnings == ()


def test_the_paper_s_manoeuvres_warn_and_do_what_they_were_told():
    scene = drive(node(0, 0.0, 20.0, 8.0), node(1, 3.5, 20.0, 8.0), speed=8.0)
    made = plan(scene, "translate", {"track": 0, "right": 3.0})
    assert made.warnings == ("Car 0 stands in Car 1 in frames 0-60.",)
    assert made.apply(scene).object(0).track.poses[0].position[0] == pytest.approx(3.0)
    free = plan(scene, "translate", {"track": 0, "right": -3.0})
    assert free.warnings == ()
    onto_us = plan(scene, "translate", {"track": 0, "ahead": -20.0, "right": 0.001})
    assert "the recorded vehicle" in " ".join(onto_us.warnings)
    # What stood in each other before is no news; files keep no warnings.
    both = made.apply(scene)
    assert plan(both, "rotate", {"track": 0, "degrees": 3.0}).warnings == ()
    assert edits_to_json((made,)) == edits_to_json((replace(made, warnings=()),))
    assert made == replace(made, warnings=())
