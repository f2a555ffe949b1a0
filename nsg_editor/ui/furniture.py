"""All panels: built once, arranged to the window, brought up to the state."""

from typing import Protocol, runtime_checkable

import dearpygui.dearpygui as dpg

from nsg_editor.geometry.arrangement import Arrangement, Rect, share_room
from nsg_editor.pictures.errands import Errands
from nsg_editor.state import EditorState
from nsg_editor.store import Store
from nsg_editor.ui.ages import Ages
from nsg_editor.ui.containers import Item
from nsg_editor.ui.crowding import Crowding
from nsg_editor.ui.dock import Dock
from nsg_editor.ui.entry import NumberEntry
from nsg_editor.ui.focus import Focus
from nsg_editor.ui.joints import Joints
from nsg_editor.ui.keys import Keyboard, situation
from nsg_editor.ui.layout import arrange
from nsg_editor.ui.looks import Looks
from nsg_editor.ui.panels.camera_panel import CameraPanel
from nsg_editor.ui.panels.cast_panel import CastPanel
from nsg_editor.ui.panels.checks_panel import ChecksPanel
from nsg_editor.ui.panels.export_panel import ExportPanel
from nsg_editor.ui.panels.history_panel import HistoryPanel
from nsg_editor.ui.panels.inspector import Inspector
from nsg_editor.ui.panels.log_panel import LogPanel
from nsg_editor.ui.panels.manoeuvre_panel import ManoeuvrePanel
from nsg_editor.ui.panels.motion_panel import MotionPanel
from nsg_editor.ui.panels.runs_panel import RunsPanel
from nsg_editor.ui.panels.status import StatusBar
from nsg_editor.ui.panels.timeline import Timeline
from nsg_editor.ui.panels.toolbar import Toolbar
from nsg_editor.ui.panels.train_panel import TrainPanel
from nsg_editor.ui.panels.tree import Tree
from nsg_editor.ui.panels.variants_panel import VariantsPanel
from nsg_editor.ui.theme import Fonts
from nsg_editor.ui.views.aiming import aimed
from nsg_editor.ui.views.area import ViewArea
from nsg_editor.ui.views.texture import PictureTexture
from nsg_editor.ui.windows.dialogs import Dialogs, covered
from nsg_editor.ui.windows.file_window import FileWindow
from nsg_editor.ui.windows.look_window import LookWindow
from nsg_editor.ui.windows.lost_dialog import LostDialog
from nsg_editor.ui.windows.open_dialog import OpenDialog
from nsg_editor.ui.windows.palette_window import PaletteWindow
from nsg_editor.ui.windows.preferences_window import PreferencesWindow
from nsg_editor.ui.windows.question import Question
from nsg_editor.ui.windows.save_dialog import SaveDialog
from nsg_editor.values.front import Area

MEASURED = 3
"""Frames until letters of a new size have been drawn."""


@runtime_checkable
class Dialog(Protocol):
    """A window in front of the panels."""

    def build(self) -> None: ...

    def arrange(self, width: int, height: int) -> None: ...

    def sync(self, old: EditorState | None, new: EditorState) -> None: ...


