"""The hash-grid field: encoding and small networks, forward and backward.

Multiresolution hash encoding after Mueller et al., "Instant Neural Graphics Primitives"
(SIGGRAPH 2022), section 3. All instances of a kind share one table: the instance is a
fourth coordinate of the hash. Readable twins in torch: `nsg_core.fields.hashgrid`.

The loops over channels are C snippets, compiled by Warp for the CPU and for CUDA alike,
because their innermost loops then become vector instructions: a third of a
microsecond a sample in Warp's own vector types is 0.1 in these.

Network, without biases:
features [32] -> 32 ReLU -> 16; the first is the density's logarithm, all 16 and nine
spherical harmonics of the direction [25] -> 32 ReLU -> 3 -> sigmoid.
"""

import warp as wp

from nsg_core.kernels.launching import OPTIONS

LEVELS = 8
CHANNELS = 4
FEATURES = LEVELS * CHANNELS
HIDDEN = 32
GEOMETRY = 16
HARMONICS = 9
COLOUR_IN = GEOMETRY + HARMONICS
SHAPES = ((FEATURES, HIDDEN), (HIDDEN, GEOMETRY), (COLOUR_IN, HIDDEN), (HIDDEN, 3))
"""Rows (inputs) and columns (outputs) of the four weight matrices, packed in order."""
WEIGHTS = sum(rows * columns for rows, columns in SHAPES)
LOG_DENSITY_START = -6.0
"""Added to log density: fresh weights are a thin haze that rays see through."""
LOG_DENSITY_MAX = 12.0
"""exp() above it is cut, so that no density overflows; its gradient is kept alive."""

vec16 = wp.types.vector(length=GEOMETRY, dtype=wp.float32)

wp.set_module_options(OPTIONS)

# Corner hashes of one level, and trilinear weights: shared by forward and backward.
_CORNERS = """
    const float s = scales.data[l];
    const float px = x * s, py = y * s, pz = z * s;
    const int ix = (int)floorf(px), iy = (int)floorf(py), iz = (int)floorf(pz);
    const float fx = px - ix, fy = py - iy, fz = pz - iz;
    const unsigned salt = (unsigned)instance * 3674653429u;
    const unsigned hy = (unsigned)iy * 2654435761u ^ salt;
    const unsigned hy1 = ((unsigned)iy + 1u) * 2654435761u ^ salt;
    const unsigned hz = (unsigned)iz * 805459861u;
    const unsigned hz1 = hz + 805459861u;
    const size_t level = (size_t)l * (mask + 1u);
    unsigned rows[8]; float w[8];
    for (int c = 0; c < 8; ++c) {
        rows[c] = ((unsigned)(ix + (c & 1)) ^ ((c & 2) ? hy1 : hy)
                  ^ ((c & 4) ? hz1 : hz)) & mask;
        w[c] = ((c & 1) ? fx : 1.f - fx) * ((c & 2) ? fy : 1.f - fy)
             * ((c & 4) ? fz : 1.f - fz);
    }
"""

_ENCODE = (
    "for (int l = 0; l < 8; ++l) {"
    + _CORNERS
    + """
    float f[4] = {0.f, 0.f, 0.f, 0.f};
    for (int c = 0; c < 8; ++c) {
        const float* __restrict__ v = table.data + (level + rows[c]) * 4;
        for (int k = 0; k < 4; ++k) f[k] += w[c] * v[k];
    }
    for (int k = 0; k < 4; ++k) features[l * 4 + k] = f[k];
}
"""
)

_DENSITY = """
    const float* __restrict__ W = weights.data;
    float hidden[32], out[16];
    for (int j = 0; j < 32; ++j) hidden[j] = 0.f;
    for (int i = 0; i < 32; ++i)
        for (int j = 0; j < 32; ++j) hidden[j] += features[i] * W[i * 32 + j];
    W += 1024;
    for (int j = 0; j < 16; ++j) out[j] = 0.f;
    for (int i = 0; i < 32; ++i) {
        const float v = hidden[i] > 0.f ? hidden[i] : 0.f;
        for (int j = 0; j < 16; ++j) out[j] += v * W[i * 16 + j];
    }
"""

