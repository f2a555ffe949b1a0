"""Actions of the casting sheet: choose a look, carry it into a view, put it there."""

import os
from dataclasses import replace
from pathlib import Path

import numpy as np

from nsg_core.documents.guests import checkpoints_of, guest_key, split_key
from nsg_core.edits.casting import Insert
from nsg_core.errors import NsgError
from nsg_core.motion.ground import ground_of
from nsg_core.scene import PlacedBox, Pose, Scene, Vec3
from nsg_core.view import View
from nsg_editor.actions.registry import action
from nsg_editor.derived.looks import nobody
from nsg_editor.derived.marks import Line, Mark, Word, marks
from nsg_editor.geometry import picking
from nsg_editor.state import Dialog, EditorState
from nsg_editor.values import history
from nsg_editor.values.cast import (
    Guests,
    Member,
    guest_members,
    heading_near,
    members,
    place_ahead,
)
from nsg_editor.values.outline import joined


def cast_of(state: EditorState) -> tuple[Member, ...]:
    """Everybody whom the loaded model can draw."""
    own = members(state.drive.recording, state.model.keys)
    others = [member for some in state.cast.guests for member in guest_members(some)]
    return (*own, *others)


def member(state: EditorState, model: str | None) -> Member:
    """The member of a model key, or the chosen one; NsgError where there is none."""
    wanted = model or state.cast.chosen
    found = cast_of(state)
    if wanted is None and state.selected is not None:
        wanted = state.selected.model
    for one in found:
        if wanted in (one.model, one.name):
            return one
    if not found:
        raise NsgError(f"there is nobody to insert. {nobody(state.model)}")
    names = ", ".join(one.name for one in found)
    told = "choose somebody in the casting sheet" if wanted is None else f"not {wanted}"
    raise NsgError(f"{told}; there are: {names}.")


@action("cast-choose")
def choose(state: EditorState, model: str | None) -> EditorState:
    """Choose a look in the casting sheet."""
    chosen = None if model is None else member(state, model).model
    return replace(state, cast=replace(state.cast, chosen=chosen))


@action("insert")
def insert(
    state: EditorState,
    model: str | None = None,
    at: Vec3 | None = None,
    degrees: float | None = None,
) -> EditorState:
    """Put a copy of a trained object on the road: ahead, unless told where."""
    who = member(state, model)
    pose = pose_for(state, who, at)
    yaw = pose.yaw if degrees is None else float(np.radians(degrees))
    new = free_track(state)
    s = who.size
    edit = Insert(
        new,
        who.model,
        who.category,
        (s.length, s.height, s.width),
        pose.position,
        yaw,
        state.scope.frames(state.frame, state.scene.frames[-1]),
    )
    done = history.do(state.history, (edit,), state.selection, new)
    cast = replace(state.cast, chosen=who.model, carried=None, over=None)
    notice = f"{who.name} inserted as {done.present.scene.object(new).label}."
    return replace(
        state,
        history=done,
        selection=new,
        others=frozenset(),
        outline=joined(state.outline, (new,)),
        cast=cast,
        notice=notice,
    )


@action("cast-invite")
def invite(state: EditorState, path: Path) -> EditorState:
    """Add the objects of another checkpoint to the casting sheet."""
    path = Path(os.path.expanduser(path)).absolute()
    here = [g for g in state.cast.guests if not (g.problem or g.away)]
    if any(some.checkpoint == path for some in here):
        return replace(state, notice=f"The cast of {path.name} is here already.")
    if state.model.status != "ready":
        raise NsgError(f"guests are drawn beside a model. {nobody(state.model)}")
    return replace(state, cast=replace(state.cast, inviting=path))


@action("cast-dismiss")
def dismiss(state: EditorState, path: Path | None = None) -> EditorState:
    """Take the objects of another checkpoint off the casting sheet again."""
    guests = _invited(state, path)
    _unused(state, guests)
    cast = state.cast
    gone = {guest_key(guests.checkpoint, key) for key, _ in guests.objects}
    cast = replace(
        cast,
        guests=_joined(cast.guests, replace(guests, away=True)),
        chosen=None if cast.chosen in gone else cast.chosen,
        carried=None if cast.carried in gone else cast.carried,
    )
    told = f'{guests.source} is off the sheet; "Add ..." brings it back.'
    return replace(state, cast=cast, notice=told)


def _invited(state: EditorState, path: Path | None) -> Guests:
    """The guests of a checkpoint, or those that the chosen one belongs to."""
    if path is None:
        path, _ = split_key(state.cast.chosen or "")
    if path is None:
        raise NsgError("choose somebody of another checkpoint in the casting sheet.")
    path = Path(os.path.expanduser(path)).absolute()
    here = {g.checkpoint: g for g in state.cast.guests if not g.away}
    if path in here:
        return here[path]
    names = ", ".join(map(str, here)) or "no other checkpoint"
    raise NsgError(f"{path} is not on the casting sheet; there is: {names}.")


