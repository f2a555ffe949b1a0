"""The field's small networks on the CPU, forward and backward; twin:
`nsg_core.fields.hashgrid.shade_torch` (which CUDA runs itself).

Samples go through in blocks, as products of small matrices. These are written in
vectors of sixteen floats, four rows at a time: sums stay in registers, and a row of
weights, or of their gradients, is loaded once for four samples.
"""

import warp as wp

from nsg_core.kernels.field import LOG_DENSITY_MAX, LOG_DENSITY_START
from nsg_core.kernels.launching import OPTIONS
from nsg_core.kernels.snippets import EXPONENTIALS, HARMONICS, VECTORS

wp.set_module_options(OPTIONS)

GRADIENT_ROWS = ((32, 32), (32, 16), (28, 32), (4, 32))
"""The matrices of the weights' gradient as a part adds it up: the third has three rows
too many, the last lies transposed and has one, so that rows come in fours."""
GRADIENT = sum(rows * columns for rows, columns in GRADIENT_ROWS)


def _product(
    out: str, left: str, right: str, rows: int, inner: int, vectors: int, start: str
) -> str:
    """C text: out[r] = start + sum over i of left(r, i) * right[i], in rows of vectors.

    `left` is an expression of `r` and `i`; `rows` is a multiple of four.
    """
    return f"""
    for (int r0 = 0; r0 < {rows}; r0 += 4) {{
        v16 sum[4][{vectors}];
        for (int q = 0; q < 4; ++q)
            for (int v = 0; v < {vectors}; ++v)
                sum[q][v] = {start};
        for (int i = 0; i < {inner}; ++i)
            for (int q = 0; q < 4; ++q) {{
                const int r = r0 + q;
                const float x = {left};
                for (int v = 0; v < {vectors}; ++v)
                    sum[q][v] += x * {right}[i * {vectors} + v];
            }}
        for (int q = 0; q < 4; ++q)
            for (int v = 0; v < {vectors}; ++v)
                {out}[(r0 + q) * {vectors} + v] = sum[q][v];
    }}
"""


def _through(out: str, left: str, matrix: str, inner: int, vectors: int) -> str:
    """C text: a block's rows times a matrix."""
    return _product(
        f"((v16*){out})", f"{left}[r][i]", matrix, 8, inner, vectors, "v16{}"
    )


def _add(out: str, left: str, right: str, rows: int, vectors: int) -> str:
    """C text: what a block adds to a matrix' gradient, left transposed times right."""
    start = f"{out}[(r0 + q) * {vectors} + v]"
    return _product(out, f"{left}[i][r]", f"((v16*){right})", rows, 8, vectors, start)


def _where_positive(values: str, test: str) -> str:
    """C text: zero where `test`, a layer of 32, is not positive."""
    return f"""
    for (int s = 0; s < 8; ++s)
        for (int j = 0; j < 32; ++j)
            {values}[s][j] = {test}[s][j] > 0.f ? {values}[s][j] : 0.f;
"""


_START = (
    VECTORS
    + """
    const v16* W1 = (const v16*)weights.data;
    const v16* W2 = (const v16*)(weights.data + 1024);
    const v16* C1 = (const v16*)(weights.data + 1536);
    const float* C2 = weights.data + 2336;
    const v4* channels = (const v4*)features.data;
"""
)

# The layers of a block of eight samples `rows`, hidden ones after ReLU, and the inputs
# of the colour network. The backward pass does this again: cheaper than to keep it.
_LAYERS = (
    """
    float encoded[8][32], hidden[8][32], out[8][16], inputs[8][32] = {}, shade[8][32];
    for (int s = 0; s < 8; ++s)
        for (int l = 0; l < 8; ++l)
            ((v4*)encoded[s])[l] = channels[(size_t)l * samples + rows[s]];
"""
    + _through("hidden", "encoded", "W1", 32, 2)
    + _where_positive("hidden", "hidden")
    + _through("out", "hidden", "W2", 32, 1)
    + """
    for (int s = 0; s < 8; ++s) {
        for (int j = 0; j < 16; ++j) inputs[s][j] = out[s][j];
        const float* d = (const float*)(directions.data + rows[s]);
        const float dx = d[0], dy = d[1], dz = d[2];
        float* harmonics = inputs[s] + 16;
"""
    + HARMONICS
    + "}"
    + _through("shade", "inputs", "C1", 25, 2)
    + _where_positive("shade", "shade")
)

# Colours in lanes 0 to 2, density in lane 3.
_LAST = f"""
        v16 x = -*(v16*)last[s];
        const float log_sigma = out[s][0] + {LOG_DENSITY_START}f;
        x[3] = log_sigma < {LOG_DENSITY_MAX}f ? log_sigma : {LOG_DENSITY_MAX}f;
        const v16 e = exponentials(x);
        const v16 colour = 1.f / (1.f + e);
"""


@wp.func_native(
    _START
    + EXPONENTIALS
    + """
    float padded[32][16] = {};
    for (int i = 0; i < 32; ++i)
        for (int k = 0; k < 3; ++k) padded[i][k] = C2[i * 3 + k];
    for (int start = begin; start < end; start += 8) {
        const int count = end - start < 8 ? end - start : 8;
        int rows[8];
        float last[8][16];
        for (int s = 0; s < 8; ++s) rows[s] = start + (s < count ? s : 0);
"""
    + _LAYERS
    + _through("last", "shade", "((v16*)padded)", 32, 1)
    + "for (int s = 0; s < count; ++s) {"
    + _LAST
    + """
            sigmas.data[start + s] = e[3];
            for (int k = 0; k < 3; ++k) colours.data[(start + s) * 3 + k] = colour[k];
        }
    }
"""
)
def _shade(
    weights: wp.array(dtype=wp.float32),
    features: wp.array(dtype=wp.float32),
    directions: wp.array(dtype=wp.vec3),
    samples: wp.int32,
    begin: wp.int32,
    end: wp.int32,
    sigmas: wp.array(dtype=wp.float32),
    colours: wp.array(dtype=wp.float32),
): ...


