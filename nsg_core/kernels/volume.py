"""Compositing of packed samples, forward and backward; twin: `nsg_core.fast.twin`.

With optical depths ``tau_i = sigma_i dt_i`` and ``T_i = exp(-sum_{j<i} tau_j)``, the
colour is ``sum_i T_i (1 - exp(-tau_i)) c_i`` (Max 1995; Mildenhall et al. 2020, eq. 3).
"""

import warp as wp

from nsg_core.kernels.launching import OPTIONS

wp.set_module_options(OPTIONS)

INSIGNIFICANT = wp.constant(wp.float32(5.0e-4))
"""Samples of less weight teach nothing: their gradients are set to zero, and the
backward passes of networks and tables skip them. Most samples are such."""


@wp.kernel
def composite_kernel(
    first: wp.int32,
    offsets: wp.array(dtype=wp.int32),
    counts: wp.array(dtype=wp.int32),
    sigmas: wp.array(dtype=wp.float32),
    colours: wp.array(dtype=wp.vec3),
    ts: wp.array(dtype=wp.float32),
    dts: wp.array(dtype=wp.float32),
    rgb: wp.array(dtype=wp.vec3),
    depth: wp.array(dtype=wp.float32),
    clear: wp.array(dtype=wp.float32),
    spread: wp.array(dtype=wp.float32),
):
    """Colour, expected distance (not divided by opacity), transmittance and spread.

    The spread is the distortion of Barron et al. (CVPR 2022, eq. 15) in the logarithm
    of the distance, in one pass: ``sum_ij w_i w_j |s_i - s_j| + sum_i w_i^2 ds_i / 3``.
    """
    i = first + wp.tid()
    c = wp.vec3(0.0, 0.0, 0.0)
    z = float(0.0)
    T = float(1.0)
    pairs = float(0.0)
    own = float(0.0)
    ws = float(0.0)
    for k in range(offsets[i], offsets[i] + counts[i]):
        after = T * wp.exp(-sigmas[k] * dts[k])
        w = T - after
        s = wp.log(ts[k])
        pairs = pairs + w * (s * (1.0 - T) - ws)
        own = own + w * w * dts[k] / ts[k]
        ws = ws + w * s
        c = c + w * colours[k]
        z = z + w * ts[k]
        T = after
    rgb[i] = c
    depth[i] = z
    clear[i] = T
    spread[i] = 2.0 * pairs + own / 3.0


@wp.kernel
def composite_backward_kernel(
    first: wp.int32,
    offsets: wp.array(dtype=wp.int32),
    counts: wp.array(dtype=wp.int32),
    sigmas: wp.array(dtype=wp.float32),
    colours: wp.array(dtype=wp.vec3),
    ts: wp.array(dtype=wp.float32),
    dts: wp.array(dtype=wp.float32),
    rgb: wp.array(dtype=wp.vec3),
    depth: wp.array(dtype=wp.float32),
    clear: wp.array(dtype=wp.float32),
    spread: wp.array(dtype=wp.float32),
    d_rgb: wp.array(dtype=wp.vec3),
    d_depth: wp.array(dtype=wp.float32),
    d_clear: wp.array(dtype=wp.float32),
    d_spread: wp.array(dtype=wp.float32),
    d_sigmas: wp.array(dtype=wp.float32),
    d_colours: wp.array(dtype=wp.vec3),
):
    """Gradients of densities and colours.

    ``d out / d tau_i = T_{i+1} value_i - sum_{j>i} w_j value_j``: what a sample adds
    in front less what it hides behind. The spread's `value` is its derivative by the
    weight, ``2 sum_j w_j |s_i - s_j| + 2/3 w_i ds_i``, and it is quadratic in weights.
    """
    i = first + wp.tid()
    g = d_rgb[i]
    e = d_spread[i]
    behind = wp.dot(g, rgb[i]) + d_depth[i] * depth[i] + 2.0 * e * spread[i]
    lost = d_clear[i] * clear[i]
    T = float(1.0)
    total = float(0.0)
    for k in range(offsets[i], offsets[i] + counts[i]):
        after = T * wp.exp(-sigmas[k] * dts[k])
        total = total + (T - after) * wp.log(ts[k])
        T = after
    opaque = 1.0 - T
    T = float(1.0)
    ws = float(0.0)
    for k in range(offsets[i], offsets[i] + counts[i]):
        after = T * wp.exp(-sigmas[k] * dts[k])
        w = T - after
        s = wp.log(ts[k])
        before = 1.0 - T
        apart = s * before - ws + (total - ws) - s * (opaque - before)
        pull = 2.0 * apart + 2.0 / 3.0 * w * dts[k] / ts[k]
        value = wp.dot(g, colours[k]) + d_depth[i] * ts[k] + e * pull
        behind = behind - w * value
        if w > INSIGNIFICANT:
            d_sigmas[k] = dts[k] * (after * value - behind - lost)
            d_colours[k] = w * g
        else:
            d_sigmas[k] = 0.0
            d_colours[k] = wp.vec3(0.0, 0.0, 0.0)
        ws = ws + w * s
        T = after
