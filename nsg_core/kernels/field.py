"""The hash-grid field: encoding and small networks, forward and backward.

Multiresolution hash encoding after Mueller et al., "Instant Neural Graphics Primitives"
(SIGGRAPH 2022), section 3. All instances of a kind share one table: the instance is a
fourth coordinate of the hash. Readable twins in torch: `nsg_core.fields.hashgrid`.

Here: one sample at a time, for any device. The CPU trains by blocks of samples instead:
`nsg_core.kernels.encoding` and `nsg_core.kernels.networks`.

Network, without biases:
features [32] -> 32 ReLU -> 16; the first is the density's logarithm, all 16 and nine
spherical harmonics of the direction [25] -> 32 ReLU -> 3 -> sigmoid.
"""

import warp as wp

from nsg_core.kernels.launching import OPTIONS
from nsg_core.kernels.snippets import (
    COLOUR,
    CORNERS,
    DENSITY,
    ENCODE,
    HARMONICS,
    VECTORS,
)

LEVELS = 8
CHANNELS = 4
FEATURES = LEVELS * CHANNELS
HIDDEN = 32
GEOMETRY = 16
COLOUR_IN = GEOMETRY + 9
"""With the spherical harmonics up to degree two."""
SHAPES = ((FEATURES, HIDDEN), (HIDDEN, GEOMETRY), (COLOUR_IN, HIDDEN), (HIDDEN, 3))
"""Rows (inputs) and columns (outputs) of the four weight matrices, packed in order."""
WEIGHTS = sum(rows * columns for rows, columns in SHAPES)
LOG_DENSITY_START = -4.0
"""Added to log density: fresh weights are a thin haze that rays see through."""
LOG_DENSITY_MAX = 12.0
"""exp() above it is cut, so that no density overflows; its gradient is kept alive."""

vec16 = wp.types.vector(length=GEOMETRY, dtype=wp.float32)

wp.set_module_options(OPTIONS)


@wp.func_native(
    VECTORS
    + "float features[32];"
    + ENCODE
    + DENSITY
    + "wp::vec_t<16, float> result;"
    + "for (int j = 0; j < 16; ++j) result[j] = out[j];"
    + "return result;"
)
def _geometry(
    table: wp.array(dtype=wp.float32),
    scales: wp.array(dtype=wp.float32),
    mask: wp.uint32,
    weights: wp.array(dtype=wp.float32),
    instance: wp.int32,
    x: wp.float32,
    y: wp.float32,
    z: wp.float32,
) -> vec16: ...


@wp.func_native(
    VECTORS + "float harmonics[9]; float out[16];"
    "for (int j = 0; j < 16; ++j) out[j] = geo[j];"
    + HARMONICS
    + COLOUR
    + "return wp::vec_t<3, float>(rgb[0], rgb[1], rgb[2]);"
)
def _colour(
    weights: wp.array(dtype=wp.float32),
    geo: vec16,
    dx: wp.float32,
    dy: wp.float32,
    dz: wp.float32,
) -> wp.vec3: ...


@wp.struct
class FieldData:
    """One hash-grid field: table, scales of its levels, weights."""

    table: wp.array(dtype=wp.float32)
    scales: wp.array(dtype=wp.float32)
    mask: wp.uint32
    weights: wp.array(dtype=wp.float32)


@wp.func
def geometry(field: FieldData, instance: wp.int32, q: wp.vec3) -> vec16:
    """Sixteen numbers at a point of the unit cube; the first is log density."""
    return _geometry(
        field.table,
        field.scales,
        field.mask,
        field.weights,
        instance,
        q[0],
        q[1],
        q[2],
    )


@wp.func
def colour(field: FieldData, geo: vec16, d: wp.vec3) -> wp.vec3:
    """The colour that a point sends along a direction."""
    return _colour(field.weights, geo, d[0], d[1], d[2])


