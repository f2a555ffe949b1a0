"""A picture that the training never sees, recorded and learnt, side by side."""

from collections.abc import Callable

import numpy as np

from nsg_core.drawing.frame import Picture
from nsg_core.errors import NsgError
from nsg_core.pictures import shrink
from nsg_core.request import RenderRequest, request_frame
from nsg_editor.actions.training import held_out
from nsg_editor.pictures.errands import Take
from nsg_editor.pictures.images import Images
from nsg_editor.state import EditorState

WIDTH = 264
"""Pixels of each of the two."""
Send = Callable[[RenderRequest, Take], None]


class Validation:
    """Asks for one picture whenever there are newer weights."""

    def __init__(self, images: Images, send: Send) -> None:
        self._images, self.send = images, send
        self._asked: object = None
        self._pending: RenderRequest | None = None
        self._learnt: np.ndarray | None = None
        self.pixels: np.ndarray | None = None
        """Recorded above learnt [2 height, width, 4], float32; None: not known yet."""

    @staticmethod
    def size(state: EditorState) -> tuple[int, int]:
        """Of one of the two."""
        camera = state.drive.recording.cameras[0]
        return WIDTH, max(1, round(WIDTH * camera.height / camera.width))

    @staticmethod
    def place(state: EditorState) -> tuple[str, int]:
        """Camera and frame: the middle one of those held out."""
        drive = state.drive.recording
        unseen = held_out(state) or drive.frames
        return drive.cameras[0].name, unseen[len(unseen) // 2]

    def tick(self, state: EditorState) -> bool:
        """Ask for what is missing; True if there is something new to see."""
        camera, frame = self.place(state)
        model = state.model
        weights = (model.path, model.step, model.version, camera, frame)
        if model.status == "ready" and weights != self._asked and not self._pending:
            self._asked = weights
            scene = state.drive.recording
            scale = WIDTH / scene.camera(camera).width
            self._pending = request_frame(scene, camera, frame, scale)
            self._learnt = None
            self.send(self._pending, self._take)
        found = self._images.get((camera, frame))
        if found is None:
            self._images.want((camera, frame))
        if self._learnt is None or found is None or isinstance(found, NsgError):
            return False
        height, width = self._learnt.shape[:2]
        recorded = shrink(found, (width, height)).astype(np.float32) / 255
        self.pixels = np.ones((2 * height, width, 4), np.float32)
        self.pixels[:height, :, :3] = recorded
        self.pixels[height:, :, :3] = self._learnt
        self._learnt = None
        return True

    def _take(self, request: RenderRequest, picture: Picture) -> None:
        self._pending = None
        self._learnt = np.clip(picture.rgb, 0, 1)
