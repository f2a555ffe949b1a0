"""Hash encoding on the CPU, forward and backward; twin: `hashgrid.encode_torch`.

Tables are larger than a core's caches, so time goes by waiting for their entries. Two
things help. An item is one level, so that only an eighth of the table is in use; on the
way back, items also never meet in one entry. And samples go in blocks: the places of a
whole block are computed first, in vectors, and asked for before any is used.
"""

import warp as wp

from nsg_core.kernels.launching import OPTIONS

wp.set_module_options(OPTIONS)

# `level`: a level of a table or of its gradient. For each block: `rows` and `w`, the
# entries at the corners of the cells of `n` points and their trilinear weights. `TAKE`
# may pass over a sample, and `USE` has the block.
_BLOCKS = """
    typedef float v4 __attribute__((vector_size(16), aligned(4), may_alias));
    float px[32] = {}, py[32] = {}, pz[32] = {}, w[8][32];
    unsigned salt[32] = {}, rows[8][32];
    v4 g[32];
    const float scale = scales.data[l];
    float* level = table.data + (size_t)l * (mask + 1u) * 4;
    v4* channels = (v4*)features.data + (size_t)l * samples;
    for (int start = 0; start < samples; start += 32) {
        const int stop = start + 32 < samples ? start + 32 : samples;
        int n = 0;
        for (int i = start; i < stop; ++i) {
            TAKE
            const float* p = (const float*)(positions.data + i);
            px[n] = p[0] * scale; py[n] = p[1] * scale; pz[n] = p[2] * scale;
            salt[n++] = (unsigned)instances.data[i] * 3674653429u;
        }
        for (int j = 0; j < 32; ++j) {
            const float x = floorf(px[j]), y = floorf(py[j]), z = floorf(pz[j]);
            const float fx = px[j] - x, fy = py[j] - y, fz = pz[j] - z;
            const unsigned hx = (unsigned)(int)x ^ salt[j];
            const unsigned hx1 = ((unsigned)(int)x + 1u) ^ salt[j];
            const unsigned hy = (unsigned)(int)y * 2654435761u, hy1 = hy + 2654435761u;
            const unsigned hz = (unsigned)(int)z * 805459861u, hz1 = hz + 805459861u;
            for (int c = 0; c < 8; ++c) {
                rows[c][j] = ((c & 1 ? hx1 : hx) ^ (c & 2 ? hy1 : hy)
                             ^ (c & 4 ? hz1 : hz)) & mask;
                w[c][j] = (c & 1 ? fx : 1.f - fx) * (c & 2 ? fy : 1.f - fy)
                        * (c & 4 ? fz : 1.f - fz);
            }
        }
        for (int j = 0; j < n; ++j)
            for (int c = 0; c < 8; ++c)
                __builtin_prefetch(level + (size_t)rows[c][j] * 4);
        USE
    }
"""

_LOOK_UP = """
        for (int j = 0; j < n; ++j) {
            v4 sum = {};
            for (int c = 0; c < 8; ++c)
                sum += w[c][j] * *(const v4*)(level + (size_t)rows[c][j] * 4);
            channels[start + j] = sum;
        }
"""

_TAKE_GRADIENT = """
            g[n] = channels[i];
            if (g[n][0] == 0.f && g[n][1] == 0.f && g[n][2] == 0.f && g[n][3] == 0.f)
                continue;
"""

_ADD = """
        for (int j = 0; j < n; ++j)
            for (int c = 0; c < 8; ++c)
                *(v4*)(level + (size_t)rows[c][j] * 4) += w[c][j] * g[j];
"""


@wp.func_native(_BLOCKS.replace("TAKE", "").replace("USE", _LOOK_UP))
def _gather(
    table: wp.array(dtype=wp.float32),
    scales: wp.array(dtype=wp.float32),
    mask: wp.uint32,
    instances: wp.array(dtype=wp.int32),
    positions: wp.array(dtype=wp.vec3),
    samples: wp.int32,
    l: wp.int32,  # noqa: E741  The level, as in the snippet.
    features: wp.array(dtype=wp.float32),
): ...


@wp.kernel
def encode_kernel(
    first: wp.int32,
    table: wp.array(dtype=wp.float32),
    scales: wp.array(dtype=wp.float32),
    mask: wp.uint32,
    instances: wp.array(dtype=wp.int32),
    positions: wp.array(dtype=wp.vec3),
    samples: wp.int32,
    features: wp.array(dtype=wp.float32),
):
    """Features [levels samples channels] of points in the unit cube."""
    level = first + wp.tid()
    _gather(table, scales, mask, instances, positions, samples, level, features)


@wp.func_native(_BLOCKS.replace("TAKE", _TAKE_GRADIENT).replace("USE", _ADD))
def _scatter(
    table: wp.array(dtype=wp.float32),
    scales: wp.array(dtype=wp.float32),
    mask: wp.uint32,
    instances: wp.array(dtype=wp.int32),
    positions: wp.array(dtype=wp.vec3),
    samples: wp.int32,
    l: wp.int32,  # noqa: E741
    features: wp.array(dtype=wp.float32),
): ...


@wp.kernel
def encode_backward_kernel(
    first: wp.int32,
    d_table: wp.array(dtype=wp.float32),
    scales: wp.array(dtype=wp.float32),
    mask: wp.uint32,
    instances: wp.array(dtype=wp.int32),
    positions: wp.array(dtype=wp.vec3),
    samples: wp.int32,
    d_features: wp.array(dtype=wp.float32),
):
    """Adds the gradient of the table; samples without any cost next to nothing."""
    level = first + wp.tid()
    _scatter(d_table, scales, mask, instances, positions, samples, level, d_features)
