"""The window of the palette: letters, what fits them, and a line for arguments."""

import dearpygui.dearpygui as dpg

from nsg_core.errors import NsgError
from nsg_editor.console.palette import Command, arguments_of, commands, matches
from nsg_editor.derived.pointer import Dispatch
from nsg_editor.state import EditorState
from nsg_editor.ui import theme
from nsg_editor.ui.containers import Item, dialog, within
from nsg_editor.ui.theme import Fonts, px
from nsg_editor.values.keymaps import keys_of

WIDTH, ROWS = 720, 12
NAME, KEYS = 190, 130
"""Pixels of an action's name and of its keys."""


class PaletteWindow:
    """Type, choose with the arrows, Enter; then its arguments, Enter."""

    def __init__(self, do: Dispatch, fonts: Fonts) -> None:
        self._do, self._fonts = do, fonts
        self._found: tuple[Command, ...] = ()
        self._at, self._top = 0, 0
        self._asking: Command | None = None
        self._state: EditorState | None = None
        self._focus_in = 0
        self._typed_last: dict[str, str] = {}
        """Arguments that were asked for alone, as they were typed the last time."""

    def build(self) -> None:
        """Make it, hidden."""
        self._chosen = _row_theme(theme.TEXT, theme.ACCENT_DEEP)
        self._others = _row_theme(theme.TEXT, theme.NOTHING)
        with dialog(
            self._close, label="Do something", no_scrollbar=True, width=px(WIDTH)
        ) as self.window:
            self.query = dpg.add_input_text(
                hint="type what you want to do", width=-1, callback=self._typed
            )
            self.asked = dpg.add_text("", wrap=px(WIDTH - 30), show=False)
            self.line = dpg.add_input_text(width=-1, show=False)
            self.hint = dpg.add_text("", color=theme.DIM, wrap=px(WIDTH - 30))
            if self._fonts.small:
                dpg.bind_item_font(self.hint, self._fonts.small)
            with within(dpg.group()) as self.list:
                self.rows = [self._row(i) for i in range(ROWS)]
        keys = (dpg.mvKey_Return, dpg.mvKey_NumPadEnter, dpg.mvKey_Escape)
        with within(dpg.handler_registry()):
            for key in (*keys, dpg.mvKey_Up, dpg.mvKey_Down):
                dpg.add_key_press_handler(key, callback=self._key)

    def _row(self, index: int) -> tuple[Item, Item, Item]:
        with within(dpg.group(horizontal=True, xoffset=0)):
            name = dpg.add_button(
                width=px(NAME),
                user_data=index,
                callback=lambda _, __, at: self._run(self._top + at),
            )
            words = dpg.add_text("", color=theme.DIM)
            keys = dpg.add_text("", color=theme.ACCENT)
        return name, words, keys

    def fields(self) -> tuple[Item, Item]:
        """Where somebody types."""
        return self.query, self.line

    def arrange(self, width: int, height: int) -> None:
        """Keep it in the middle, near the top."""
        own = min(px(WIDTH), width)
        dpg.configure_item(
            self.window, width=own, pos=((width - own) // 2, height // 9)
        )

    def sync(self, old: EditorState | None, new: EditorState) -> None:
        """Show it while the state says so."""
        self._state = new
        shown = new.front.palette
        if shown == dpg.is_item_shown(self.window):
            return
        dpg.configure_item(self.window, show=shown)
        if shown:
            dpg.set_value(self.query, "")
            asked = new.front.asks
            found = [c for c in commands() if asked and c.name == asked[0]]
            self._ask(next(iter(found), None))
            self._search("")
            if found and asked:
                dpg.set_value(self.line, self._typed_last.get(found[0].name, asked[1]))
                dpg.set_value(self.hint, f"{found[0].hint}.  Enter does it.")

    def tick(self) -> None:
        """A field can take the keys only once it was drawn."""
        if self._focus_in > 0:
            self._focus_in -= 1
            if self._focus_in == 0:
                dpg.focus_item(self.line if self._asking else self.query)

    def _typed(self, sender: Item, text: str) -> None:
        self._search(text)

    def _search(self, text: str) -> None:
        assert self._state is not None
        settings = self._state.settings
        self._found = matches(text, settings.used, settings.keymap)
        self._choose(0)

    def _choose(self, at: int) -> None:
        self._at = min(max(at, 0), max(len(self._found) - 1, 0))
        self._top = min(max(self._top, self._at - ROWS + 1), self._at)
        self._show()

    def _show(self) -> None:
        assert self._state is not None
        shown = self._found[self._top : self._top + ROWS]
        for i, (name, words, keys) in enumerate(self.rows):
            there = i < len(shown)
            for item in (name, words, keys):
                dpg.configure_item(item, show=there)
            if there:
                command = shown[i]
                names = keys_of(self._state.settings.keymap, command.name)
                dpg.set_item_label(name, command.title)
                dpg.set_value(words, short(command.summary, bool(names)))
                dpg.set_value(keys, names[0] if names else "")
                chosen = self._top + i == self._at
                dpg.bind_item_theme(name, self._chosen if chosen else self._others)
        count = len(self._found)
        more = f"{count} actions, Up and Down choose" if count else "Nothing fits."
        dpg.set_value(self.hint, more)

    def _key(self, sender: Item, key: int) -> None:
        if self._state is None or not self._state.front.palette:
            return
        if key == dpg.mvKey_Escape:
            if self._asking is not None:
                self._ask(None)
                self._show()
            else:
                self._close()
        elif key in (dpg.mvKey_Return, dpg.mvKey_NumPadEnter):
            self._enter()
        elif self._asking is None:
            self._choose(self._at + (1 if key == dpg.mvKey_Down else -1))

    def _enter(self) -> None:
        if self._asking is not None:
            self._finish(self._asking, dpg.get_value(self.line))
        elif self._found:
            self._run(self._at)

    def _run(self, at: int) -> None:
        command = self._found[at]
        if command.parameters and command.asks:
            self._ask(command)
        else:
            self._finish(command, "")

    def _ask(self, command: Command | None) -> None:
        """Ask for arguments, or go back to the list."""
        self._asking = command
        asks = command is not None
        for item, shown in (
            *((self.query, not asks), (self.list, not asks)),
            *((self.asked, asks), (self.line, asks)),
        ):
            dpg.configure_item(item, show=shown)
        if command is not None:
            dpg.set_value(self.asked, f"{command.title}: {command.summary}.")
            dpg.set_value(self.line, command.line)
            dpg.set_value(self.hint, f"{command.hint}.  Enter does it, Esc goes back.")
        self._focus_in = 2

    def _finish(self, command: Command, line: str) -> None:
        try:
            arguments = arguments_of(command.name, line)
        except NsgError as error:
            text = str(error)
            dpg.set_value(self.hint, text[:1].upper() + text[1:])
            self._focus_in = 2
            return
        if self._state is not None and self._state.front.asks is not None:
            self._typed_last[command.name] = line
        self._do("palette", on=False)
        self._do("palette-used", name=command.name)
        self._do(command.name, **arguments)

    def _close(self) -> None:
        self._do("palette", on=False)


def short(words: str, keys: bool) -> str:
    """A summary that fits into its row."""
    most = 62 if keys else 74
    return words if len(words) <= most else f"{words[: most - 3].rstrip()}..."


def _row_theme(text: theme.Colour, fill: theme.Colour) -> Item:
    with within(dpg.theme()) as made, within(dpg.theme_component(dpg.mvButton)):
        dpg.add_theme_color(dpg.mvThemeCol_Button, fill)
        dpg.add_theme_color(dpg.mvThemeCol_Text, text)
        dpg.add_theme_style(dpg.mvStyleVar_ButtonTextAlign, 0.0, 0.5)
    return made
