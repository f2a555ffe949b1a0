"""Manoeuvres on drives by hand: on the road, free of others, possible, repeatable."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from nsg_core.cli import main
from nsg_core.datasets import kitti_tracking as tracking
from nsg_core.datasets.opening import open_sequence
from nsg_core.documents.project import Project, Variant, load_project, save_project
from nsg_core.documents.scene_file import edits_from_json, edits_to_json, read_edits
from nsg_core.edits.edit import Remove, replay
from nsg_core.errors import FileError, NsgError
from nsg_core.manoeuvres.road import road_of
from nsg_core.manoeuvres.table import RECIPES, Manoeuvre, plan
from nsg_core.motion.sightings import sightings, unseen
from nsg_core.motion.trajectory import doubts, motion, places
from nsg_core.scene import Camera, Scene, Track
from tests.core.traffic import (
    AHEAD,
    changed,
    collisions,
    drive,
    node,
    street,
)


@pytest.mark.parametrize("name", sorted(RECIPES))
def test_every_manoeuvre_is_edits_and_the_same_for_the_same_seed(name):
    scene = street()
    made = plan(scene, name, seed=3)
    assert made == plan(street(), name, seed=3)
    assert scene == street()
    after = made.apply(scene)
    assert after != scene
    assert after == replay(scene, made.edits)
    data = json.loads(json.dumps(edits_to_json((made,))))
    (read,) = edits_from_json(data, Path("edits.json"))
    assert isinstance(read, Manoeuvre)
    assert (read.name, read.settings, read.seed) == (name, made.settings, 3)
    assert [e.label for e in read.edits] == [e.label for e in made.edits]


DRIVEN = ("cut-in", "hard-brake", "lane-change", "follow", "oncoming", "traffic-jam")


@pytest.mark.parametrize("name", DRIVEN)
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_what_is_driven_is_possible_free_and_on_the_road(name, seed):
    scene = street()
    after = plan(scene, name, seed=seed).apply(scene)
    assert collisions(after) == 0
    movers = changed(scene, after)
    assert movers
    for mover in movers:
        assert doubts(mover.track, mover.category) == ()
        points = places(mover.track)
        # The hill rises by 2 cm a metre; y points down.
        np.testing.assert_allclose(points[:, 1], 1.65 - 0.02 * points[:, 2], atol=0.25)
    ours = road_of(after)
    # We are recorded: that somebody brakes ahead of us does not stop us.
    for mover in movers if name != "hard-brake" else ():
        s, side = ours.path.locate(places(mover.track))
        behind = np.abs(s - np.resize(ours.ego, len(s))) < 3.0
        assert not (behind & (np.abs(side) < 1.5)).any()


def test_a_cut_in_ends_ahead_of_us_in_our_lane():
    scene = street()
    values = {"side": "left", "gap": 7.0, "ahead": 3.0, "start": 10, "seconds": 3.0}
    (car,) = changed(scene, plan(scene, "cut-in", values).apply(scene))
    s, side = road_of(scene).path.locate(places(car.track))
    ahead = s - 0.8 * np.arange(61) - 2.5 - car.size.length / 2
    assert side[0] == pytest.approx(-3.5, abs=0.01)
    assert side[-1] == pytest.approx(0.0, abs=0.01)
    assert ahead[[0, -1]] == pytest.approx([3.0, 7.0], abs=0.1)
    assert (np.diff(side) >= -1e-6).all()


def test_who_brakes_hard_stands_after_v_over_a():
    scene = street()
    after = plan(scene, "hard-brake", {"start": 10, "braking": 5.0}).apply(scene)
    track = after.object(0).track
    assert track.poses[:10] == scene.object(0).track.poses[:10]
    # From 8 m/s with 5 m/s2: 6.4 m in 1.6 seconds.
    gone = places(track)[-1, 2] - places(track)[10, 2]
    assert gone == pytest.approx(6.4, abs=0.1)
    assert motion(track).speed[35:].max() < 0.05
    assert motion(track).acceleration.min() > -6.0


def test_who_changes_lanes_is_one_lane_over_and_straight_again():
    scene = street()
    values = {"side": "left", "start": 5, "lane": 3.0}
    track = plan(scene, "lane-change", values).apply(scene).object(0).track
    assert track.poses[0].position[0] == pytest.approx(0.0)
    assert track.poses[-1].position[0] == pytest.approx(-3.0, abs=1e-3)
    assert track.poses[-1].yaw == pytest.approx(AHEAD, abs=0.01)
    # Yaw is about an axis that points down: to the left it falls.
    assert min(p.yaw for p in track.poses) < AHEAD - 0.05


def test_a_follower_keeps_its_distance():
    scene = drive(node(0, 0.0, 40.0, 8.0))
    after = plan(scene, "follow", {"distance": 6.0, "delay": 0.0}).apply(scene)
    (car,) = changed(scene, after)
    gap = places(scene.object(0).track)[:, 2] - places(car.track)[:, 2]
    np.testing.assert_allclose(gap, 6.0 + 4.2, atol=0.3)


def test_who_comes_the_other_way_faces_us():
    scene = street()
    after = plan(scene, "oncoming", {"speed": 10.0, "count": 3}).apply(scene)
    cars = changed(scene, after)
    assert len(cars) == 3
    for car in cars:
        np.testing.assert_allclose(motion(car.track).speed, 10.0, atol=0.2)
        assert np.diff(places(car.track)[:, 2]).max() < 0
        assert car.track.poses[0].yaw == pytest.approx(-AHEAD, abs=0.01)
        assert places(car.track)[0, 0] == pytest.approx(-3.5, abs=0.01)


def test_a_jam_has_as_many_as_were_asked_for_and_creeps():
    scene = street()
    cars = changed(scene, plan(scene, "traffic-jam", {"count": 9}).apply(scene))
    assert len(cars) == 9
    assert len({car.track_id for car in cars}) == 9
    sides = {round(float(places(car.track)[0, 0]) / 3.5) for car in cars}
    assert sides == {-1, 0, 1}


def test_removing_traffic():
    scene = street()
    gone = plan(scene, "remove-traffic").apply(scene)
    assert [o.category for o in gone.objects] == ["Pedestrian"]
    driving = plan(scene, "remove-traffic", {"parked": False}).apply(scene)
    assert [o.track_id for o in driving.objects] == [1, 2]
    kept = plan(scene, "remove-traffic", {"who": "everybody", "keep": 1}).apply(scene)
    assert [o.track_id for o in kept.objects] == [1]


def test_who_is_in_the_way_makes_way_if_it_shall():
    scene = drive(node(0, 0.0, 25.0, 8.0), node(1, -3.5, 25.0, 8.0, "Van"))
    values: dict[str, object] = {"track": 0, "side": "left", "start": 5}
    with pytest.raises(NsgError, match="somebody is in the way on the left of Car 0"):
        plan(scene, "lane-change", values)
    made = plan(scene, "lane-change", values | {"make_way": True})
    assert made.edits[0] == Remove(1)
    assert collisions(made.apply(scene)) == 0


def test_the_manipulations_of_the_paper():
    scene = street()

    def track(name: str, **values: object) -> Track:
        return plan(scene, name, {"track": 0} | values).apply(scene).object(0).track

    before = scene.object(0).track
    assert track("rotate", degrees=90.0).poses[0].yaw == pytest.approx(0.0)
    spun = track("rotate", degrees=0.0, spin=90.0)
    assert spun.poses[10].yaw == pytest.approx(0.0, abs=1e-9)
    further = places(track("move-along", metres=4.0)) - places(before)
    np.testing.assert_allclose(further[:, 2], 4.0, atol=0.05)
    aside = places(track("translate", right=2.0, up=0.5)) - places(before)
    np.testing.assert_allclose(aside, [[2.0, -0.5, 0.0]] * 61, atol=1e-9)
    danced = places(track("dance", sway=0.8, seconds=2.0)) - places(before)
    assert danced[:, 0].max() == pytest.approx(0.8, abs=0.01)
    assert danced[[0, 10, 20], 0] == pytest.approx([0.0, 0.0, 0.0], abs=1e-9)
    switched = plan(scene, "switch", {"track": 0, "other": 1}).apply(scene)
    assert switched.object(0).track == scene.object(1).track
    assert switched.object(1).track == before
    onto = track("move-along", onto=1, metres=6.0)
    assert onto.poses[0].position == pytest.approx((6.5, 1.65 - 0.36, 18.0), abs=0.1)
    more = plan(scene, "oversample", {"count": 4}, seed=1).apply(scene)
    assert len(changed(scene, more)) == 4
    assert collisions(more) == 0


@pytest.mark.parametrize(
    ("name", "values", "message"),
    [
        ("cut-on", {}, "no manoeuvre 'cut-on'; there are: remove-traffic"),
        ("cut-in", {"gaps": 3}, "cut-in has no parameter 'gaps'"),
        ("cut-in", {"gap": 0.2}, "gap must be a number from 1 to 100 .m."),
        ("cut-in", {"side": "up"}, "side must be one of either, left, right"),
        ("cut-in", {"make_way": 1}, "make_way must be true or false"),
        ("cut-in", {"track": 1.5}, "track must be a whole number"),
        ("cut-in", {"start": 99}, "frame 99 is outside"),
        ("cut-in", {"track": 2}, "Pedestrian 2 is no vehicle"),
        ("hard-brake", {"track": 1}, "Van 1 is parked"),
        ("hard-brake", {"track": 77}, "no track 77"),
        ("follow", {"track": 0, "leader": 0}, "follow itself"),
        ("rotate", {"degrees": 0.0}, "changes nothing"),
        ("translate", {"right": 0.0}, "changes nothing"),
        ("switch", {"track": 1, "other": 1}, "with itself"),
    ],
)
def test_what_does_not_fit_is_said_in_words(name, values, message):
    with pytest.raises(NsgError, match=message):
        plan(street(), name, values)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("hard-brake", "no vehicle drives in this drive"),
        ("cut-in", "no car, van or truck whose look"),
        ("oversample", "no vehicle to copy"),
        ("switch", "two vehicles are needed"),
        ("remove-traffic", "no traffic"),
        ("rotate", "has no vehicle"),
    ],
)
def test_without_vehicles_it_is_said_what_is_needed(name, message):
    with pytest.raises(NsgError, match=message):
        plan(drive(node(2, 9.0, 9.0, 1.0, "Pedestrian")), name)


def test_nobody_can_cut_in_ahead_of_who_stands():
    with pytest.raises(NsgError, match="hardly moves"):
        plan(drive(node(0, 9.0, 25.0, 8.0), speed=0.0), "cut-in")


def test_new_objects_get_tracks_that_nobody_had():
    scene = street()
    less = replace(scene, objects=scene.objects[:1])
    made = plan(less, "cut-in", reserved=40)
    assert {o.track_id for o in made.apply(less).objects} == {0, 41}


def test_a_broken_manoeuvre_in_a_file_is_refused():
    edit = {"do": "manoeuvre", "name": "cut-in", "settings": {"gap": -3}, "edits": []}
    with pytest.raises(FileError, match="gap must be a number"):
        edits_from_json({"format": "nsg-edits/1", "edits": [edit]}, Path("e.json"))
    inner = edit | {"settings": {}, "edits": [{"do": "fly"}]}
    with pytest.raises(FileError, match="edit 1 of edit 1"):
        edits_from_json({"format": "nsg-edits/1", "edits": [inner]}, Path("e.json"))


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A few frames of the synthetic street on disk."""
    folder = tmp_path_factory.mktemp("street") / "d"
    assert main(["demo", str(folder), "--frames", "6", "--size", "64x48"]) == 0
    return folder


