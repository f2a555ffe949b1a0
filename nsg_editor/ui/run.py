"""Joins window, panels, worker and plays, and runs them until the end."""

import sys
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from nsg_core.model import Model
from nsg_core.scene import Scene
from nsg_editor.actions.keeping import ends_with_editor
from nsg_editor.actions.preferring import as_liked
from nsg_editor.console.control import Control
from nsg_editor.console.play import Performer, Play, Step
from nsg_editor.console.report import describe
from nsg_editor.derived.beside import rival_of
from nsg_editor.derived.request import resolve_free
from nsg_editor.effects.autosave import Autosave
from nsg_editor.effects.beside import draw_beside
from nsg_editor.effects.dispatch import Effects
from nsg_editor.effects.filming import Filming
from nsg_editor.effects.opening import keep_unsaved
from nsg_editor.effects.recent import remember, target_of
from nsg_editor.effects.revealing import Revealing
from nsg_editor.pictures.lanes import LaneName
from nsg_editor.pictures.rivals import Rivals
from nsg_editor.pictures.worker import Render, Worker
from nsg_editor.state import EditorState, Target
from nsg_editor.store import Store
from nsg_editor.ui.furniture import Panels
from nsg_editor.ui.window import Editor, Window, make_texture
from nsg_editor.values.settings import keep_settings

WAIT_S = 0.05
"""Between two looks at a job that ends."""
LoadFor = Callable[[Path, Scene], tuple[Model, int]]
"""A checkpoint's model for a recording, and its training steps."""


@dataclass(frozen=True)
class Setting:
    """What the command line decides, apart from the drive."""

    load: LoadFor
    render: Render
    device: str | None = None
    play: tuple[Step, ...] | None = None
    control: Path | None = None
    size: tuple[int, int] = (1600, 900)
    renders: Mapping[LaneName, Render] = field(default_factory=dict)
    """How other views than the main one are drawn, where otherwise."""


class WindowStage:
    """The window, as a play sees it."""

    def __init__(self, editor: Editor, effects: Effects) -> None:
        self._editor, self._effects = editor, effects
        self._settled_frames = 0

    def settled(self) -> bool:
        """Final picture on the screen, which takes two more frames once it is known."""
        state = self._editor.store.state
        there = self._effects.settled(state)
        there = there and self._editor.panels.viewport.ready(state)
        self._settled_frames = self._settled_frames + 1 if there else 0
        if self._settled_frames < 3:
            return False
        self._settled_frames = 0
        return True

    def screenshot(self, path: Path) -> None:
        """Begin to write a picture of the window."""
        self._editor.window.screenshot(path)

    def screenshot_done(self) -> bool:
        """It is written."""
        return self._editor.window.screenshot_done()

    def measures(self) -> dict[str, object]:
        """Where the picture is on the screen, and what else a hand must find."""
        editor = self._editor
        return {
            "viewport": editor.panels.viewport.place(),
            "panes": editor.panels.views.place(),
            "fields": editor.panels.places(),
            "typing": editor.panels.typing(),
        }

    def log(self) -> list[dict[str, object]]:
        """What the last frames took in and showed."""
        return self._editor.log.as_json()


