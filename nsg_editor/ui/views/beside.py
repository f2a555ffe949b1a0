"""Other variants beside the picture of the one that is edited; a click goes there."""

from collections.abc import Callable
from dataclasses import dataclass

import dearpygui.dearpygui as dpg

from nsg_core.drawing.frame import Picture
from nsg_core.scene import PlacedBox
from nsg_editor.derived.beside import in_variant, others_beside
from nsg_editor.derived.request import Frame, fit
from nsg_editor.geometry import picking
from nsg_editor.geometry.arrangement import Rect
from nsg_editor.pictures.lanes import BESIDE, LaneName
from nsg_editor.pictures.shading import Colour, shaded
from nsg_editor.state import EditorState
from nsg_editor.store import Store
from nsg_editor.ui import theme
from nsg_editor.ui.containers import Item, within
from nsg_editor.ui.views.badges import draw_margins, draw_sky, edge, pill
from nsg_editor.ui.views.handles import Pen
from nsg_editor.ui.views.texture import PictureTexture


@dataclass(slots=True)
class _Tile:
    """The place of one of them, made when it is first needed."""

    frame: Item
    canvas: Item
    texture: PictureTexture
    place: Rect | None = None
    picture: Picture | None = None
    """The newest one of the variant that it shows."""
    of: str = ""
    """That variant's name."""
    in_texture: object = None
    drawn: object = None


