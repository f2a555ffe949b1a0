"""What looks wrong in the edited drive, and the actions that mend it."""

import math
from dataclasses import replace

from nsg_core.checks.checker import Checker, Finding, known_of, mend
from nsg_core.edits.edit import Edit, replay
from nsg_core.errors import NsgError
from nsg_core.motion.sightings import SECTORS, sight_angle
from nsg_core.scene import Scene, Vec3
from nsg_editor.actions.registry import action
from nsg_editor.derived.holding import locked_words
from nsg_editor.derived.marks import Line, Mark, Word, marks
from nsg_editor.derived.scope import held
from nsg_editor.state import EditorState
from nsg_editor.values import history
from nsg_editor.values.survey import Survey

ROUNDS = 4
"""One mend may bring up the next doubt: so often all is mended again."""

_checker: Checker | None = None
_answer: tuple[Scene, int, Vec3, tuple[Finding, ...]] | None = None


def checker_of(recording: Scene) -> Checker:
    """The checker of a recording; the last one is kept, for it took a while."""
    global _checker
    if _checker is None or _checker.known.recording is not recording:
        _checker = Checker(known_of(recording))
    return _checker


def eye_of(state: EditorState, frame: int | None = None) -> Vec3:
    """Where pictures of a frame are taken from: the camera, or its path."""
    if frame is None and state.flying and state.free is not None:
        T = state.free
    else:
        at = state.frame if frame is None else frame
        T = state.scene.view(state.camera, at).T_world_camera
    return T[3], T[7], T[11]


def findings(state: EditorState) -> tuple[Finding, ...]:
    """What looks wrong in the state's frame; the worst comes first."""
    global _answer
    eye = eye_of(state)
    last = _answer
    if last is None or last[0] is not state.scene or last[1:3] != (state.frame, eye):
        checker = checker_of(state.drive.recording)
        found = checker.check(state.scene, state.frame, eye)
        _answer = last = (state.scene, state.frame, eye, found)
    return last[3]


def doubtful(state: EditorState) -> dict[int, bool]:
    """The tracks that something is wrong with in this frame, and whether it is bad."""
    found: dict[int, bool] = {}
    for finding in findings(state):
        found[finding.track] = found.get(finding.track, False) or finding.bad
    return found


def _mends(state: EditorState, finding: Finding, scene: Scene) -> tuple[Edit, ...]:
    node = scene.object(finding.track)
    if node.locked:
        raise NsgError(locked_words(node.label))
    known = checker_of(state.drive.recording).known
    return mend(finding, scene, state.frame, held(state), known)


def _done(state: EditorState, edits: tuple[Edit, ...], notice: str) -> EditorState:
    if not edits:
        return replace(state, notice="Nothing could be mended.")
    done = history.do(state.history, edits, state.selection, state.selection)
    return replace(state, history=done, notice=notice)


@action("mend")
def mend_one(
    state: EditorState, kind: str | None = None, track: int | None = None
) -> EditorState:
    """Mend the first thing that looks wrong, or that of a kind and object."""
    found = [
        f
        for f in findings(state)
        if kind in (None, f.kind) and track in (None, f.track)
    ]
    if not found:
        raise NsgError("nothing looks wrong here in this frame.")
    first = found[0]
    state = replace(state, selection=first.track, others=frozenset())
    edits = _mends(state, first, state.scene)
    told = first.mend if first.kind != "motion" else ", ".join(e.label for e in edits)
    return _done(state, edits, f"{told}: done.")


@action("to-ground")
def to_ground(state: EditorState) -> EditorState:
    """Put the selected object down on the road, where it floats or is sunk."""
    node = state.selected
    if node is None:
        raise NsgError("nothing is selected; click an object first.")
    here = (f.kind for f in findings(state) if f.track == node.track_id)
    if "ground" not in here:
        return replace(state, notice=f"{node.label} stands on the road.")
    return mend_one(state, "ground", node.track_id)