def test_from_the_command_line(data, tmp_path, capsys):
    out = tmp_path / "edits.json"
    words = ["manoeuvre", "traffic-jam", str(data), "-o", str(out)]
    assert main([*words, "--set", "count=3", "--set", "where=left", "--seed", "5"]) == 0
    (made,) = read_edits(out)
    assert isinstance(made, Manoeuvre)
    assert dict(made.settings)["count"] == 3
    scene = open_sequence(data).scene
    again = plan(scene, "traffic-jam", {"count": 3, "where": "left"}, 5)
    assert made.settings == again.settings
    for a, b in zip(made.apply(scene).objects, again.apply(scene).objects, strict=True):
        assert a.track.frames == b.track.frames
        np.testing.assert_allclose(places(a.track), places(b.track), atol=1e-9)
    capsys.readouterr()
    assert main(["manoeuvre", "list"]) == 0
    told = capsys.readouterr().out
    assert all(f"{name}: " in told for name in RECIPES)
    assert main([*words, "--set", "count=300"]) == 2
    assert "count must be a whole number from 1 to 60" in capsys.readouterr().err
    assert main(["manoeuvre", "cut-in"]) == 2
    assert "nsg manoeuvre cut-in DATA -o" in capsys.readouterr().err


def test_a_project_goes_first(data, tmp_path):
    project = tmp_path / "a.nsgproj"
    save_project(project, Project(data, edits=(Remove(0),)))
    out = tmp_path / "edits.json"
    assert main(["manoeuvre", "translate", str(project), "-o", str(out)]) == 0
    first, made = read_edits(out)
    assert first == Remove(0)
    assert isinstance(made, Manoeuvre)
    both = tmp_path / "b.nsgproj"
    variants = (Variant("A", (Remove(0),)), Variant("B", (Remove(1),)))
    save_project(project, replace(load_project(project), variants=variants))
    assert main(["manoeuvre", "translate", str(project), "-o", str(both)]) == 0
    whole = load_project(both)
    assert [edit.label for edit in whole.edits] == [first.label, made.label]
    assert [len(one.edits) for one in whole.variants] == [2, 1]
    refused = [
        "manoeuvre",
        "translate",
        str(project),
        "-o",
        str(out),
        "--frames",
        "0-3",
    ]
    assert main(refused) == 2