class Beside:
    """Tiles for the variants that are shown but not edited, in their order."""

    def __init__(
        self,
        store: Store,
        colour_of: Callable[[int], Colour],
        make_texture: Callable[[], PictureTexture],
    ) -> None:
        self._store, self._colour_of = store, colour_of
        self._make_texture = make_texture
        self._tiles: dict[LaneName, _Tile] = {}
        self._parent: Item = 0
        self._hovered: LaneName | None = None
        self._pointed: LaneName | None = None
        """Whose objects the mouse was over last."""

    def build(self, parent: Item) -> None:
        """Tiles come later, when somebody wants them."""
        self._parent = parent

    def _tile(self, lane: LaneName) -> _Tile:
        if lane not in self._tiles:
            with within(
                dpg.child_window(
                    parent=self._parent,
                    no_scrollbar=True,
                    no_scroll_with_mouse=True,
                    flattened_navigation=False,
                )
            ) as frame:
                canvas = dpg.add_drawlist(16, 16)
            self._tiles[lane] = _Tile(frame, canvas, self._make_texture())
        return self._tiles[lane]

    def arrange(self, places: tuple[Rect, ...]) -> None:
        """The places of those that are shown, in the order of their variants."""
        for lane, tile in self._tiles.items():
            shown = lane in BESIDE[: len(places)]
            dpg.configure_item(tile.frame, show=shown)
            tile.place = tile.place if shown else None
        for lane, place in zip(BESIDE, places, strict=False):
            tile = self._tile(lane)
            size = {"width": place.width, "height": place.height}
            dpg.configure_item(tile.frame, pos=(place.x, place.y), show=True, **size)
            dpg.configure_item(tile.canvas, **size)
            tile.place, tile.drawn = place, None

    def show(self, lane: LaneName, name: str, picture: Picture) -> None:
        """The worker has a newer picture of a variant."""
        if lane in self._tiles:
            tile = self._tiles[lane]
            tile.of, tile.picture = name, picture

    def tick(self, state: EditorState, blocked: bool) -> bool:
        """Once a frame: the mouse, then pixels. True if something has changed."""
        names = others_beside(state)
        self._point(names, blocked)
        changed = False
        for lane, name in zip(BESIDE, names, strict=False):
            tile = self._tiles.get(lane)
            if tile is not None and tile.place is not None:
                changed |= self._sync(tile, state, name, lane == self._hovered)
        for tile in self._tiles.values():
            tile.texture.tick()
        return changed

    def _point(self, names: tuple[str, ...], blocked: bool) -> None:
        """The tile under the mouse lights up, and a click edits its variant."""
        x, y = dpg.get_mouse_pos(local=False)
        over: list[tuple[LaneName, str]] = [
            (lane, name)
            for lane, name in zip(BESIDE, names, strict=False)
            if self._holds(lane, x, y) and not blocked
        ]
        self._hovered = over[0][0] if over else None
        self._hover(over[0] if over else None, x, y)
        if over and dpg.is_mouse_button_clicked(dpg.mvMouseButton_Left):
            self._store.attempt("variant", name=over[0][1])

    def _hover(self, over: tuple[LaneName, str] | None, x: float, y: float) -> None:
        """What is under the mouse lights up in all variants and views."""
        if over is None:
            if self._pointed is not None:
                self._pointed = None
                self._store.dispatch("hover", track=None)
            return
        self._pointed, name = over
        tile, other = self._tiles[over[0]], in_variant(self._store.state, name)
        if other is None or tile.place is None or not other.boxes:
            return
        place = tile.place
        frame = fit(other, (place.width, place.height))
        u, v = x - place.x - frame.x - 0.5, y - place.y - frame.y - 0.5
        under = picking.hits(frame.view, other.scene.at(other.frame), u, v)
        self._store.dispatch("hover", track=under[0] if under else None)

    def _holds(self, lane: LaneName, x: float, y: float) -> bool:
        tile = self._tiles.get(lane)
        place = None if tile is None else tile.place
        return place is not None and place.holds(x, y)

    def _sync(self, tile: _Tile, state: EditorState, name: str, lit: bool) -> bool:
        if tile.of != name:
            # What it showed was another variant; better nothing than that.
            tile.of, tile.picture, tile.in_texture = name, None, None
        other = in_variant(state, name)
        assert tile.place is not None
        room = (tile.place.width, tile.place.height)
        frame = fit(state if other is None else other, room)
        picture = tile.picture if state.neural else None
        if picture is not None:
            self._put(tile, state, picture, frame)
        words = _words(state, name, other, picture)
        marked = () if other is None else outlines(other)
        key = (words, frame, lit, tile.texture.tag, tile.texture.shown, tile.in_texture)
        key = (*key, marked)
        if key == tile.drawn:
            return False
        tile.drawn = key
        dpg.delete_item(tile.canvas, children_only=True)
        self._draw(tile, frame, picture is not None)
        for box, colour, thick in marked:
            Pen(tile.canvas, frame).lines(
                picking.outline(frame.view, box), colour, thick
            )
        if lit:
            edge(tile.canvas, room, theme.BRIGHT)
        pill(tile.canvas, frame.x + 10, frame.y + 10, words, theme.BRIGHT)
        return True

    def _put(
        self, tile: _Tile, state: EditorState, picture: Picture, frame: Frame
    ) -> None:
        key = (id(picture), state.looking.mode)
        if tile.in_texture == key:
            return
        width = picture.depth.shape[1]
        view = frame.view.scaled(width / frame.view.width)
        tile.texture.put(shaded(state.looking, picture, view, self._colour_of))
        tile.in_texture = key

    def _draw(self, tile: _Tile, frame: Frame, there: bool) -> None:
        low = (frame.x, frame.y)
        high = (frame.x + frame.view.width, frame.y + frame.view.height)
        if tile.place is not None:
            room = (tile.place.width, tile.place.height)
            draw_margins(tile.canvas, room, low, high)
        if there and tile.texture.shown is not None:
            dpg.draw_image(
                tile.texture.tag,
                low,
                high,
                uv_max=tile.texture.uv_max,
                parent=tile.canvas,
            )
        else:
            draw_sky(tile.canvas, low, high)

    def places(self) -> dict[str, list[int]]:
        """Where the variants are in the window, for tests with a real mouse."""
        names = others_beside(self._store.state)
        found: dict[str, list[int]] = {}
        for lane, name in zip(BESIDE, names, strict=False):
            tile = self._tiles.get(lane)
            if tile is not None and (p := tile.place) is not None:
                found[name] = [p.x, p.y, p.width, p.height]
        return found


def outlines(state: EditorState) -> tuple[tuple[PlacedBox, theme.Colour, float], ...]:
    """Boxes of a variant with their colours and lines: thinner than where one edits."""
    if not state.boxes:
        return ()
    found: list[tuple[PlacedBox, theme.Colour, float]] = []
    for box in state.scene.at(state.frame):
        track, hot = box.track_id, box.track_id == state.hover
        chosen = track == state.selection or track in state.others
        colour = theme.SELECTED if chosen else theme.track_colour(track)
        strong = hot or track == state.selection
        look = colour if strong else theme.faded(colour, 0.72)
        found.append((box, look, 1.6 if strong else 1.0))
    return tuple(found)


def _words(
    state: EditorState, name: str, other: EditorState | None, picture: Picture | None
) -> str:
    """What the corner of a tile says."""
    if other is None:
        return f"{name}   its edits do not fit this drive any more"
    count = len(other.edits)
    words = f"{name}   {count} edit{'' if count == 1 else 's'}"
    if picture is not None and picture.stride > 1:
        words += f"   1/{picture.stride}"
    return words if state.neural else f"{words}   Neural shows it"
