"""The state as JSON: what `--play` writes down and the control channel answers."""

import math

from nsg_core.motion.keyframes import key_frames
from nsg_editor.actions.checking import findings
from nsg_editor.derived import holding
from nsg_editor.derived.beside import beside_names
from nsg_editor.derived.scope import shaded
from nsg_editor.state import EditorState, Job
from nsg_editor.values.timing import Staging
from nsg_editor.values.views import map_scale


def describe(state: EditorState) -> dict[str, object]:
    """Everything that a test or a script may want to know of the editor."""
    picture, drawing = state.picture, state.timing.drawing
    staging = state.timing.staging
    return {
        "sequence": state.scene.sequence,
        "frame": state.frame,
        "camera": state.camera,
        "views": _views(state),
        "free": list(state.free) if state.free else None,
        "shown": "neural" if state.neural else "recorded",
        "playing": state.playing,
        "selection": state.selection,
        "selected": list(state.selected_tracks),
        "transform": holding.told(state),
        "hover": state.hover,
        "undo": len(state.history.past),
        "redo": len(state.history.future),
        "gesture": state.history.base is not None,
        "edits": [edit.label for edit in state.edits],
        "objects": _objects(state),
        "model": {"status": state.model.status, "step": state.model.step},
        "picture": None
        if picture is None
        else {"stride": picture.stride, "final": picture.final},
        "looking": _looking(state),
        "camera_path": _camera_path(state),
        "hidden": [o.track_id for o in state.scene.objects if not o.visible],
        "locked": [o.track_id for o in state.scene.objects if o.locked],
        "names": {str(o.track_id): o.label for o in state.scene.objects},
        "looks": {str(o.track_id): o.model for o in state.scene.objects},
        "doubts": [f.words for f in findings(state)],
        "film": _job(state.film),
        "cast": {"chosen": state.cast.chosen, "carried": state.cast.carried},
        "train": _job(state.train),
        "export": _job(state.export),
        "notice": state.notice,
        "dialog": state.dialog.text if state.dialog else None,
        "dialogs": len(state.older) + (state.dialog is not None),
        "variant": state.history.present.variant,
        "compared": state.compared,
        "rival": None if state.rival is None else str(state.rival),
        "beside": list(beside_names(state)),
        "variants": [one.name for one in state.history.present.variants],
        "history": [step.label for step in state.history.steps],
        "lost": len(state.front.lost),
        "palette": state.front.palette,
        "tabs": list(state.tabs),
        "liked": [state.settings.keymap, state.settings.theme, state.settings.scale],
        "dirty": state.dirty,
        "help": state.help,
        "choosing": state.choosing,
        "asked": state.wish is not None,
        "scope": _scope(state),
        "keys": _keys(state),
        "drawing": None if drawing is None else list(map(list, drawing.points)),
        "manoeuvre": None if staging is None else _staged(staging),
    }


def _scope(state: EditorState) -> dict[str, object]:
    first, last, fade = shaded(state)
    return {"kind": state.scope.kind, "frames": [first, last], "blend": fade}


def _staged(staging: Staging) -> dict[str, object]:
    return {"name": staging.name, "settings": dict(staging.settings)}


def _keys(state: EditorState) -> list[int]:
    return [] if state.selected is None else list(key_frames(state.selected))


def _views(state: EditorState) -> dict[str, object]:
    views, arrangement = state.views, state.settings.arrangement
    return {
        "active": views.active,
        "order": list(arrangement.order),
        "alone": arrangement.alone,
        "folded": sorted(arrangement.closed),
        "large": arrangement.large,
        "left": arrangement.left,
        "map": {
            "centre": views.map.centre and list(views.map.centre),
            "scale": map_scale(views.map),
        },
        "free": {
            "pose": views.free.pose and list(views.free.pose),
            "fill": views.free.fill,
        },
        "trouble": views.trouble,
    }


def _objects(state: EditorState) -> list[dict[str, object]]:
    return [
        {
            "track": box.track_id,
            "class": box.category,
            "position": list(box.pose.position),
            "degrees": math.degrees(box.pose.yaw),
            "size": [box.size.length, box.size.height, box.size.width],
        }
        for box in state.scene.at(state.frame)
    ]


def _camera_path(state: EditorState) -> dict[str, object] | None:
    path = state.scene.camera_path
    if path is None:
        return None
    return {
        "keys": [{"time": key.time, "position": key.position} for key in path.keys],
        "duration": path.duration,
        "time": state.flight.time,
        "key": state.flight.key,
        "flying": state.flying,
    }


def _looking(state: EditorState) -> dict[str, object]:
    looking = state.looking
    scores = looking.scores
    return {
        "mode": looking.mode,
        "only": looking.only,
        "against": looking.against,
        "how": looking.how,
        "wipe": looking.wipe,
        "menu": looking.menu,
        "psnr": None if scores is None else scores.frame,
        "box_psnr": None if scores is None else scores.box,
    }


def _job(job: Job) -> dict[str, object]:
    psnr = job.curve[-1].psnr if job.curve else None
    return {
        "status": job.status,
        "step": job.step,
        "total": job.total,
        "psnr": psnr,
        "held_out_psnr": job.held_out,
        "message": job.message,
    }
