"""Shaded pictures of boxes and ways within a frame of the window, by pyrender.

OpenGL contexts are picky about threads: pyrender gets one of its own, with one renderer
and one scene for the life of the program. The newest wish wins. Where there is no such
context it says so once, and whoever asks draws lines instead.
"""

import os
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from nsg_editor.pictures.priority import step_back
from nsg_editor.pictures.proxy_shapes import (
    SKY,
    Shown,
    frustum_lines,
    grid_lines,
    ground_patch,
    object_triangles,
    way_triangles,
)
from nsg_editor.pictures.settling import settle

GRID_STEP = 20.0
"""The ground moves along in such steps, so that it is seldom made anew."""
SLOW_S = 0.02
"""If a full picture takes longer, one of fewer pixels goes before it."""
SMALLEST = 0.4
PAUSE_S = 0.12
STEPS = 2
"""Of niceness: shapes are drawn in no time, and before any neural picture."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """A picture [height width 3] uint8 of what was wished for."""

    shown: Shown
    rgb: np.ndarray
    seconds: float
    whole: bool
    """It has all the pixels that were wished for."""


class Proxy:
    """Draws what was asked for last, in a thread of its own."""

    def __init__(self) -> None:
        self._wake = threading.Condition()
        self._wanted: Shown | None = None
        self._stopped = False
        self._drawn: Drawn | None = None
        self._draws = False
        """What was asked for last, and nobody has seen."""
        self._trouble = ""
        self._thread: threading.Thread | None = None
        self.tell: Callable[[], object] = lambda: None
        """Called, in the thread that draws, when there is a picture to take."""

    def ask(self, shown: Shown) -> None:
        """Draw this; the thread begins with the first wish."""
        with self._wake:
            self._wanted = shown
            self._wake.notify()
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="proxy", daemon=True)
            self._thread.start()

    def take(self) -> Drawn | None:
        """The newest picture since the last call."""
        with self._wake:
            drawn, self._drawn = self._drawn, None
        return drawn

    @property
    def waits(self) -> bool:
        """There is nothing yet to take of what was asked for last."""
        return not self._trouble and (self._wanted is not None or self._draws)

    @property
    def trouble(self) -> str:
        """Why there will be no pictures; empty: there will."""
        return self._trouble

    def stop(self) -> None:
        """End the thread."""
        with self._wake:
            self._stopped = True
            self._wake.notify()
        if self._thread is not None:
            self._thread.join(timeout=5)

    def _run(self) -> None:
        step_back(STEPS)
        try:
            stage = _Stage()
        except Exception as error:
            # Whatever a driver may throw: the editor works without.
            self._trouble = _why(error)
            return
        settle()
        try:
            self._draw_all(stage)
        except Exception as error:
            self._trouble = _why(error)
        finally:
            stage.close()

    def _draw_all(self, stage: "_Stage") -> None:
        scale, unfinished = 1.0, None
        while True:
            with self._wake:
                if self._wanted is None and unfinished is not None:
                    # While hands are at work, sharper pictures would be in their way.
                    self._wake.wait(PAUSE_S)
                while self._wanted is None and unfinished is None and not self._stopped:
                    self._wake.wait()
                if self._stopped:
                    return
                shown, self._wanted = self._wanted, None
                self._draws = shown is not None
            if shown is None:
                # Nobody asks for another one: this one shall be sharp.
                assert unfinished is not None
                shown, unfinished = unfinished, None
                self._post(stage.draw(shown, 1.0))
                continue
            drawn = stage.draw(shown, scale)
            unfinished = None if drawn.whole else shown
            self._post(drawn)
            # So many pixels as are drawn in time, by what was measured last.
            share = scale * (SLOW_S / max(drawn.seconds, 1e-4)) ** 0.5
            scale = float(np.clip(0.5 * scale + 0.5 * share, SMALLEST, 1.0))

    def _post(self, drawn: Drawn) -> None:
        with self._wake:
            self._drawn, self._draws = drawn, False
        self.tell()


def _why(error: Exception) -> str:
    first = (str(error).strip() or type(error).__name__).splitlines()[0]
    return f"no OpenGL without a window here ({first[:90]})."


class _Stage:
    """pyrender's scene; made, used and ended in one thread."""

    def __init__(self) -> None:
        if sys.platform.startswith("linux"):
            os.environ.setdefault("PYOPENGL_PLATFORM", "egl")
        if not hasattr(np, "infty"):
            # pyrender 0.1.45 was written before NumPy 2.
            np.inf = np.inf  # pyright: ignore[reportAttributeAccessIssue]
        import pyrender

        self._made: Any = pyrender
        self._renderer = pyrender.OffscreenRenderer(64, 64)
        sky = [c / 255 for c in SKY]
        self._scene = pyrender.Scene(bg_color=[*sky, 1.0], ambient_light=[1.0] * 3)
        self._camera = pyrender.IntrinsicsCamera(1, 1, 0, 0, znear=0.2, zfar=600.0)
        self._eye = self._scene.add(self._camera)
        self._nodes: dict[str, Any] = {}
        self._keys: dict[str, object] = {}

    def draw(self, shown: Shown, scale: float) -> Drawn:
        """A picture with a share of the wished-for pixels on each side."""
        began = time.perf_counter()
        view = shown.view.scaled(scale)
        self._place(shown)
        camera = self._camera
        camera.fx, camera.fy = view.fx, view.fy
        camera.cx, camera.cy = view.cx + 0.5, view.cy + 0.5
        # OpenGL's cameras look back and up, ours ahead and down.
        pose = view.matrix() * np.array([1.0, -1.0, -1.0, 1.0])
        self._scene.set_pose(self._eye, pose)
        self._renderer.viewport_width = view.width
        self._renderer.viewport_height = view.height
        flags = self._made.RenderFlags
        pixels = self._renderer.render(
            self._scene, flags=flags.FLAT | flags.SKIP_CULL_FACES
        )
        assert pixels is not None
        return Drawn(shown, pixels[0], time.perf_counter() - began, scale >= 1.0)

    def _place(self, shown: Shown) -> None:
        T = shown.view.T_world_camera
        x, z = (round(c / GRID_STEP) * GRID_STEP for c in (T[3], T[11]))
        ground = (x, shown.ground, z)
        self._put("ground", ground, lambda: ground_patch(*ground), 3)
        self._put("grid", ground, lambda: grid_lines(*ground), 2)
        self._put("ways", shown.ways, lambda: way_triangles(shown.ways), 3)
        things = (shown.boxes, shown.colours, shown.ground)
        self._put("objects", things, lambda: object_triangles(shown), 3)
        self._put("cameras", shown.cameras, lambda: frustum_lines(shown.cameras), 2)

    def _put(self, name: str, key: object, make: Any, corners: int) -> None:
        """Make a part of the scene anew where it has changed."""
        if self._keys.get(name) == key:
            return
        self._keys[name] = key
        old = self._nodes.pop(name, None)
        if old is not None:
            self._scene.remove_node(old)
        points, colours = make()
        if not len(points):
            return
        if colours.ndim == 2:
            colours = np.repeat(colours[:, None], corners, 1)
        mesh = self._mesh(points.reshape(-1, 3), colours.reshape(-1, 3), corners)
        self._nodes[name] = self._scene.add(mesh)

    def _mesh(self, points: np.ndarray, colours: np.ndarray, corners: int) -> Any:
        opaque = np.ones((len(colours), 1))
        rgba = np.concatenate([np.clip(colours, 0, 1), opaque], 1)
        primitive = self._made.Primitive(
            positions=points.astype(np.float32),
            color_0=rgba.astype(np.float32),
            mode=4 if corners == 3 else 1,
            material=self._made.MetallicRoughnessMaterial(
                baseColorFactor=[1.0, 1.0, 1.0, 1.0], doubleSided=True
            ),
        )
        return self._made.Mesh([primitive])

    def close(self) -> None:
        """Give the context back, in the thread that made it."""
        self._renderer.delete()