_HARMONICS = """
    harmonics[0] = 0.28209479f;
    harmonics[1] = 0.48860251f * dy;
    harmonics[2] = 0.48860251f * dz;
    harmonics[3] = 0.48860251f * dx;
    harmonics[4] = 1.09254843f * dx * dy;
    harmonics[5] = 1.09254843f * dy * dz;
    harmonics[6] = 0.31539157f * (3.f * dz * dz - 1.f);
    harmonics[7] = 1.09254843f * dx * dz;
    harmonics[8] = 0.54627422f * (dx * dx - dy * dy);
"""

_COLOUR = """
    const float* __restrict__ C = weights.data + 1536;
    float shade[32];
    for (int j = 0; j < 32; ++j) shade[j] = 0.f;
    for (int i = 0; i < 25; ++i) {
        const float v = i < 16 ? out[i] : harmonics[i - 16];
        for (int j = 0; j < 32; ++j) shade[j] += v * C[i * 32 + j];
    }
    C += 800;
    float rgb[3] = {0.f, 0.f, 0.f};
    for (int i = 0; i < 32; ++i) {
        const float v = shade[i] > 0.f ? shade[i] : 0.f;
        for (int k = 0; k < 3; ++k) rgb[k] += v * C[i * 3 + k];
    }
    for (int k = 0; k < 3; ++k) rgb[k] = 1.f / (1.f + expf(-rgb[k]));
"""

_CUT = "const float log_sigma = out[0] - 6.f < 12.f ? out[0] - 6.f : 12.f;"


@wp.func_native(
    "float features[32];"
    + _ENCODE
    + _DENSITY
    + "wp::vec_t<16, float> result;"
    + "for (int j = 0; j < 16; ++j) result[j] = out[j];"
    + "return result;"
)
def geometry(
    table: wp.array(dtype=wp.float32),
    scales: wp.array(dtype=wp.float32),
    mask: wp.uint32,
    weights: wp.array(dtype=wp.float32),
    instance: wp.int32,
    x: wp.float32,
    y: wp.float32,
    z: wp.float32,
) -> vec16:
    """Sixteen numbers at a point of the unit cube; the first is log density."""
    ...


@wp.func_native(
    "float harmonics[9]; float out[16];"
    "for (int j = 0; j < 16; ++j) out[j] = geo[j];"
    + _HARMONICS
    + _COLOUR
    + "return wp::vec_t<3, float>(rgb[0], rgb[1], rgb[2]);"
)
def colour(
    weights: wp.array(dtype=wp.float32),
    geo: vec16,
    dx: wp.float32,
    dy: wp.float32,
    dz: wp.float32,
) -> wp.vec3:
    """The colour that a point sends along a direction."""
    ...


@wp.func_native(
    "float* features = out_features.data + (size_t)row * 32;" + _ENCODE,
)
def _encode_to(
    table: wp.array(dtype=wp.float32),
    scales: wp.array(dtype=wp.float32),
    mask: wp.uint32,
    instance: wp.int32,
    x: wp.float32,
    y: wp.float32,
    z: wp.float32,
    row: wp.int32,
    out_features: wp.array(dtype=wp.float32),
): ...


@wp.kernel
def encode_kernel(
    first: wp.int32,
    table: wp.array(dtype=wp.float32),
    scales: wp.array(dtype=wp.float32),
    mask: wp.uint32,
    instances: wp.array(dtype=wp.int32),
    positions: wp.array(dtype=wp.vec3),
    features: wp.array(dtype=wp.float32),
):
    """Features [samples 32] of points in the unit cube."""
    i = first + wp.tid()
    p = positions[i]
    _encode_to(table, scales, mask, instances[i], p[0], p[1], p[2], i, features)


