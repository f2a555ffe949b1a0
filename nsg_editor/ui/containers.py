"""Dear PyGui's containers as what they are: context managers that give an item."""

from contextlib import AbstractContextManager
from typing import cast

Item = int | str
"""How Dear PyGui names everything on the screen."""


def within(container: object) -> AbstractContextManager[Item]:
    """`with within(dpg.group()):`; to the toolkit's types this is an int."""
    return cast("AbstractContextManager[Item]", container)
