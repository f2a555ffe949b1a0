"""Flying with W A S D while the right mouse button is held."""

import dearpygui.dearpygui as dpg

from nsg_editor.derived.pointer import Dispatch
from nsg_editor.ui.keys import held

SPEED = 6.0
"""Metres a second; with Shift four times as fast."""


def fly(do: Dispatch, seconds: float) -> bool:
    """Shift the view as the keys that are down say; False if none is."""
    reach = SPEED * seconds * (4 if held(dpg.mvKey_LShift, dpg.mvKey_RShift) else 1)
    right = held(dpg.mvKey_D) - held(dpg.mvKey_A)
    down = held(dpg.mvKey_Q) - held(dpg.mvKey_E)
    ahead = held(dpg.mvKey_W) - held(dpg.mvKey_S)
    if not (right or down or ahead):
        return False
    do("fly", by=(right * reach, down * reach, ahead * reach))
    return True
