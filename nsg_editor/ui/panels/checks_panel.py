"""What looks wrong in this frame, each with a button that mends it."""

import dearpygui.dearpygui as dpg

from nsg_core.checks.checker import Finding
from nsg_editor.actions.checking import findings
from nsg_editor.derived.pointer import Dispatch
from nsg_editor.state import EditorState
from nsg_editor.ui import theme
from nsg_editor.ui.containers import Item, set_shown, within
from nsg_editor.ui.icons import Icons
from nsg_editor.ui.theme import Fonts, px

MOST = 30
"""Findings that are listed; more would only be a wall of words."""
ROWS = 60
"""Stretches of frames with findings that are listed."""


class ChecksPanel:
    """A sentence and a mend for each finding; below, other frames that have some."""

    title = "Checks"

    def __init__(self, do: Dispatch, fonts: Fonts) -> None:
        self._do, self._fonts = do, fonts
        self._icons = Icons()
        self._built_for: object = None
        self._frames_for: object = None

    def build(self, parent: Item) -> None:
        """Make the empty lists."""
        with within(dpg.group(parent=parent)):
            self.heading = dpg.add_text("", color=theme.TEXT)
            self.list = dpg.add_group()
            self.all = dpg.add_button(
                label="Mend all of this frame",
                width=-1,
                callback=lambda: self._do("mend-all"),
            )
            dpg.add_separator()
            self.look = dpg.add_button(
                label="Look through all frames",
                width=-1,
                callback=lambda: self._do("check-all"),
            )
            self.told = dpg.add_text("", color=theme.DIM, wrap=0)
            self.frames = dpg.add_group()
        if self._fonts.strong:
            dpg.bind_item_font(self.heading, self._fonts.strong)
            dpg.bind_item_font(self.told, self._fonts.small)

    def arrange(self, width: int, height: int) -> None:
        """Sentences are wrapped at the width there is."""

    def fields(self) -> tuple[Item, ...]:
        """Nothing is typed here."""
        return ()

    def sync(self, old: EditorState | None, new: EditorState) -> None:
        """Show what is wrong in the frame."""
        found = findings(new)
        dpg.set_value(self.heading, _heading(new, found))
        set_shown(self.all, len(found) > 1)
        # While something is dragged the numbers in the words change all the time.
        shape = [(f.kind, f.track, f.words, f.mend, f.bad) for f in found[:MOST]]
        if shape != self._built_for:
            self._built_for = shape
            dpg.delete_item(self.list, children_only=True)
            for finding in found[:MOST]:
                self._build_finding(finding)
        self._sync_frames(new)

    def _build_finding(self, finding: Finding) -> None:
        colour = theme.BAD if finding.bad else theme.WARM
        side = self._icons.side
        with within(dpg.group(horizontal=True, parent=self.list)):
            with within(dpg.group()):
                dpg.add_spacer(height=px(1))
                dpg.add_image(
                    self._icons["doubt"], width=side, height=side, tint_color=colour
                )
            with within(dpg.group()):
                words = dpg.add_text(finding.words, wrap=0)
                named = {"kind": finding.kind, "track": finding.track}
                with within(dpg.group(horizontal=True)):
                    mend = dpg.add_button(
                        label=finding.mend, callback=lambda: self._do("mend", **named)
                    )
                    where = dpg.add_button(
                        label="Select",
                        callback=lambda: self._do("select", track=finding.track),
                    )
                dpg.add_spacer(height=px(2))
        if self._fonts.small:
            for item in (words, mend, where):
                dpg.bind_item_font(item, self._fonts.small)

    def _sync_frames(self, state: EditorState) -> None:
        survey = state.survey
        if (survey, state.edits is survey.edits) == self._frames_for:
            return
        self._frames_for = (survey, state.edits is survey.edits)
        dpg.delete_item(self.frames, children_only=True)
        told = "" if survey.edits is None else _told(state)
        dpg.set_value(self.told, told)
        for first, last, count in stretches(survey.counts)[:ROWS]:
            span = f"Frame {first}" if first == last else f"Frames {first}-{last}"
            row = dpg.add_selectable(
                label=f"{span}: {count}",
                parent=self.frames,
                user_data=first,
                callback=self._go,
            )
            if self._fonts.small:
                dpg.bind_item_font(row, self._fonts.small)

    def _go(self, sender: Item, on: bool, frame: int) -> None:
        dpg.set_value(sender, False)
        self._do("frame", to=frame)


def _heading(state: EditorState, found: tuple[Finding, ...]) -> str:
    if not found:
        return f"Frame {state.frame} looks right"
    return f"Frame {state.frame}: {len(found)} to look at"


def _told(state: EditorState) -> str:
    survey = state.survey
    stale = "" if state.edits is survey.edits else "Before the last edits: "
    if not survey.counts:
        return f"{stale}all frames look right."
    return f"{stale}{len(survey.counts)} frames have something to look at."


def stretches(counts: tuple[tuple[int, int], ...]) -> list[tuple[int, int, int]]:
    """Neighbouring frames with as many findings: first, last and how many."""
    found: list[tuple[int, int, int]] = []
    for frame, count in counts:
        if found and found[-1][1:] == (frame - 1, count):
            found[-1] = (found[-1][0], frame, count)
        else:
            found.append((frame, frame, count))
    return found
