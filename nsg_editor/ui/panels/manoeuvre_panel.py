"""Manoeuvres: choose one, set its parameters, do it, and do it otherwise."""

from collections.abc import Callable

import dearpygui.dearpygui as dpg

from nsg_core.manoeuvres.settings import ANY, Parameter
from nsg_core.manoeuvres.table import RECIPES, recipe
from nsg_editor.actions.staging import PANEL, can_change, done_manoeuvres
from nsg_editor.derived.pointer import Dispatch
from nsg_editor.state import EditorState
from nsg_editor.ui import theme
from nsg_editor.ui.containers import Item, explain, set_shown, within
from nsg_editor.ui.panels.train_panel import SCROLLS
from nsg_editor.ui.theme import Fonts, px
from nsg_editor.values.timing import Staging

LEAST_SETTINGS = 240
"""Pixels below which the parameters lie under the names, not beside them."""
NAMES = 362
"""Pixels that the list of manoeuvres takes."""
COLUMNS = 3
"""Of names."""
FIELD, SAYS = 112, 136
MOST_SEED = 10**6
BY_ITSELF = "automatic"


class ManoeuvrePanel:
    """Names on the left, parameters on the right."""

    title = PANEL

    def __init__(self, do: Dispatch, fonts: Fonts) -> None:
        self._do, self._fonts = do, fonts
        self._buttons: dict[str, Item] = {}
        self._tips: dict[str, Item] = {}
        self._fields: dict[str, Item] = {}
        self._frames: set[str] = set()
        self._shown: object = None
        self._named: str | None = None
        self._columns = 2
        self._size = (400, 160)

    def build(self, parent: Item) -> None:
        """Make the names; parameters come with a choice."""
        self._usual = theme.button_theme(theme.RAISED, theme.HOVER)
        self._lit = theme.button_theme(theme.ACCENT_DEEP, theme.ACCENT_HOVER)
        with within(
            dpg.group(parent=parent, horizontal=True, horizontal_spacing=px(18))
        ) as self._halves:
            self.names = dpg.add_child_window(width=px(NAMES), border=False)
            with within(
                dpg.child_window(border=False, no_scrollbar=True)
            ) as self.right:
                self.head = dpg.add_group()
                # What is set scrolls below the button that does it.
                self.settings = dpg.add_child_window(
                    border=False, flattened_navigation=False
                )
        names = list(RECIPES)
        for i in range(0, len(names), COLUMNS):
            row = dpg.add_group(
                parent=self.names, horizontal=True, horizontal_spacing=px(6)
            )
            for name in names[i : i + COLUMNS]:
                self._name(row, name)

    def _name(self, row: Item, name: str) -> None:
        width = (px(NAMES - SCROLLS) - (COLUMNS - 1) * px(6)) // COLUMNS
        button = dpg.add_button(
            parent=row,
            label=_title(name),
            width=width,
            user_data=name,
            callback=lambda _, __, name: self._do("stage", name=name),
        )
        dpg.bind_item_theme(button, self._usual)
        self._buttons[name] = button
        self._tips[name] = explain(button, RECIPES[name].summary)

    def arrange(self, width: int, height: int) -> None:
        """Parameters take the room beside the names."""
        self._size = (width, height)
        room = width - px(NAMES) - px(18)
        stacked = room < px(LEAST_SETTINGS)
        dpg.configure_item(self._halves, horizontal=not stacked)
        if stacked:
            room = width - px(SCROLLS)
        self._columns = max(1, room // px(FIELD + SAYS + 30))
        rows = -(-len(RECIPES) // COLUMNS)
        dpg.configure_item(self.names, height=px(31 * rows) if stacked else height)
        high = max(height, px(180)) if stacked else height
        dpg.configure_item(self.right, width=room, height=high)
        self._shown = None

    def fields(self) -> tuple[Item, ...]:
        """Where somebody may type."""
        return tuple(self._fields.values())

    def sync(self, old: EditorState | None, new: EditorState) -> None:
        """Show the manoeuvre that is being set up."""
        staged = new.timing.staging
        done = tuple((i, made.label) for i, made in done_manoeuvres(new))
        name = staged.name if staged else None
        tracks = tuple((o.track_id, o.label) for o in new.scene.objects)
        # What was undone stands in nobody's way.
        warnings = staged.warnings if staged and can_change(new) else ()
        shown = (name, can_change(new), done, tracks, self._columns, warnings)
        if shown != self._shown:
            self._shown = shown
            for one, button in self._buttons.items():
                lit = self._lit if one == name else self._usual
                dpg.bind_item_theme(button, lit)
                # The panel says the same of the chosen one, and its fields lie below.
                set_shown(self._tips[one], one != name)
            self._rebuild(new, staged)
        if name != self._named:
            self._named = name
            dpg.set_y_scroll(self.settings, 0)
        if staged is not None:
            self._fill(new, staged)

    def _rebuild(self, state: EditorState, staged: Staging | None) -> None:
        dpg.delete_item(self.head, children_only=True)
        dpg.delete_item(self.settings, children_only=True)
        self._fields, self._frames = {}, set()
        if staged is None:
            text = (
                "Choose what traffic shall do; it becomes one step that can be undone."
            )
            dpg.add_text(text, color=theme.DIM, parent=self.head, wrap=0)
        else:
            found = recipe(staged.name)
            dpg.add_text(found.summary, color=theme.DIM, parent=self.head, wrap=0)
            self._actions(state)
            if staged.warnings and can_change(state):
                told = " ".join(staged.warnings)
                dpg.add_text(told, color=theme.WARM, parent=self.settings, wrap=0)
            self._parameters(state, found.parameters)
        self._done_before(state, staged)

    def _parameters(
        self, state: EditorState, parameters: tuple[Parameter, ...]
    ) -> None:
        with within(dpg.table(header_row=False, parent=self.settings)):
            for _ in range(self._columns):
                dpg.add_table_column()
            for i in range(0, len(parameters), self._columns):
                with within(dpg.table_row()):
                    for parameter in parameters[i : i + self._columns]:
                        with within(dpg.group(horizontal=True)):
                            self._parameter(state, parameter)

    def _parameter(self, state: EditorState, p: Parameter) -> None:
        make = _maker(p)
        item = make(state, p, self._changed)
        dpg.add_text(p.says.partition(";")[0], color=theme.DIM)
        if self._fonts.small:
            dpg.bind_item_font(dpg.last_item(), self._fonts.small)
        self._fields[p.name] = item
        if p.unit == "frame":
            self._frames.add(p.name)

    def _changed(self, sender: Item, value: object, key: str) -> None:
        self._do("stage-set", key=key, value=value)

    def _actions(self, state: EditorState) -> None:
        with within(
            dpg.group(horizontal=True, parent=self.head, horizontal_spacing=px(6))
        ):
            label = "Do it so" if can_change(state) else "Do it"
            self.apply = dpg.add_button(
                label=label, width=px(92), callback=lambda: self._do("stage-apply")
            )
            dpg.bind_item_theme(self.apply, self._lit)
            if can_change(state):
                self.anew = dpg.add_button(
                    label="Once more",
                    width=px(96),
                    callback=lambda: self._do("stage-apply", anew=True),
                )
                explain(
                    self.apply, "Change the one that was done; later edits are kept"
                )
                explain(self.anew, "A further one with these parameters")
            seed = dpg.add_drag_int(
                width=px(96),
                min_value=0,
                max_value=MOST_SEED,
                clamped=True,
                speed=0.1,
                callback=lambda _, seed: self._do("stage-seed", seed=seed),
            )
            explain(seed, "Another number makes other choices where chance decides")
            dpg.add_text("seed", color=theme.DIM)
            self._fields["seed"] = seed

    def _done_before(self, state: EditorState, staged: Staging | None) -> None:
        """Those that were done, to take their parameters up again."""
        for at, made in done_manoeuvres(state):
            if staged is not None and staged.at == at:
                continue
            button = dpg.add_button(
                label=f"Change {at + 1}. {made.label}",
                parent=self.settings,
                small=True,
                user_data=at,
                callback=lambda _, __, at: self._do("stage-edit", at=at),
            )
            if self._fonts.small:
                dpg.bind_item_font(button, self._fonts.small)

    def _fill(self, state: EditorState, staged: Staging) -> None:
        values = dict(staged.settings) | {"seed": staged.seed}
        for key, item in self._fields.items():
            if dpg.is_item_active(item):
                continue
            value = values[key]
            if key in self._frames:
                # No number is an answer to "when" where the manoeuvre chooses.
                shown = "when it fits" if value == ANY else "frame %d"
                dpg.configure_item(item, format=shown)
            if dpg.get_item_type(item).endswith("mvCombo"):
                value = _word(state, key, value)
            dpg.set_value(item, value)


Changed = Callable[[Item, object, str], None]
Maker = Callable[[EditorState, Parameter, Changed], Item]


def _title(name: str) -> str:
    return name.replace("-", " ").capitalize()


def _maker(p: Parameter) -> Maker:
    if p.choices:
        return _choice
    if p.unit == "track":
        return _whom
    if isinstance(p.default, bool):
        return _yes
    return _whole if isinstance(p.default, int) else _number


def _choice(state: EditorState, p: Parameter, changed: Changed) -> Item:
    return dpg.add_combo(p.choices, width=px(FIELD), user_data=p.name, callback=changed)


def _whom(state: EditorState, p: Parameter, changed: Changed) -> Item:
    tracks = {_word(state, p.name, -1): -1} | {
        _word(state, p.name, o.track_id): o.track_id for o in state.scene.objects
    }
    return dpg.add_combo(
        tuple(tracks),
        width=px(FIELD),
        user_data=p.name,
        callback=lambda sender, word, key: changed(sender, tracks[word], key),
    )


def _word(state: EditorState, key: str, value: object) -> str:
    """How a combo calls a value."""
    if isinstance(value, str):
        return value
    if value == -1:
        return BY_ITSELF
    names = [o.label for o in state.scene.objects if o.track_id == value]
    return names[0] if names else f"track {value}"


def _yes(state: EditorState, p: Parameter, changed: Changed) -> Item:
    return dpg.add_checkbox(user_data=p.name, callback=changed)


def _whole(state: EditorState, p: Parameter, changed: Changed) -> Item:
    shown = "%d" if p.unit != "frame" else "frame %d"
    return dpg.add_drag_int(
        width=px(FIELD),
        min_value=int(p.least),
        max_value=int(min(p.most, 10**6)),
        clamped=True,
        speed=0.1,
        format=shown,
        user_data=p.name,
        callback=changed,
    )


def _number(state: EditorState, p: Parameter, changed: Changed) -> Item:
    return dpg.add_drag_double(
        width=px(FIELD),
        min_value=p.least,
        max_value=p.most,
        clamped=True,
        speed=0.05,
        format=f"%.1f {p.unit}",
        user_data=p.name,
        callback=changed,
    )