def run(window: Window, state: EditorState, setting: Setting) -> Target | None:
    """Show a drive until the user, a signal or the play ends it; what to open then."""
    store = Store(as_liked(state, window.settings))
    texture = make_texture(store)
    panels = Panels(store, texture, window.fonts)
    panels.build(window.root)
    editor = Editor(window, store, panels)

    # The state is an immutable value: the worker's thread may read it as it is.
    def load(path: Path) -> tuple[Model, int]:
        return setting.load(path, store.state.drive.recording)

    before = setting.renders.get("before", setting.render)
    rivals = Rivals(before, load, lambda: rival_of(store.state))
    renders: dict[LaneName, Render] = {**setting.renders, "before": rivals}
    worker = Worker(load, setting.render, renders=renders)
    worker.tell = editor.bell.picture
    panels.views.free.proxy.tell = editor.bell.shapes
    most = (texture.width, texture.height)
    effects = Effects(store, worker, panels.viewport.show, most, setting.device)
    errands = panels.errands
    effects.others["cast"] = lambda report: errands.take(report.request, report.picture)
    errands.ask = lambda request: effects.ask_beside("cast", request)
    effects.show_before = panels.viewport.glass.show_before
    effects.others["side"] = lambda report: panels.views.free.show(report.picture)
    store.listen(lambda _, new: effects.ask_beside("side", resolve_free(new, most)))
    editor.effects = effects
    draw_beside(store, effects, panels.views.beside.show, most)
    filming = Filming(store, setting.device)
    editor.each_frame.append(filming.tick)
    editor.each_frame.append(Revealing(store).tick)
    worker.start()
    effects.look_for_trainings()
    stage = WindowStage(editor, effects)
    # The edits first of all, whatever else may fail on the way out.
    closers: list[Callable[[], None]] = [lambda: _keep(store.state)]
    closers.append(_autosave(editor, asks=setting.play is None))
    store.listen(_keep_choices)
    store.listen(_remember_saved)
    closers.append(lambda: _end_jobs(editor, effects))
    closers.append(filming.close)
    closers += [panels.views.close, effects.close]
    remember(target_of(state))
    try:
        if setting.control is not None:
            closers.append(_listen(setting.control, editor, stage))
        if setting.play is not None:
            _play(setting.play, editor, stage)
        editor.run()
    finally:
        with ExitStack() as ending:
            # Each of them is called, even if one fails; the last one added first.
            for close in reversed(closers):
                ending.callback(close)
    return store.state.then


def _keep(state: EditorState) -> None:
    """Keep edits that nobody saved, unless a play or a script said that it is done."""
    kept = None if state.quitting else keep_unsaved(state)
    if kept is not None:
        sys.stderr.write(f"unsaved edits are kept: nsg-editor {kept}\n")


def _autosave(editor: Editor, asks: bool) -> Callable[[], None]:
    """Edits outlive this editor; it asks about those that others have left behind."""
    store = editor.store
    autosave = Autosave(store)
    editor.each_frame.append(autosave.tick)
    lost = autosave.find() if asks else ()
    if lost:
        store.dispatch("lost-found", lost=lost)
    return lambda: autosave.close(keep=not store.state.quitting)


def _keep_choices(old: EditorState, new: EditorState) -> None:
    if new.settings != old.settings:
        keep_settings(new.settings)


def _remember_saved(old: EditorState, new: EditorState) -> None:
    """A project that was saved is among those that were opened."""
    if new.project is not None and new.project != old.project:
        remember(target_of(new))


def _end_jobs(editor: Editor, effects: Effects) -> None:
    """Training and export end in order; the window shows that it waits for them."""
    store = editor.store
    for kind in ("train", "export"):
        if ends_with_editor(getattr(store.state, kind)):
            store.dispatch(f"{kind}-stop")
    while ends_with_editor(store.state.train) or store.state.export.busy:
        effects.tick()
        editor.panels.sync()
        editor.window.draw(editor.failed)
        time.sleep(WAIT_S)


def _play(steps: tuple[Step, ...], editor: Editor, stage: WindowStage) -> None:
    play = Play(list(steps), Performer(editor.store, stage))
    ended = False

    def tick() -> None:
        # After the last step the window stays open, unless the play said quit.
        nonlocal ended
        ended = ended or play.tick()

    editor.each_frame.append(tick)


def _listen(path: Path, editor: Editor, stage: WindowStage) -> Callable[[], None]:
    control = Control(
        path,
        Performer(editor.store, stage),
        lambda: describe(editor.store.state) | stage.measures(),
    )
    editor.each_frame.append(control.tick)
    return control.close
