"""Textures cost nothing while nothing changes, and are no larger than they need be."""

import dearpygui.dearpygui as dpg
import numpy as np

from nsg_editor.ui.containers import Item
from nsg_editor.ui.views.texture import AWAKE, PictureTexture
from tests.ui.office import Office


def parent_of(tag: Item) -> int | None:
    """Where a texture is: in a registry, or laid aside."""
    return dpg.get_item_parent(tag)


def test_a_texture_at_rest_is_laid_aside_and_comes_back(office: Office) -> None:
    texture = office.texture
    rgb = np.zeros((30, 50, 3), dtype=np.uint8)
    texture.put(rgb)
    shown = parent_of(texture.tag)
    for _ in range(AWAKE - 1):
        texture.tick()
        assert parent_of(texture.tag) == shown
    texture.tick()
    assert parent_of(texture.tag) != shown
    texture.put(rgb)
    assert parent_of(texture.tag) == shown


def test_a_small_picture_lies_in_a_small_texture(office: Office) -> None:
    """The one in front stays until the pixels of the next one can be seen."""
    texture = PictureTexture(400, 200, (100, 60), (200, 120))
    texture.put(np.zeros((60, 100, 3), dtype=np.uint8))
    small = texture.tag
    assert texture.uv_max == (100 / 101, 60 / 61)
    texture.put(np.zeros((61, 100, 3), dtype=np.uint8))
    assert (texture.tag, texture.shown) == (small, (100, 60))
    texture.tick()
    assert texture.tag == small
    texture.tick()
    assert texture.tag != small
    assert texture.uv_max == (100 / 201, 61 / 121)
    # One that is overtaken never comes to the front.
    texture.put(np.zeros((60, 100, 3), dtype=np.uint8))
    texture.put(np.zeros((90, 100, 3), dtype=np.uint8))
    for _ in range(AWAKE):
        texture.tick()
    assert texture.uv_max == (100 / 201, 90 / 121)