@wp.func_native(
    CORNERS
    + """
    float* f = features.data + ((size_t)l * samples + i) * 4;
    for (int k = 0; k < 4; ++k) f[k] = 0.f;
    for (int c = 0; c < 8; ++c)
        for (int k = 0; k < 4; ++k)
            f[k] += w[c] * table.data[(level + rows[c]) * 4 + k];
"""
)
def _gather(
    table: wp.array(dtype=wp.float32),
    scales: wp.array(dtype=wp.float32),
    mask: wp.uint32,
    instance: wp.int32,
    x: wp.float32,
    y: wp.float32,
    z: wp.float32,
    l: wp.int32,  # noqa: E741  The level, as in the snippet.
    i: wp.int32,
    samples: wp.int32,
    features: wp.array(dtype=wp.float32),
): ...


@wp.kernel
def encode_wide_kernel(
    first: wp.int32,
    table: wp.array(dtype=wp.float32),
    scales: wp.array(dtype=wp.float32),
    mask: wp.uint32,
    instances: wp.array(dtype=wp.int32),
    positions: wp.array(dtype=wp.vec3),
    samples: wp.int32,
    features: wp.array(dtype=wp.float32),
):
    """`encoding.encode_kernel` for CUDA: an item is one sample at one level."""
    item = first + wp.tid()
    i = item % samples
    l = item // samples  # noqa: E741
    p = positions[i]
    n = instances[i]
    _gather(table, scales, mask, n, p[0], p[1], p[2], l, i, samples, features)


@wp.func_native(
    CORNERS
    + """
    const float* g = d_features.data + ((size_t)l * samples + i) * 4;
    if (g[0] == 0.f && g[1] == 0.f && g[2] == 0.f && g[3] == 0.f) return;
    for (int c = 0; c < 8; ++c) {
        float* d = d_table.data + (level + rows[c]) * 4;
        for (int k = 0; k < 4; ++k) {
#if defined(__CUDA_ARCH__)
            atomicAdd(d + k, w[c] * g[k]);
#else
            d[k] += w[c] * g[k];
#endif
        }
    }
"""
)
def _scatter(
    d_table: wp.array(dtype=wp.float32),
    scales: wp.array(dtype=wp.float32),
    mask: wp.uint32,
    instance: wp.int32,
    x: wp.float32,
    y: wp.float32,
    z: wp.float32,
    l: wp.int32,  # noqa: E741  The level, as in the snippet.
    i: wp.int32,
    samples: wp.int32,
    d_features: wp.array(dtype=wp.float32),
): ...


@wp.kernel
def encode_backward_wide_kernel(
    first: wp.int32,
    d_table: wp.array(dtype=wp.float32),
    scales: wp.array(dtype=wp.float32),
    mask: wp.uint32,
    instances: wp.array(dtype=wp.int32),
    positions: wp.array(dtype=wp.vec3),
    samples: wp.int32,
    d_features: wp.array(dtype=wp.float32),
):
    """`encoding.encode_backward_kernel` for CUDA: the same items, added atomically."""
    item = first + wp.tid()
    i = item % samples
    l = item // samples  # noqa: E741
    p = positions[i]
    n = instances[i]
    _scatter(d_table, scales, mask, n, p[0], p[1], p[2], l, i, samples, d_features)


@wp.func
def density(geo: vec16) -> wp.float32:
    """Density in 1/metre from a field's sixteen numbers."""
    return wp.exp(wp.min(geo[0] + LOG_DENSITY_START, LOG_DENSITY_MAX))


@wp.kernel
def density_kernel(
    first: wp.int32,
    field: FieldData,
    instances: wp.array(dtype=wp.int32),
    positions: wp.array(dtype=wp.vec3),
    sigmas: wp.array(dtype=wp.float32),
):
    """Densities of points in the unit cube, in 1/metre."""
    i = first + wp.tid()
    sigmas[i] = density(geometry(field, instances[i], positions[i]))
