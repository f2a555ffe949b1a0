"""From a request to pictures: coarse at once, then finer, as a generator.

To cancel is to stop pulling.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from nsg_core.model import Model
from nsg_core.request import RenderRequest


@dataclass(frozen=True)
class Picture:
    """A picture of a request at one level of refinement, always of the full size.

    Coarse levels are enlarged to that size, so a viewer needs no case for them.
    """

    rgb: np.ndarray
    """[height width 3] float32, C-contiguous, in [0, 1]."""
    depth: np.ndarray
    """[height width] float32, metres along the ray."""
    opacity: np.ndarray
    """[height width] float32."""
    track: np.ndarray
    """[height width] int32; -1: background."""
    stride: int
    """One ray for every `stride` x `stride` pixels; 1: full resolution."""
    samples: int
    """Rays a pixel at full resolution; more than 1 once anti-aliasing began."""
    final: bool
    """No further picture of this request follows."""
    seconds: float
    """Since the request was taken up."""
    rays: int
    """Traced since then."""


def render_frame(
    model: Model,
    request: RenderRequest,
    first_stride: int = 8,
    samples: int = 1,
) -> Iterator[Picture | None]:
    """Pictures of a request, from coarse to fine; the last one is final.

    Yields None between slices of work (about 10 ms), so that a caller can drop the
    request soon after it is outdated by pulling no more.
    """
    raise NotImplementedError
