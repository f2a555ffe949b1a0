"""Holds the state, and tells listeners what it was and what it is."""

from collections import deque
from collections.abc import Callable

from nsg_core.errors import NsgError
from nsg_editor.actions.table import perform
from nsg_editor.state import EditorState

Listener = Callable[[EditorState, EditorState], None]
Hearer = Callable[[str, dict[str, object], EditorState, EditorState], None]


class Store:
    """The state, which only `dispatch` changes; one thread alone uses it."""

    def __init__(self, state: EditorState) -> None:
        self.state = state
        self._listeners: list[Listener] = []
        self._hearers: list[Hearer] = []
        self._telling = False
        self._later: deque[tuple[str, dict[str, object]]] = deque()

    def listen(self, listener: Listener) -> None:
        """Call `listener(old, new)` after each change."""
        self._listeners.append(listener)

    def hear(self, hearer: Hearer) -> None:
        """Call `hearer(name, arguments, old, new)` for each action that did something,
        before anybody answers it."""
        self._hearers.append(hearer)

    def dispatch(self, name: str, /, **arguments: object) -> None:
        """Do a named action; NsgError where it cannot be done, and nothing changed.

        What a listener dispatches waits until all listeners have seen the change that
        it answers, so that each of them sees all changes in one order.
        """
        if self._telling:
            self._later.append((name, arguments))
            return
        self._change(name, arguments)
        while self._later:
            self._change(*self._later.popleft())

    def _change(self, name: str, arguments: dict[str, object]) -> None:
        old = self.state
        new = perform(old, name, **arguments)
        if new is old:
            return
        self.state = new
        self._telling = True
        try:
            for hearer in self._hearers:
                hearer(name, arguments, old, new)
            for listener in self._listeners:
                listener(old, new)
        finally:
            self._telling = False

    def attempt(self, name: str, /, **arguments: object) -> bool:
        """Do an action for a person: what they can mend becomes a line or a dialog."""
        try:
            self.dispatch(name, **arguments)
        except NsgError as error:
            self.dispatch("tell", notice=_sentence(error))
            return False
        return True


def _sentence(error: NsgError) -> str:
    text = str(error)
    return text[:1].upper() + text[1:]
