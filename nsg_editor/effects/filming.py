"""Reads and writes files of camera paths, and draws them to videos.

Like `effects`: a listener starts what the state asks for, `tick` tells what came of it.
"""

import os
import tempfile
from dataclasses import replace
from pathlib import Path

from nsg_core.documents.flight_file import assumed, read_camera_path, write_camera_path
from nsg_core.documents.scene_file import write_edits
from nsg_core.errors import NsgError
from nsg_editor.effects.jobs import NSG, Child, advance
from nsg_editor.state import EditorState
from nsg_editor.store import Store


def film_command(
    state: EditorState, folder: Path, device: str | None = None
) -> tuple[str, ...]:
    """Draw the camera path; its keys and the edits are in files of a folder."""
    drive, path, out = state.drive, state.scene.camera_path, state.film.out
    assert path is not None, "a film is of a path"
    assert out is not None, "a film goes to a folder"
    command = [*NSG, "render", str(state.model.path), "-o", str(out)]
    command += ["--data", str(drive.data)]
    if drive.name is not None:
        command += ["--sequence", drive.name]
    if drive.frames is not None:
        command += ["--frames", "{}-{}".format(*drive.frames)]
    command += ["--edits", str(folder / "edits.json")]
    command += ["--camera", str(folder / "camera.json"), "--video", f"{path.rate:g}"]
    if device is not None:
        command += ["--device", device]
    return (*command, "--progress", "json")


class Filming:
    """Between the camera path and its files."""

    def __init__(self, store: Store, device: str | None = None) -> None:
        self._store, self._device = store, device
        self._child: Child | None = None
        self._scratch = tempfile.TemporaryDirectory(prefix="nsg-film-")
        store.listen(self.changed)

    def changed(self, old: EditorState, new: EditorState) -> None:
        """Start what the new state asks for."""
        if new.flight.loading is not None and old.flight.loading is None:
            self._read(new, new.flight.loading)
        if new.flight.writing is not None and old.flight.writing is None:
            self._write(new, new.flight.writing)
        if new.film.status == "starting" and old.film.status != "starting":
            self._start(new)

    def _read(self, state: EditorState, file: Path) -> None:
        try:
            up = state.flight.up
            path = read_camera_path(file, state.scene.frames, up)
            told = assumed(file, up)
        except NsgError as error:
            self._store.dispatch("camera-path-read", path=None, problem=str(error))
            return
        self._store.dispatch("camera-path-read", path=path, assumed=told)

    def _write(self, state: EditorState, file: Path) -> None:
        path, problem = state.scene.camera_path, ""
        assert path is not None, "a path that is written is there"
        try:
            _keep_others(file, state.scene.frames)
            if os.path.exists(file) and file != state.flight.may_replace:
                self._store.dispatch("camera-path-taken", path=file)
                return
            write_camera_path(file, path, state.scene.frames)
        except NsgError as error:
            problem = str(error)
        self._store.dispatch("camera-path-written", path=file, problem=problem)

    def _start(self, state: EditorState) -> None:
        folder, path = Path(self._scratch.name), state.scene.camera_path
        try:
            assert path is not None, "a path that is drawn is there"
            write_edits(folder / "edits.json", state.edits)
            write_camera_path(folder / "camera.json", path, state.scene.frames)
            self._child = Child(film_command(state, folder, self._device))
        except (OSError, NsgError) as error:
            failed = replace(state.film, status="failed", message=str(error))
            self._store.dispatch("film-report", job=failed)
            self._complain("Could not start the video", str(error))

    def _complain(self, title: str, text: str) -> None:
        self._store.dispatch("complain", title=title, text=text)

    def tick(self) -> None:
        """Tell the state how far the video is."""
        if self._child is None:
            return
        before = self._store.state.film
        job = advance(self._child, before).job
        if job != before:
            self._store.dispatch("film-report", job=job)
        if job.status == "failed" and before.status != "failed":
            self._complain("The video failed", job.message)
        if not job.busy:
            self._child = None

    def close(self) -> None:
        """End what is being drawn, in order."""
        if self._child is not None:
            self._child.close()
            self._child = None
        self._scratch.cleanup()


def _keep_others(file: Path, frames: tuple[int, ...]) -> None:
    """A mistyped name must not cost anybody a project."""
    if not os.path.exists(file):
        return
    try:
        read_camera_path(file, frames)
    except NsgError:
        raise NsgError(
            f"{file} is there already and is no camera path of this drive: it was not "
            "touched. Choose another name."
        ) from None