def recorded(shared: Path, number: int) -> Scene:
    """The first frames of a real drive; its pictures are not needed."""
    files = tracking.Files(shared / "kitti" / "training", f"{number:04d}")
    count = min(len(tracking.read_oxts(files.text("oxts"))), 120)
    Ts = tracking.vehicle_poses(files, (), tuple(range(count)))
    labels = [label for label in tracking.sequence_labels(files) if label.frame < count]
    objects = tracking.make_objects(labels, dict(enumerate(Ts)))
    poses = tuple(tuple(T.ravel().tolist()) for T in Ts)
    camera = Camera("image_02", 1242, 375, 721.5, 721.5, 609.6, 172.9, poses)
    return Scene("kitti", f"{number:04d}", tuple(range(count)), (camera,), objects)


@pytest.mark.slow
@pytest.mark.parametrize("number", [0, 5, 8, 10, 14, 18])
def test_on_real_drives_nothing_impossible_is_driven(shared, number):
    scene = recorded(shared, number)
    before = {o.track_id: o for o in scene.objects}
    done = 0
    for name in DRIVEN:
        try:
            after = plan(scene, name).apply(scene)
        except NsgError:
            continue
        done += 1
        for mover in changed(scene, after):
            # Trembling labels may have been doubted before.
            old = before.get(mover.track_id)
            known = doubts(old.track, old.category) if old else ()
            found = doubts(mover.track, mover.category)
            assert {d.quantity for d in found} <= {d.quantity for d in known}
    assert done >= 4


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize(("name", "seen"), [("oncoming", 7), ("cut-in", 0)])
def test_new_vehicles_wear_looks_that_were_seen_from_there(name, seen, seed):
    """Of what the cameras never saw of a car its model knows nothing."""
    ahead, coming = node(0, 0.0, 25.0, 8.0), node(7, -9.0, 60.0, -3.0)
    scene = drive(ahead, coming)
    after = plan(scene, name, seed=seed).apply(scene)
    looks = {o.model for o in after.objects if o.track_id not in (0, 7)}
    assert looks == {f"object/{seen}"}
    (copy, *_) = (o for o in after.objects if o.track_id not in (0, 7))
    sights = sightings(scene)
    other = replace(copy, model=f"object/{7 - seen}")
    shown, never = (unseen(scene, o, copy.track, sights) for o in (copy, other))
    assert shown < 30
    assert never > 90