@action("mend-all")
def mend_all(state: EditorState) -> EditorState:
    """Mend everything that looks wrong in this frame, as one step."""
    checker, eye = checker_of(state.drive.recording), eye_of(state)
    scene, edits = state.scene, list[Edit]()
    for _ in range(ROUNDS):
        mended = set[int]()
        for finding in checker.check(scene, state.frame, eye):
            if finding.track in mended:
                continue
            try:
                more = _mends(state, finding, scene)
            except NsgError:
                # It is left to look at, and says itself why.
                continue
            mended.add(finding.track)
            scene = replay(scene, more)
            edits += more
        if not mended:
            break
    left = len(checker.check(scene, state.frame, eye))
    told = "All mended." if not left else f"{left} are left to look at."
    done = _done(state, tuple(edits), told)
    if len(edits) < 2:
        return done
    label = f"Mend what looked wrong in frame {state.frame} ({len(edits)} edits)"
    present = replace(done.history.present, label=label)
    return replace(done, history=replace(done.history, present=present))


@action("check-all")
def check_all(state: EditorState) -> EditorState:
    """Look through all frames for what looks wrong."""
    checker = checker_of(state.drive.recording)
    counts: list[tuple[int, int]] = []
    for frame in state.scene.frames:
        count = len(checker.check(state.scene, frame, eye_of(state, frame)))
        if count:
            counts.append((frame, count))
    told = f"{len(counts)} frames have something to look at." if counts else "All good."
    return replace(state, survey=Survey(tuple(counts), state.edits), notice=told)


@marks("sides")
def side_marks(state: EditorState) -> tuple[Mark, ...]:
    """Around the selected object: which sides were seen, and where the camera is."""
    node, pose = state.selected, state.selected_pose
    if not state.boxes or node is None or pose is None or not node.visible:
        return ()
    sides = checker_of(state.drive.recording).known.sides.get(node.model)
    if sides is None:
        return ()
    x, y, z = pose.position
    radius = math.hypot(node.size.length, node.size.width) / 2 + 0.75
    step = 360 / SECTORS

    def at(degrees: float, r: float = radius) -> Vec3:
        angle = pose.yaw + math.radians(degrees)
        return (x + r * math.cos(angle), y, z - r * math.sin(angle))

    colours = [
        "good" if g <= 20 else "warning" if g <= 50 else "bad" for g in sides.away
    ]
    found: list[Mark] = []
    start = 0
    for i in range(1, SECTORS + 1):
        if i == SECTORS or colours[i] != colours[start]:
            arc = tuple(at((k - 0.5) * step) for k in range(start, i + 1))
            found.append(Line(arc, colours[start], 2.5))
            start = i
    here = sight_angle(pose, eye_of(state))
    found.append(Line((at(here, radius - 0.3), at(here, radius + 0.3)), "text", 3.0))
    return tuple(found)


@marks("doubts")
def doubt_marks(state: EditorState) -> tuple[Mark, ...]:
    """A word over each object that something is wrong with."""
    if not state.boxes:
        return ()
    found: list[Mark] = []
    worst: dict[int, Finding] = {}
    for finding in findings(state):
        worst.setdefault(finding.track, finding)
    for track, finding in worst.items():
        node = state.scene.object(track)
        pose = node.track.at(state.frame)
        if pose is not None:
            x, y, z = pose.position
            colour = "bad" if finding.bad else "warning"
            above = (x, y - node.size.height - 0.3, z)
            found.append(Word(above, WORDS[finding.kind], colour, plate=True))
    return tuple(found)


WORDS = {
    "overlap": "overlaps",
    "ground": "not on the road",
    "side": "unseen side",
    "detail": "too near to be sharp",
    "camera": "at the camera",
    "motion": "implausible motion",
    "heading": "faces off its way",
}
"""What the views say beside an object."""
