"""`--control SOCKET`: the steps of a play, sent one by one by another program.

Each line on the socket is one step as in `--play`; each is answered, once it is done,
by one line of JSON: ``{"ok": true, ...}`` with the editor's state, or ``{"ok": false,
"error": "..."}``. For tests with a real mouse, and for scripts that look first.
"""

import json
import queue
import socket
import threading
from collections.abc import Callable
from pathlib import Path

from nsg_core.errors import NsgError
from nsg_editor.console.play import Performer, Step

Describe = Callable[[], dict[str, object]]


class Control:
    """A thread reads lines; the main loop carries them out and answers."""

    def __init__(self, path: Path, performer: Performer, describe: Describe) -> None:
        self._performer, self._describe = performer, describe
        self._steps: queue.SimpleQueue[tuple[Step, socket.socket]] = queue.SimpleQueue()
        self._at_work: socket.socket | None = None
        self._server = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            path.unlink(missing_ok=True)
            self._server.bind(str(path))
        except OSError as error:
            raise NsgError(f"cannot listen on {path}: {error.strerror}.") from None
        self._server.listen(1)
        self._path = path
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._server.accept()
            except OSError:
                # Closed: the editor ends.
                return
            threading.Thread(target=self._read, args=(client,), daemon=True).start()

    def _read(self, client: socket.socket) -> None:
        with client.makefile("r", encoding="utf-8") as lines:
            for line in lines:
                try:
                    step = json.loads(line)
                except ValueError as error:
                    _answer(client, {"ok": False, "error": f"no JSON: {error}"})
                    continue
                self._steps.put((step, client))

    def tick(self) -> None:
        """Go on with the step at hand, or take up the next."""
        try:
            if self._at_work is None:
                try:
                    step, self._at_work = self._steps.get_nowait()
                except queue.Empty:
                    return
                self._performer.begin(step)
            if self._performer.done():
                self._finish({"ok": True} | self._describe())
        except NsgError as error:
            self._finish({"ok": False, "error": str(error)})

    def _finish(self, answer: dict[str, object]) -> None:
        client, self._at_work = self._at_work, None
        if client is not None:
            _answer(client, answer)

    def close(self) -> None:
        """Listen no more."""
        self._server.close()
        self._path.unlink(missing_ok=True)


def _answer(client: socket.socket, answer: dict[str, object]) -> None:
    try:
        client.sendall((json.dumps(answer) + "\n").encode())
    except OSError:
        # The asker has gone; nobody waits for the answer.
        client.close()