def _unused(state: EditorState, guests: Guests) -> None:
    """NsgError where the edits of a variant need them."""
    variants = state.history.present.variants
    needy = [v.name for v in variants if guests.checkpoint in checkpoints_of(v.edits)]
    if not needy:
        return
    where = f" of variant {' and '.join(needy)}" if len(variants) > 1 else ""
    raise NsgError(
        f"{guests.source} stays on the sheet: edits{where} use its looks; "
        "undo them first."
    )


@action("cast-invited", internal=True)
def invited(state: EditorState, guests: Guests | None, text: str) -> EditorState:
    """What another checkpoint has to offer, or why it has nothing."""
    cast = replace(state.cast, inviting=None)
    if guests is None:
        dialog = Dialog("Could not add their cast", text)
        return replace(state, cast=cast, dialog=dialog)
    cast = replace(cast, guests=_joined(cast.guests, guests))
    return replace(state, cast=cast, notice=text)


def _joined(guests: tuple[Guests, ...], new: Guests) -> tuple[Guests, ...]:
    """With one more; of a checkpoint what is known last holds."""
    if all(some.checkpoint != new.checkpoint for some in guests):
        return (*guests, new)
    return tuple(new if some.checkpoint == new.checkpoint else some for some in guests)


@action("cast-known", internal=True)
def known(state: EditorState, guests: tuple[Guests, ...]) -> EditorState:
    """Whom the checkpoints that the project names can draw, or why they cannot."""
    cast = replace(state.cast, expected=())
    troubled = {g.checkpoint for g in cast.guests if g.problem}
    fresh = [g for g in guests if g.problem and g.checkpoint not in troubled]
    for some in guests:
        cast = replace(cast, guests=_joined(cast.guests, some))
    known = replace(state, cast=cast)
    if not fresh:
        return known
    text = "\n\n".join(_missed(state, some) for some in fresh)
    return replace(known, dialog=Dialog("Objects of another checkpoint", text))


def _missed(state: EditorState, guests: Guests) -> str:
    """What is missing without a checkpoint, and what one can do."""
    nodes = state.history.present.scene.objects
    theirs = [n.label for n in nodes if split_key(n.model)[0] == guests.checkpoint]
    who = ", ".join(theirs[:5]) + (", ..." if len(theirs) > 5 else "")
    words = f"{who} cannot be drawn, and show as boxes only. " if theirs else ""
    return (
        f"{guests.problem}\n{words}Nothing of the project is lost: put the file back "
        "and open the project again, or give them another look."
    )


@action("cast-carry")
def carry(
    state: EditorState, model: str | None, over: Vec3 | None = None
) -> EditorState:
    """Carry a look over a view, before it is put there; nothing ends that."""
    if model is None:
        return replace(state, cast=replace(state.cast, carried=None, over=None))
    who = member(state, model)
    return replace(state, cast=replace(state.cast, carried=who.model, over=over))


def free_track(state: EditorState) -> int:
    """A track id that no object has, now or in the recording."""
    nodes = (*state.scene.objects, *state.drive.recording.objects)
    return max((node.track_id for node in nodes), default=-1) + 1


def pose_for(state: EditorState, who: Member, at: Vec3 | None) -> Pose:
    """Where somebody is put: on the road, facing as others do there."""
    recording = state.drive.recording
    if at is None:
        pose = place_ahead(recording, state.camera, state.frame)
    else:
        pose = Pose(at, heading_near(recording, at, who.category))
    x, _, z = pose.position
    return replace(pose, position=(x, road_height(recording, x, z), z))


def on_road(recording: Scene, view: View, u: float, v: float) -> Vec3 | None:
    """The place of the road that a pixel of a view shows; None above the horizon."""
    ground = ground_of(recording)
    point = view.ray(u, v)[0]
    # A road that rises is met elsewhere than a level one: a few looks are enough.
    for _ in range(4):
        met = picking.ground_point(view, u, v, float(ground.height(point[None])[0]))
        if met is None:
            return None
        point = met
    return _point(point)


def road_height(recording: Scene, x: float, z: float) -> float:
    """World y of the road at a place."""
    return float(ground_of(recording).height(np.array([[x, 0.0, z]]))[0])


@marks("cast")
def carried_box(state: EditorState) -> tuple[Mark, ...]:
    """The box of whom the mouse carries, where it would stand."""
    cast = state.cast
    if cast.carried is None or cast.over is None:
        return ()
    who = member(state, cast.carried)
    pose = pose_for(state, who, cast.over)
    box = PlacedBox(-1, who.category, who.model, who.size, pose)
    corners = picking.corners(box)
    lines = tuple(
        Line((_point(corners[a]), _point(corners[b])), "selected", 2.0)
        for a, b in picking.EDGES
    )
    return (*lines, Word(_point(corners[4:].mean(0)), who.name, "selected"))


def _point(values: np.ndarray) -> Vec3:
    x, y, z = values.tolist()
    return x, y, z
