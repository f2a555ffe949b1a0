"""How the features of points change with the points, for poses that are learnt.

Trilinear weights are linear along each axis, so a slope is the difference of the two
faces of a cell. Twin: the gradient of `hashgrid.encode_torch`.
"""

import warp as wp

from nsg_core.kernels.launching import OPTIONS
from nsg_core.kernels.snippets import CORNERS

wp.set_module_options(OPTIONS)


@wp.func_native(
    "float slope[3] = {0.f, 0.f, 0.f};"
    "for (int l = 0; l < 8; ++l) {"
    + CORNERS
    + """
        const float* g = d_features.data + ((size_t)l * samples + i) * 4;
        for (int c = 0; c < 8; ++c) {
            const float* entry = table.data + (level + rows[c]) * 4;
            float v = 0.f;
            for (int k = 0; k < 4; ++k) v += g[k] * entry[k];
            v *= s;
            const float wx = (c & 1) ? fx : 1.f - fx;
            const float wy = (c & 2) ? fy : 1.f - fy;
            const float wz = (c & 4) ? fz : 1.f - fz;
            slope[0] += ((c & 1) ? v : -v) * wy * wz;
            slope[1] += ((c & 2) ? v : -v) * wx * wz;
            slope[2] += ((c & 4) ? v : -v) * wx * wy;
        }
    }
    return wp::vec_t<3, float>(slope[0], slope[1], slope[2]);
"""
)
def _slope(
    table: wp.array(dtype=wp.float32),
    scales: wp.array(dtype=wp.float32),
    mask: wp.uint32,
    instance: wp.int32,
    x: wp.float32,
    y: wp.float32,
    z: wp.float32,
    i: wp.int32,
    samples: wp.int32,
    d_features: wp.array(dtype=wp.float32),
) -> wp.vec3: ...


@wp.kernel
def encode_slope_kernel(
    first: wp.int32,
    table: wp.array(dtype=wp.float32),
    scales: wp.array(dtype=wp.float32),
    mask: wp.uint32,
    instances: wp.array(dtype=wp.int32),
    positions: wp.array(dtype=wp.vec3),
    samples: wp.int32,
    d_features: wp.array(dtype=wp.float32),
    d_positions: wp.array(dtype=wp.vec3),
):
    """The gradient of points from that of their features [levels samples channels]."""
    i = first + wp.tid()
    p = positions[i]
    n = instances[i]
    d_positions[i] = _slope(
        table, scales, mask, n, p[0], p[1], p[2], i, samples, d_features
    )
