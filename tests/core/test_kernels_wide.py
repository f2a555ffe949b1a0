"""What CUDA runs, as far as a machine without a GPU can tell."""

import sys
from pathlib import Path
from types import ModuleType

import pytest
import torch
import warp as wp
from torch import Tensor

from nsg_core.fields import hashgrid
from nsg_core.kernels import display, field, optimise, sight, volume, walk
from nsg_core.kernels.launching import as_warp

SAMPLES = 500


def _launch(kernel: object, table: Tensor, features: Tensor, points: Tensor) -> Tensor:
    """One thread: items that would collide come one after the other."""
    inputs = [
        as_warp(table.view(-1), wp.float32),
        as_warp(hashgrid.level_scales(4, 300), wp.float32),
        wp.uint32(table.shape[1] - 1),
        as_warp(_instances(), wp.int32),
        as_warp(points, wp.vec3),
        SAMPLES,
        as_warp(features.view(-1), wp.float32),
    ]
    wp.launch(kernel, SAMPLES * field.LEVELS, [0, *inputs], device="cpu")
    return features


def _instances() -> Tensor:
    return (torch.arange(SAMPLES) % 6 - 1).int()


def test_encoding_for_cuda_is_that_of_the_cpu() -> None:
    table, points = torch.randn(8, 256, 4), torch.rand(SAMPLES, 3)
    found = _launch(field.encode_wide_kernel, table, torch.empty(8, SAMPLES, 4), points)
    scales = hashgrid.level_scales(4, 300)
    expected = hashgrid.encode(table, scales, _instances(), points)
    torch.testing.assert_close(found, expected)


def test_its_gradient_for_cuda_is_that_of_the_cpu() -> None:
    table, points = torch.randn(8, 16, 4, requires_grad=True), torch.rand(SAMPLES, 3)
    pull = torch.randn(8, SAMPLES, 4)
    pull[:, ::3] = 0
    found = torch.zeros_like(table)
    _launch(field.encode_backward_wide_kernel, found, pull, points)
    scales = hashgrid.level_scales(4, 300)
    hashgrid.encode(table, scales, _instances(), points).backward(pull)
    assert table.grad is not None
    torch.testing.assert_close(found, table.grad, atol=1e-4, rtol=1e-4)


@pytest.mark.skipif(sys.platform == "darwin", reason="Warp has no CUDA there")
@pytest.mark.parametrize("module", [field, display, optimise, sight, volume, walk])
def test_kernels_compile_for_cuda(module: ModuleType, tmp_path: Path) -> None:
    """Their native functions are C that both compilers must take."""
    (path,) = wp.compile_aot_module(module, arch=75, module_dir=tmp_path, use_ptx=True)
    assert ".entry" in Path(path).read_text()
