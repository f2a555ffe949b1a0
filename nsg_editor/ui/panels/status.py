"""The line at the bottom: what to do, and what the picture is."""

import dearpygui.dearpygui as dpg

from nsg_editor.derived.holding import told
from nsg_editor.geometry.arrangement import Kind
from nsg_editor.state import EditorState
from nsg_editor.ui import theme
from nsg_editor.ui.containers import within
from nsg_editor.ui.theme import Fonts, px
from nsg_editor.ui.views.viewport import level
from nsg_editor.values.keymaps import keys_of

HEIGHT = 30


class StatusBar:
    """Notice or hint on the left, figures on the right."""

    def __init__(self, fonts: Fonts) -> None:
        self._fonts = fonts
        self._width = 800
        self._drawn: object = None

    def build(self, parent: int | str) -> None:
        """Make two texts."""
        with within(
            dpg.child_window(
                parent=parent, always_use_window_padding=True, no_scrollbar=True
            )
        ) as self.panel:
            self.hint = dpg.add_text("", pos=(px(12), px(5)))
            self.figures = dpg.add_text("", color=theme.DIM, pos=(px(400), px(5)))
        dpg.bind_item_theme(self.panel, theme.bare_theme(theme.PLOT, 12, 5))
        if self._fonts.small:
            dpg.bind_item_font(self.hint, self._fonts.small)
            dpg.bind_item_font(self.figures, self._fonts.small)

    def arrange(self, y: int, width: int) -> None:
        """Place it in the window."""
        self._width = width
        dpg.configure_item(self.panel, pos=(0, y), width=width, height=px(HEIGHT))
        dpg.configure_item(self.hint, pos=(px(12), px(5)))
        self._drawn = None

    def _wide(self, text: str) -> float:
        """Pixels of a text; before the first frame, about."""
        font = self._fonts.small or 0
        size = dpg.get_text_size(text, font=font) if font else dpg.get_text_size(text)
        return size[0] if size and size[0] else px(7.4 * len(text))

    def _align(self, words: str, figures: str, notice: bool) -> None:
        """Figures stand at the right end; what has no room beside them is cut."""
        room = self._width - px(12 + 14 + 20)
        if notice and self._wide(words) + self._wide(figures) > room:
            figures = ""
        width = self._wide(figures)
        dpg.set_value(self.hint, self._cut(words, room - width))
        dpg.set_value(self.figures, figures)
        dpg.configure_item(self.figures, pos=(self._width - width - px(14), px(5)))

    def _cut(self, words: str, room: float) -> str:
        """As many of the words as there is room for."""
        wide = self._wide(words)
        if wide <= room:
            return words
        kept = words[: max(round(len(words) * room / wide) - 2, 0)]
        return kept.rpartition(", ")[0] or kept.rpartition(" ")[0]

    def sync(self, old: EditorState | None, new: EditorState) -> None:
        """Say what can be done and what is shown."""
        key = (new.notice or hint(new), figures(new), bool(new.notice))
        if key == self._drawn:
            return
        self._drawn = key
        colour = theme.TEXT if new.notice else theme.DIM
        dpg.configure_item(self.hint, color=colour)
        self._align(*key)


def hint(state: EditorState) -> str:
    """What the hands can do now."""
    if state.transform is not None:
        return told(state)
    if state.history.base is not None:
        return "Release to keep, Esc takes back, Ctrl makes steps, Shift goes slowly"
    if state.timing.over:
        return (
            "Drag along the frames, with Shift a range; diamonds are keys: "
            "drag them, Ctrl copies, Delete takes away"
        )
    if state.timing.drawing is not None:
        return (
            "Click points of the way or drag along; Enter ends it, Backspace: one back"
        )
    if state.selected is None:
        return _NOTHING[state.views.active]
    if state.hands.sizing:
        return "Drag a square: that face moves, the other stays; Ctrl: 0.1 m, Esc ends"
    kinds = ({"kind": kind} for kind in ("move", "turn", "resize"))
    keymap = state.settings.keymap
    move, turn, resize = (keys_of(keymap, "transform", kind)[0] for kind in kinds)
    hands = f"Drag or {move} moves, ring or {turn} turns, {resize} resizes"
    return f"{hands}, {_SELECTED[state.views.active]}"


_NOTHING: dict[Kind, str] = {
    "camera": (
        "Click a box or drag a rectangle to select, right-drag orbits, "
        "wheel goes nearer, Ctrl+K finds actions, ? lists keys"
    ),
    "free": (
        "Click a box or drag a rectangle to select, right-drag turns, "
        "middle-drag pans, right and W A S D flies"
    ),
    "map": (
        "Click a box or drag a rectangle to select, right-drag pans, wheel zooms, "
        "Shift+Home shows all"
    ),
}
_SELECTED: dict[Kind, str] = {
    "camera": "Ctrl+D copies, Delete removes, F looks",
    "free": "right-drag turns about it, middle-drag pans, F looks",
    "map": "D draws a way, right-drag pans, wheel zooms, F looks",
}


def figures(state: EditorState) -> str:
    """Level, time, speed, weights and device."""
    model, picture = state.model, state.picture
    parts: list[str] = []
    if state.neural and picture is not None:
        parts.append(level(state) + following(state))
        parts.append(duration(picture.milliseconds))
        parts.append(speed(picture.rays_per_s))
    if model.status == "ready":
        parts.append(f"model step {model.step}")
        parts.append(model.device)
    elif model.status == "loading":
        parts.append("loading the model")
    else:
        parts.append("no model")
    return "   |   ".join(parts)


def following(state: EditorState) -> str:
    """What comes after the picture on the screen."""
    picture = state.picture
    if picture is None or picture.final:
        return ""
    done = picture.stride == 1 and picture.samples > 0
    return " > a newer one" if done else " > full"


def duration(milliseconds: float) -> str:
    """Milliseconds, or seconds where there are many."""
    if milliseconds < 2000:
        return f"{milliseconds:.0f} ms"
    return f"{milliseconds / 1000:.1f} s"


def speed(rays_per_s: float) -> str:
    """Rays a second, short."""
    if rays_per_s >= 1e6:
        return f"{rays_per_s / 1e6:.1f}M rays/s"
    if rays_per_s < 1e3:
        return f"{rays_per_s:.0f} rays/s"
    return f"{rays_per_s / 1e3:.0f}k rays/s"
