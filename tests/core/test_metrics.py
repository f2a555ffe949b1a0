"""PSNR and SSIM: closed forms, and another program's numbers."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torchmetrics.functional.image import structural_similarity_index_measure

from nsg_core.measuring.metrics import SSIM_WINDOW, psnr, psnr_within, ssim


def noise(seed: int, size: tuple[int, int] = (24, 40)) -> np.ndarray:
    return np.random.default_rng(seed).random((*size, 3), dtype=np.float32)


def test_psnr_is_its_formula() -> None:
    black = np.zeros((4, 5, 3), dtype=np.float32)
    assert psnr(black + 0.1, black) == pytest.approx(20)
    assert psnr(black + 0.01, black) == pytest.approx(40, abs=1e-4)
    assert psnr(black, black) == 100
    # What no screen can show is cut before it is compared.
    assert psnr(black - 7, black) == 100


def test_psnr_within_a_mask_is_that_of_its_pixels() -> None:
    recorded = np.zeros((4, 5, 3), dtype=np.float32)
    rendered, mask = recorded + 0.5, np.zeros((4, 5), dtype=bool)
    rendered[1, 2:4], mask[1, 2:4] = 0.1, True
    assert psnr_within(rendered, recorded, mask) == pytest.approx(20)
    mask[0, 0] = True
    by_hand = (2 * 0.1**2 + 0.5**2) / 3
    expected = -10 * math.log10(by_hand)
    assert psnr_within(rendered, recorded, mask) == pytest.approx(expected)
    assert psnr_within(rendered, recorded, mask & False) is None


@given(st.integers(0, 100), st.floats(0, 0.5))
def test_ssim_agrees_with_torchmetrics(seed: int, blur: float) -> None:
    recorded = noise(seed)
    rendered = (1 - blur) * recorded + blur * noise(seed + 1)
    a, b = (
        torch.from_numpy(p).permute(2, 0, 1)[None].double()
        for p in (rendered, recorded)
    )
    _, theirs = structural_similarity_index_measure(
        a, b, data_range=1.0, return_full_image=True
    )
    # Its windows reach beyond the picture; those within are the rest.
    whole = theirs[..., 5:-5, 5:-5].mean()
    assert ssim(rendered, recorded) == pytest.approx(float(whole), abs=1e-6)


def test_ssim_of_equal_pictures_is_one() -> None:
    picture = noise(0)
    assert ssim(picture, picture) == pytest.approx(1, abs=1e-9)
    flat = np.full_like(picture, 0.3)
    assert ssim(flat, flat) == pytest.approx(1, abs=1e-9)


def test_ssim_of_flat_pictures_is_its_formula() -> None:
    """Without structure only the brightness counts."""
    a, b = (np.full((16, 16, 3), value, dtype=np.float32) for value in (0.2, 0.6))
    expected = (2 * 0.2 * 0.6 + 1e-4) / (0.2**2 + 0.6**2 + 1e-4)
    assert ssim(a, b) == pytest.approx(expected, abs=1e-6)


def test_ssim_needs_a_whole_window() -> None:
    small = noise(0, (SSIM_WINDOW - 1, 40))
    assert ssim(small, small) is None
    assert ssim(noise(0, (11, 11)), noise(0, (11, 11))) == pytest.approx(1)
