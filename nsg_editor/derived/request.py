"""What the picture should be: a pure function of the state and the room it has."""

from dataclasses import dataclass, replace
from typing import Any

from nsg_core.request import RenderRequest
from nsg_core.view import View
from nsg_editor.geometry.arrangement import Kind
from nsg_editor.state import EditorState
from nsg_editor.values.views import free_view, map_view


@dataclass(frozen=True, slots=True)
class Frame:
    """Where the picture lies in its panel, in the panel's pixels."""

    x: float
    y: float
    view: View
    """The view in the resolution of the screen: for the overlay and the mouse."""


def fit(state: EditorState, panel: tuple[int, int]) -> Frame:
    """Place the picture in a panel.

    The recorded camera's picture is fitted whole. The free view fills the panel, at
    the same focal length: leaving the recorded camera only adds to what is seen.
    """
    recorded = state.scene.view(state.camera, state.frame)
    if state.flying and state.flight.view is not None:
        recorded = state.flight.view
    width, height = max(panel[0], 1), max(panel[1], 1)
    scale = min(width / recorded.width, height / recorded.height)
    fitted = recorded.scaled(scale)
    x, y = (width - fitted.width) // 2, (height - fitted.height) // 2
    if state.free is None or state.flying:
        return Frame(x, y, fitted)
    wide = replace(
        fitted,
        T_world_camera=state.free,
        width=width,
        height=height,
        cx=fitted.cx + x,
        cy=fitted.cy + y,
    )
    return Frame(0, 0, wide)


def with_views(state: EditorState, **changes: Any) -> EditorState:
    """Other views; the state itself where nothing changes: nobody draws for nothing."""
    views = replace(state.views, **changes)
    return state if views == state.views else replace(state, views=views)


def frame_of(state: EditorState, kind: Kind) -> Frame:
    """What a view shows, in the pixels of its own room."""
    # What is followed is the recorded vehicle: a view that went along with a camera
    # that is dragged in it would carry that farther and farther away.
    views, place = state.views, (state.drive.recording, state.camera, state.frame)
    if kind == "map":
        return Frame(0, 0, map_view(views.map, *place))
    if kind == "free":
        return Frame(0, 0, free_view(views.free, *place))
    return fit(state, state.panel)


def resolve_free(state: EditorState, most: tuple[int, int]) -> RenderRequest | None:
    """The neural picture of the free view, where it shows one."""
    ready = state.model.status == "ready" and state.views.free.fill == "neural"
    if not ready or state.settings.arrangement.alone not in (None, "free"):
        return None
    view = frame_of(state, "free").view
    # As many pixels as the recording has: there is no more detail to be seen.
    recorded = state.scene.camera(state.camera)
    budget = recorded.width * recorded.height / (view.width * view.height)
    scale = min(1.0, budget**0.5, most[0] / view.width, most[1] / view.height)
    boxes = state.scene.at(state.frame)
    small = view.scaled(scale)
    return RenderRequest(small, boxes, state.camera, frame=state.frame)


def resolve(
    state: EditorState, panel: tuple[int, int], most: tuple[int, int]
) -> RenderRequest | None:
    """The neural picture for a panel, of at most this size; None: none is wanted.

    Equal requests give equal pictures, so a changed state whose request is the same
    needs no new picture.
    """
    if not state.neural:
        return None
    recorded = state.scene.camera(state.camera)
    view = fit(state, panel).view
    # More pixels than the recording has would be detail that nobody ever saw.
    budget = recorded.width * recorded.height / (view.width * view.height)
    scale = min(1.0, budget**0.5, most[0] / view.width, most[1] / view.height)
    frame = state.frame
    boxes = state.scene.at(frame)
    only = state.looking.only
    return RenderRequest(view.scaled(scale), boxes, state.camera, only, frame)
