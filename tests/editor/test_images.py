"""Recorded pictures that are read in a thread."""

import time
from pathlib import Path

import imageio.v3 as imageio
import numpy as np
import pytest

from nsg_core.errors import NsgError
from nsg_core.sequence import Sequence
from nsg_editor.pictures import images
from nsg_editor.pictures.images import Images
from tests.editor.scenes import street


def test_a_file_that_comes_back_is_read_after_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(images, "AGAIN_S", 0.0)
    scene, file = street(), tmp_path / "000000.png"
    camera = scene.camera("image_02")
    key = ("image_02", scene.frames[0])
    album = Images(Sequence(scene, {key: file}))

    def wait_for(kind: type) -> None:
        until = time.monotonic() + 10
        while not isinstance(album.get(key), kind):
            assert time.monotonic() < until
            album.want(key)
            time.sleep(0.01)

    try:
        wait_for(NsgError)
        pixels = np.full((camera.height, camera.width, 3), 77, np.uint8)
        imageio.imwrite(file, pixels)
        wait_for(np.ndarray)
    finally:
        album.stop()