@wp.kernel
def shade_kernel(
    first: wp.int32,
    weights: wp.array(dtype=wp.float32),
    features: wp.array(dtype=wp.float32),
    directions: wp.array(dtype=wp.vec3),
    samples: wp.int32,
    parts: wp.int32,
    sigmas: wp.array(dtype=wp.float32),
    colours: wp.array(dtype=wp.float32),
):
    """Density and colour of encoded points; an item is one of `parts` stretches."""
    part = first + wp.tid()
    begin = int(wp.int64(samples) * wp.int64(part) / wp.int64(parts))
    end = int(wp.int64(samples) * wp.int64(part + 1) / wp.int64(parts))
    _shade(weights, features, directions, samples, begin, end, sigmas, colours)


@wp.func_native(
    _START
    + f"v16* dW = (v16*)(d_weights.data + (size_t)part * {GRADIENT});"
    + """
    const v16* W1t = (const v16*)weights_t.data;
    const v16* W2t = (const v16*)(weights_t.data + 1024);
    const v16* C1t = (const v16*)(weights_t.data + 1536);
    const v16* C2t = (const v16*)(weights_t.data + 2048);
    v4* d_channels = (v4*)d_features.data;
    for (int start = begin; start < end;) {
        int rows[8], count = 0;
        for (; start < end && count < 8; ++start) {
            const float g = d_sigmas.data[start];
            const float* c = d_colours.data + (size_t)start * 3;
            if (g != 0.f || c[0] != 0.f || c[1] != 0.f || c[2] != 0.f)
                rows[count++] = start;
            else
                for (int l = 0; l < 8; ++l)
                    d_channels[(size_t)l * samples + start] = v4{};
        }
        if (count == 0) break;
        for (int s = count; s < 8; ++s) rows[s] = rows[0];
"""
    + _LAYERS
    + """
        float d_rgb[8][4] = {}, d_shade[8][32], d_out[8][16], d_hidden[8][32];
        float d_encoded[8][32];
        for (int s = 0; s < count; ++s)
            for (int k = 0; k < 3; ++k) {
                const size_t at = (size_t)rows[s] * 3 + k;
                const float c = colours.data[at];
                d_rgb[s][k] = d_colours.data[at] * c * (1.f - c);
            }
"""
    + _through("d_shade", "d_rgb", "C2t", 3, 2)
    + _where_positive("d_shade", "shade")
    + _through("d_out", "d_shade", "C1t", 32, 1)
    + """
        for (int s = 0; s < count; ++s)
            d_out[s][0] += d_sigmas.data[rows[s]] * sigmas.data[rows[s]];
"""
    + _through("d_hidden", "d_out", "W2t", 16, 2)
    + _where_positive("d_hidden", "hidden")
    + _through("d_encoded", "d_hidden", "W1t", 32, 2)
    + """
        for (int s = 0; s < count; ++s)
            for (int l = 0; l < 8; ++l)
                d_channels[(size_t)l * samples + rows[s]] = ((v4*)d_encoded[s])[l];
"""
    + _add("dW", "encoded", "d_hidden", 32, 2)
    + _add("(dW + 64)", "hidden", "d_out", 32, 1)
    + _add("(dW + 96)", "inputs", "d_shade", 28, 2)
    + _add("(dW + 152)", "d_rgb", "shade", 4, 2)
    + "}"
)
def _shade_backward(
    weights: wp.array(dtype=wp.float32),
    weights_t: wp.array(dtype=wp.float32),
    features: wp.array(dtype=wp.float32),
    directions: wp.array(dtype=wp.vec3),
    sigmas: wp.array(dtype=wp.float32),
    colours: wp.array(dtype=wp.float32),
    d_sigmas: wp.array(dtype=wp.float32),
    d_colours: wp.array(dtype=wp.float32),
    samples: wp.int32,
    begin: wp.int32,
    end: wp.int32,
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
    sigmas: wp.array(dtype=wp.float32),
    colours: wp.array(dtype=wp.float32),
    d_sigmas: wp.array(dtype=wp.float32),
    d_colours: wp.array(dtype=wp.float32),
    samples: wp.int32,
    parts: wp.int32,
    d_weights: wp.array(dtype=wp.float32),
    d_features: wp.array(dtype=wp.float32),
):
    """Gradients of weights and features; an item is one of `parts` stretches.

    `sigmas` and `colours` are what the forward pass found. Samples without a gradient
    cost next to nothing. Each part adds to its own copy of the weights' gradient,
    [parts GRADIENT]. `weights_t`: the four matrices transposed, of the third only the
    columns of its first sixteen inputs: nothing asks for the gradient of directions.
    """
    part = first + wp.tid()
    begin = int(wp.int64(samples) * wp.int64(part) / wp.int64(parts))
    end = int(wp.int64(samples) * wp.int64(part + 1) / wp.int64(parts))
    _shade_backward(
        weights,
        weights_t,
        features,
        directions,
        sigmas,
        colours,
        d_sigmas,
        d_colours,
        samples,
        begin,
        end,
        part,
        d_weights,
        d_features,
    )
