"""What a field does to one sample, in C: pieces of the kernels' native functions.

Their loops over channels become vector instructions, on the CPU and on CUDA alike: a
third of a microsecond a sample in Warp's own vector types is 0.1 in these. They read
each other's variables, and the arguments of the function that they are put into.
"""

CORNERS = """
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
"""The entries of the table at the corners of a point's cell, at one level `l`, and
their trilinear weights: `rows` and `w` from the point `x, y, z` and its `instance`."""

_LOOK_UP = """
        float f[4] = {0.f, 0.f, 0.f, 0.f};
        for (int c = 0; c < 8; ++c)
            for (int k = 0; k < 4; ++k) f[k] += W_C * ENTRY[k];
        for (int k = 0; k < 4; ++k) features[l * 4 + k] = f[k];
"""

# On the CPU all entries are asked for before the first is used: it is memory that this
# waits for. On CUDA other threads fill that time, and registers are few.
ENCODE = (
    """
#if defined(__CUDA_ARCH__)
    for (int l = 0; l < 8; ++l) {
"""
    + CORNERS
    + _LOOK_UP.replace("W_C", "w[c]").replace(
        "ENTRY", "(table.data + (level + rows[c]) * 4)"
    )
    + """
    }
#else
    const float* entry[8][8];
    float part[8][8];
    for (int l = 0; l < 8; ++l) {
"""
    + CORNERS
    + """
        for (int c = 0; c < 8; ++c) {
            entry[l][c] = table.data + (level + rows[c]) * 4;
            part[l][c] = w[c];
            __builtin_prefetch(entry[l][c]);
        }
    }
    for (int l = 0; l < 8; ++l) {
"""
    + _LOOK_UP.replace("W_C", "part[l][c]").replace("ENTRY", "entry[l][c]")
    + """
    }
#endif
"""
)

DENSITY = """
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

HARMONICS = """
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

COLOUR = """
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