class Panels:
    """The contents of the window."""

    def __init__(self, store: Store, texture: PictureTexture, fonts: Fonts) -> None:
        do = store.attempt
        self.store = store
        self.toolbar, self.tree = Toolbar(do, fonts), Tree(do, fonts)
        self.inspector, self.timeline = Inspector(do, fonts), Timeline(do, fonts)
        self.train, self.export = TrainPanel(store, fonts), ExportPanel(do, fonts)
        self.runs, self.errands = RunsPanel(do, fonts), Errands()
        self.train.validation.send = self.errands.send
        self.status, self.dialogs = StatusBar(fonts), Dialogs(do, fonts)
        self.question, self.opener = Question(do), OpenDialog(do, fonts)
        self.saver, self.preferences = SaveDialog(do), PreferencesWindow(do)
        self.looks = Looks(store.state.settings, fonts)
        self.files = FileWindow(fonts)
        self.lost, self.palette = LostDialog(do), PaletteWindow(do, fonts)
        self.log = LogPanel(store, fonts)
        self.variants, self.steps = VariantsPanel(store, fonts), HistoryPanel(do, fonts)
        self.views = ViewArea(store, texture, fonts)
        self.viewport = self.views.camera
        self.cast = CastPanel(store, fonts)
        self.wardrobe = LookWindow(store, fonts, self.cast.portraits)
        self.cast.send = self.variants.send = self.errands.send
        self.cast.aim = lambda: aimed(store.state, self.views.panes)
        self.keyboard = Keyboard(
            do,
            lambda: store.state,
            self.typing,
            lambda: self.viewport.pointer.flying,
            self._escape,
            self._answered,
        )
        self.entry = NumberEntry(do, self._numbers, shift=lambda: self.keyboard.shift)
        self.left = Dock("left", do, fonts, self.tree, self.cast, self.variants)
        self.lens, self.checks = CameraPanel(do, fonts), ChecksPanel(do, fonts)
        right = (self.inspector, self.lens, self.checks)
        self.right = Dock("right", do, fonts, *right)
        self.motion, self.moves = MotionPanel(do, fonts), ManoeuvrePanel(do, fonts)
        in_time = (self.motion, self.moves)
        bottom = (self.train, self.runs, self.export, *in_time, self.steps, self.log)
        self.bottom = Dock("bottom", do, fonts, *bottom)
        self.docks = (self.left, self.right, self.bottom)
        asking = (self.runs, self.export, self.cast, self.lens.path, self.saver)
        for part in (*asking, self.opener):
            part.browse = self.files.open
        self.focus = Focus(
            do, lambda: store.state.front.area, self._parts, self._asked, self.entry
        )
        self.tree.pick = self.focus.picker.open
        self._menus = 0
        """Of rows, as often as they were asked for."""
        self.seen: EditorState | None = None
        self.crowding = Crowding(store.dispatch)
        self._arranged: tuple[int, int, Arrangement] | None = None
        self._turn, self._wrote = 0, -9
        self._ages = Ages()
        self._idle = False
        """Nobody typed and nothing was asked when the last frame began."""
        self._again_in = 0
        """Frames until letters of another size can be measured."""

    def build(self, root: Item) -> None:
        """Make all items."""
        self._joints = Joints()
        for panel in (self.toolbar, *self.docks, self.views):
            panel.build(root)
        for panel in (self.timeline, self.status):
            panel.build(root)
        for dialog in self._dialogs():
            dialog.build()
        # First: it hears which modifiers are held before anybody hears the key.
        self.keyboard.build()
        self.entry.build()
        self.focus.build()
        self.focus.root = root
        for dock in self.docks:
            self.focus.menus[dock.more] = dock.menu
        for pane in self.views.panes.values():
            self.focus.menus[pane.title] = pane.menu
        metres = {"x", "y", "z", "length", "width", "height"}
        for name, item in self.inspector.numbers.items():
            self.entry.units[item] = "m" if name in metres else "deg"
        self.entry.units |= {self.lens.shift: "m", self.lens.turn: "deg"}
        self.entry.units[self.motion.tools.speed] = "m/s"

    def arrange(self, width: int, height: int) -> None:
        """Place everything in a window of this size."""
        self.crowding.follow(width, height, self.store.state.settings.arrangement)
        wished = self.store.state.settings.arrangement
        self._arranged = (width, height, wished)
        self.entry.room = width
        places = arrange(width, height, wished)
        _place(self.toolbar.panel, places.toolbar)
        self.toolbar.arrange(width)
        self.left.arrange(places.left, "left" in wished.closed)
        self.right.arrange(places.right, "right" in wished.closed)
        self.bottom.arrange(places.bottom, "bottom" in wished.closed)
        self.timeline.arrange(
            places.timeline.x, places.timeline.y, places.timeline.width
        )
        self.views.arrange(places.viewport, places.dividers(wished))
        between = (d.place for d in share_room(wished, places.viewport).dividers)
        self._joints.draw((*places.gaps, *between))
        self.status.arrange(places.status.y, width)
        for dialog in self._dialogs():
            dialog.arrange(width, height)
        self.focus.picker.arrange(width, height)
        self.seen = None

    def sync(self) -> bool:
        """Bring the panels up to the state; False if they are."""
        new, old = self.store.state, self.seen
        if new is old:
            return False
        self.seen = new
        self.views.sync(new)
        for dock in self.docks:
            dock.sync(new)
        for panel in (
            self.toolbar,
            self.timeline,
            self.status,
            *self._dialogs(),
        ):
            panel.sync(old, new)
        if new.dialog is not None and (old is None or new.front != old.front):
            # What went wrong lies before what was opened after it.
            dpg.focus_item(self.dialogs.error)
        return True

    def tick(self) -> bool:
        """Once a frame: the mouse, then everything that follows the state."""
        x, y = dpg.get_mouse_pos(local=False)
        self.cast.tick()
        self.train.tick()
        self.variants.tick()
        self.wardrobe.tick()
        self.toolbar.tick()
        blocked = covered(self._in_front(), x, y) or self.cast.carrying
        blocked = blocked or self.toolbar.unrolled
        self.keyboard.tick()
        self.palette.tick()
        self.entry.tick()
        self.focus.tick()
        if self._menus != (asked := self.store.state.outline.menus):
            self._menus = asked
            self.tree.open_menu(self.focus.at)
        self._ages.tick(self._in_front())
        self._idle = not self.typing() and not self._ages.any
        changed = self.views.tick(blocked)
        self.timeline.tick(self.store.state, blocked)
        self._turn += 1
        if self.views.pointer.press is not None and self._turn % 3:
            # Numbers beside the views may follow a drag a little more slowly.
            return True
        return self.sync() or self._arrange_again() or changed

    def _arrange_again(self) -> bool:
        """Place everything anew where the user wants it otherwise."""
        if self._arranged is None:
            return False
        width, height, before = self._arranged
        settings = self.store.state.settings
        if self._again_in == 1:
            self.looks.refit()
        due, self._again_in = self._again_in == 1, max(self._again_in - 1, 0)
        if self.looks.follow(settings):
            self._again_in = MEASURED
        elif not due and settings.arrangement == before:
            return False
        self.arrange(width, height)
        return self.sync()

    def _dialogs(self) -> tuple[Dialog, ...]:
        """Windows in front of the panels."""
        asked = (self.saver, self.preferences, self.opener, self.files, self.question)
        return (self.lost, self.palette, self.wardrobe, *asked, self.dialogs)

    def _in_front(self) -> tuple[Item, ...]:
        """Windows that may lie before the picture."""
        menu = (self.viewport.menu.window,)
        asked = (self.question.window, self.lost.window, self.palette.window)
        asked += (self.saver.window, self.preferences.window, self.files.window)
        asked += (self.wardrobe.window, self.entry.window, self.focus.picker.window)
        return (*self.dialogs.windows, *asked, self.opener.window, *menu)

    def _asked(self) -> Item | None:
        """The window in front in which keys go about, unless it has its own."""
        state = self.store.state
        front = state.front
        if self.dialogs.open(state) or front.palette or self.files.shown:
            return None
        for shown, window in (
            (state.choosing, self.opener.window),
            (front.save_as, self.saver.window),
            (front.looks, self.wardrobe.window),
            (front.preferences, self.preferences.window),
        ):
            if shown:
                return window
        return None

    def _parts(self, area: Area) -> tuple[Item, ...]:
        """What belongs to a part of the window."""
        docks = {"left": self.left, "right": self.right, "bottom": self.bottom}
        if area in docks:
            return docks[area].parts
        if area == "views":
            panes = (pane for pane in self.views.panes.values() if pane.shown)
            return (*(pane.strip for pane in panes), self.viewport.menu.window)
        return (self.toolbar.panel if area == "menus" else self.timeline.panel,)

    def typing(self) -> bool:
        """Somebody types into a field, so keys are no shortcuts."""
        docked = [item for dock in self.docks for item in dock.shown_fields()]
        fields = (
            *docked,
            *self.timeline.fields(),
            self.opener.path,
            *self.palette.fields(),
            self.saver.path,
            self.files.path,
            *self.opener.details,
        )
        if any(dpg.is_item_active(item) for item in fields):
            self._wrote = self._turn
        # The key that ended it is heard when the toolkit has left the field already.
        return self.entry.typing or self._turn - self._wrote <= 1

    def _numbers(self) -> tuple[Item, ...]:
        """Fields that may be typed as numbers, those of the object first."""
        docks = (self.right, self.bottom, self.left)
        return (
            *(item for dock in docks for item in dock.fields()),
            *self.timeline.fields(),
        )

    def _answered(self, key: str, shift: bool) -> bool:
        """A key is the answer to what is asked in front of all."""
        state = self.store.state
        if self.files.shown and state.dialog is None:
            return self.files.key(key, self.typing())
        if key == "Escape":
            # A dialog closes at once, also while somebody types into it.
            asks = state.choosing or state.front.save_as
            if asks:
                self._escape()
            return asks
        if state.dialog is not None:
            return self.dialogs.choice.key(key, shift)
        if state.wish is not None and state.saving is None:
            return self.question.choice.key(key, shift)
        if situation(state) == "usual" and self.focus.key(key, shift):
            return True
        return self._confirmed(state, key, shift)

    def _confirmed(self, state: EditorState, key: str, shift: bool) -> bool:
        """Enter takes what a window shows."""
        if state.front.save_as and key == "Enter":
            self.saver.take()
        elif state.choosing and key == "Enter":
            self.opener.take()
        if state.choosing or state.front.save_as:
            # The scene behind it is not meant.
            return True
        if state.front.preferences and key == "Enter":
            self.store.attempt("preferences", on=False)
            return True
        if state.front.lost and not state.front.palette:
            return self.lost.choice.key(key, shift)
        if key == "Enter" and self._idle and situation(state) == "usual":
            # It means nothing else, and is not what ended a line a moment ago.
            self.entry.step(None, 1)
            return True
        return False

    def places(self) -> dict[str, list[float]]:
        """Where fields and buttons are in the window, for tests with a real mouse."""
        items = {
            "x": self.inspector.numbers["x"],
            "yaw": self.inspector.numbers["yaw"],
            "axes": self.inspector.axes,
            "train": self.train.start,
            "undo": self.toolbar.undo,
            "export-to": self.export.to,
            "strip": self.timeline.strip,
            "save-and-leave": self.question.save,
            "stay": self.question.stay,
            "open-path": self.opener.path,
            "recover": self.lost.recover,
            "open-start": self.opener.start,
            "camera-key": self.lens.path.add,
            "looking": self.viewport.menu.button,
            "export": self.export.start,
        }
        items |= self.tree.places() | self.cast.places() | self.variants.places()
        items |= self.wardrobe.places()
        return {
            name: [*dpg.get_item_rect_min(item), *dpg.get_item_rect_size(item)]
            if self._ages.drawn(item)
            else [0, 0, 0, 0]
            for name, item in items.items()
        }

    def _escape(self) -> None:
        if self.focus.picker.close() or self.focus.fold():
            return
        self.viewport.pointer.drop()
        if self.cast.cancel():
            return
        state = self.store.state
        for shown, name, arguments in (
            (state.dialog is not None, "close-dialog", {}),
            (state.wish is not None, "answer", {"choice": "stay"}),
            (state.choosing, "open-dialog", {"on": False}),
            (state.front.save_as, "save-as", {"on": False}),
            (state.front.looks, "looks", {"on": False}),
            (state.front.preferences, "preferences", {"on": False}),
            (bool(state.front.lost), "recover", {"choice": "later"}),
            (state.looking.menu, "looking-menu", {}),
        ):
            if shown:
                self.store.attempt(name, **arguments)
                return
        if situation(state) != "usual" or not self.focus.escape():
            self.store.attempt("cancel")


def _place(item: Item, place: Rect) -> None:
    dpg.configure_item(
        item, pos=(place.x, place.y), width=place.width, height=place.height
    )