@wp.func_native(
    _CORNERS
    + """
    const float* g = d_features.data + (size_t)row * 32 + l * 4;
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
    scales: wp.array(dtype=wp.float32),
    mask: wp.uint32,
    instance: wp.int32,
    x: wp.float32,
    y: wp.float32,
    z: wp.float32,
    row: wp.int32,
    l: wp.int32,  # noqa: E741  The level, as in the snippet.
    d_features: wp.array(dtype=wp.float32),
    d_table: wp.array(dtype=wp.float32),
): ...


@wp.kernel
def encode_backward_kernel(
    first: wp.int32,
    scales: wp.array(dtype=wp.float32),
    mask: wp.uint32,
    instances: wp.array(dtype=wp.int32),
    positions: wp.array(dtype=wp.vec3),
    d_features: wp.array(dtype=wp.float32),
    samples: wp.int32,
    d_table: wp.array(dtype=wp.float32),
):
    """Adds the gradient of the table; one level an item, so items never collide."""
    level = first + wp.tid()
    for i in range(samples):
        p = positions[i]
        _scatter(
            scales, mask, instances[i], p[0], p[1], p[2], i, level, d_features, d_table
        )


@wp.kernel
def encode_backward_wide_kernel(
    first: wp.int32,
    scales: wp.array(dtype=wp.float32),
    mask: wp.uint32,
    instances: wp.array(dtype=wp.int32),
    positions: wp.array(dtype=wp.vec3),
    d_features: wp.array(dtype=wp.float32),
    samples: wp.int32,
    d_table: wp.array(dtype=wp.float32),
):
    """The same for CUDA: an item is one sample at one level, added atomically."""
    item = first + wp.tid()
    i = item % samples
    p = positions[i]
    _scatter(
        scales,
        mask,
        instances[i],
        p[0],
        p[1],
        p[2],
        i,
        item // samples,
        d_features,
        d_table,
    )


@wp.func
def density(geo: vec16) -> wp.float32:
    """Density in 1/metre from a field's sixteen numbers."""
    return wp.exp(wp.min(geo[0] + LOG_DENSITY_START, LOG_DENSITY_MAX))


@wp.kernel
def density_kernel(
    first: wp.int32,
    table: wp.array(dtype=wp.float32),
    scales: wp.array(dtype=wp.float32),
    mask: wp.uint32,
    weights: wp.array(dtype=wp.float32),
    instances: wp.array(dtype=wp.int32),
    positions: wp.array(dtype=wp.vec3),
    sigmas: wp.array(dtype=wp.float32),
):
    """Densities of points in the unit cube, in 1/metre."""
    i = first + wp.tid()
    p = positions[i]
    geo = geometry(table, scales, mask, weights, instances[i], p[0], p[1], p[2])
    sigmas[i] = density(geo)


# The networks' forward pass for training keeps nothing but its inputs; the backward
# pass computes the hidden layers again, which is cheaper than storing and loading them.
_FORWARD_ALL = (
    "const float* __restrict__ features = all_features.data + (size_t)row * 32;"
    "const float dx = direction[0], dy = direction[1], dz = direction[2];"
    "float harmonics[9];" + _DENSITY + _HARMONICS + _COLOUR + _CUT
)


@wp.func_native(
    _FORWARD_ALL
    + """
    sigmas.data[row] = expf(log_sigma);
    for (int k = 0; k < 3; ++k) colours.data[row * 3 + k] = rgb[k];
"""
)
def _shade(
    weights: wp.array(dtype=wp.float32),
    all_features: wp.array(dtype=wp.float32),
    direction: wp.vec3,
    row: wp.int32,
    sigmas: wp.array(dtype=wp.float32),
    colours: wp.array(dtype=wp.float32),
): ...


@wp.kernel
def shade_kernel(
    first: wp.int32,
    weights: wp.array(dtype=wp.float32),
    features: wp.array(dtype=wp.float32),
    directions: wp.array(dtype=wp.vec3),
    sigmas: wp.array(dtype=wp.float32),
    colours: wp.array(dtype=wp.float32),
):
    """Density and colour of encoded points."""
    i = first + wp.tid()
    _shade(weights, features, directions[i], i, sigmas, colours)


@wp.func_native(
    """
    const float* gc = d_colours.data + (size_t)row * 3;
    if (d_sigmas.data[row] == 0.f && gc[0] == 0.f && gc[1] == 0.f && gc[2] == 0.f) {
        for (int i = 0; i < 32; ++i) d_features.data[(size_t)row * 32 + i] = 0.f;
        return;
    }
    """
    + _FORWARD_ALL
    + """
    float* __restrict__ dW = d_weights.data + (size_t)part * 2432;
    float* __restrict__ dC = dW + 1536;
    const float* __restrict__ W1t = weights_t.data;
    const float* __restrict__ W2t = W1t + 1024;
    const float* __restrict__ C1t = W1t + 1536;
    const float* __restrict__ C2t = W1t + 2336;
    float d_in[32], d_hidden[32], d_inputs[25], d_shade[32], d_rgb[3];
    for (int k = 0; k < 3; ++k)
        d_rgb[k] = d_colours.data[(size_t)row * 3 + k] * rgb[k] * (1.f - rgb[k]);
    for (int i = 0; i < 32; ++i) d_shade[i] = 0.f;
    for (int k = 0; k < 3; ++k)
        for (int i = 0; i < 32; ++i) d_shade[i] += C2t[k * 32 + i] * d_rgb[k];
    for (int i = 0; i < 32; ++i) d_shade[i] = shade[i] > 0.f ? d_shade[i] : 0.f;
    // The last matrix' gradient is kept transposed, 3 rows of 32, as vectors like it.
    for (int k = 0; k < 3; ++k)
        for (int i = 0; i < 32; ++i)
            dC[800 + k * 32 + i] += (shade[i] > 0.f ? shade[i] : 0.f) * d_rgb[k];
    for (int i = 0; i < 25; ++i) d_inputs[i] = 0.f;
    for (int j = 0; j < 32; ++j)
        for (int i = 0; i < 25; ++i) d_inputs[i] += C1t[j * 25 + i] * d_shade[j];
    for (int i = 0; i < 25; ++i) {
        const float v = i < 16 ? out[i] : harmonics[i - 16];
        for (int j = 0; j < 32; ++j) dC[i * 32 + j] += v * d_shade[j];
    }
    d_inputs[0] += d_sigmas.data[row] * expf(log_sigma);
    for (int i = 0; i < 32; ++i) d_hidden[i] = 0.f;
    for (int j = 0; j < 16; ++j)
        for (int i = 0; i < 32; ++i) d_hidden[i] += W2t[j * 32 + i] * d_inputs[j];
    for (int i = 0; i < 32; ++i) {
        const float v = hidden[i] > 0.f ? hidden[i] : 0.f;
        for (int j = 0; j < 16; ++j) dW[1024 + i * 16 + j] += v * d_inputs[j];
    }
    for (int i = 0; i < 32; ++i) d_hidden[i] = hidden[i] > 0.f ? d_hidden[i] : 0.f;
    for (int i = 0; i < 32; ++i) d_in[i] = 0.f;
    for (int j = 0; j < 32; ++j)
        for (int i = 0; i < 32; ++i) d_in[i] += W1t[j * 32 + i] * d_hidden[j];
    for (int i = 0; i < 32; ++i)
        for (int j = 0; j < 32; ++j) dW[i * 32 + j] += features[i] * d_hidden[j];
    for (int i = 0; i < 32; ++i) d_features.data[(size_t)row * 32 + i] = d_in[i];
"""
)
def _shade_backward(
    weights: wp.array(dtype=wp.float32),
    weights_t: wp.array(dtype=wp.float32),
    all_features: wp.array(dtype=wp.float32),
    direction: wp.vec3,
    row: wp.int32,
    d_sigmas: wp.array(dtype=wp.float32),
    d_colours: wp.array(dtype=wp.float32),
    part: wp.int32,
    d_weights: wp.array(dtype=wp.float32),
    d_features: wp.array(dtype=wp.float32),
): ...


@wp.kernel
def shade_backward_kernel(
    first: wp.int32,
    weights: wp.array(dtype=wp.float32),
    weights_t: wp.array(dtype=wp.float32),
    features: wp.array(dtype=wp.float32),
    directions: wp.array(dtype=wp.vec3),
    d_sigmas: wp.array(dtype=wp.float32),
    d_colours: wp.array(dtype=wp.float32),
    samples: wp.int32,
    parts: wp.int32,
    d_weights: wp.array(dtype=wp.float32),
    d_features: wp.array(dtype=wp.float32),
):
    """Gradients of weights and features; one item is a stretch of samples.

    Each item adds to its own copy of the weights' gradient, [parts weights], in which
    the last matrix lies transposed. `weights_t`: all four matrices transposed.
    """
    part = first + wp.tid()
    begin = samples * part // parts
    end = samples * (part + 1) // parts
    for i in range(begin, end):
        _shade_backward(
            weights,
            weights_t,
            features,
            directions[i],
            i,
            d_sigmas,
            d_colours,
            part,
            d_weights,
            d_features,
        )
