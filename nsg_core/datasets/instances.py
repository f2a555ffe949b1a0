"""Instance pictures after KITTI MOTS: 16 bit, class * 1000 + track, 0: background.

Car and Pedestrian have the numbers of KITTI MOTS (Voigtlaender et al., CVPR 2019); the
other classes of KITTI tracking, which MOTS does not annotate, follow. The number 10 is
left out: 10000 means "ignore" in MOTS.
"""

import numpy as np
from jaxtyping import Int, UInt16

from nsg_core.errors import NsgError
from nsg_core.scene import PlacedBox

CLASS_IDS = {
    "Car": 1,
    "Pedestrian": 2,
    "Van": 3,
    "Truck": 4,
    "Cyclist": 5,
    "Tram": 6,
    "Person": 7,
    "Person_sitting": 7,
    "Misc": 8,
}
OTHER_CLASS = 9
LAST_TRACK = 999


def instance_id(category: str, track: int) -> int:
    """The number of an object in an instance picture; NsgError where it has none."""
    if not 0 <= track <= LAST_TRACK:
        raise NsgError(
            f"track {track}: instance pictures hold track ids from 0 to {LAST_TRACK}; "
            "give the object another id."
        )
    return CLASS_IDS.get(category, OTHER_CLASS) * 1000 + track


def instance_picture(
    tracks: Int[np.ndarray, "height width"], boxes: tuple[PlacedBox, ...]
) -> UInt16[np.ndarray, "height width"]:
    """Instance numbers from the track id of each pixel (-1: background)."""
    picture = np.zeros(tracks.shape, np.uint16)
    for box in boxes:
        picture[tracks == box.track_id] = instance_id(box.category, box.track_id)
    return picture
