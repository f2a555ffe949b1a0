"""What a field does to one sample, in C: pieces of the kernels' native functions.

A microsecond a sample in Warp's own vector types is a tenth of one in these. They read
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

VECTORS = """
    typedef float v16 __attribute__((vector_size(64), aligned(4), may_alias));
    typedef float v8 __attribute__((vector_size(32), aligned(4), may_alias));
    typedef float v4 __attribute__((vector_size(16), aligned(4), may_alias));
    typedef int i8 __attribute__((vector_size(32), aligned(4), may_alias));
    typedef int i16 __attribute__((vector_size(64), aligned(4), may_alias));
    typedef unsigned u8 __attribute__((vector_size(32), aligned(4), may_alias));
"""

PLACES = """
    const v8 s = *(const v8*)scales.data;
    const v8 p[3] = {x * s, y * s, z * s};
    u8 low[3];
    v8 part[3];
    for (int a = 0; a < 3; ++a) {
        i8 whole = __builtin_convertvector(p[a], i8);
        whole += p[a] < __builtin_convertvector(whole, v8);
        part[a] = p[a] - __builtin_convertvector(whole, v8);
        low[a] = (u8)whole;
    }
    const unsigned salt = (unsigned)instance * 3674653429u;
    const u8 hx[2] = {low[0], low[0] + 1u};
    const u8 hy[2] = {low[1] * 2654435761u ^ salt, (low[1] + 1u) * 2654435761u ^ salt};
    const u8 hz[2] = {low[2] * 805459861u, (low[2] + 1u) * 805459861u};
    unsigned rows[8][8]; float w[8][8];
    for (int c = 0; c < 8; ++c) {
        *(u8*)rows[c] = (hx[c & 1] ^ hy[c >> 1 & 1] ^ hz[c >> 2]) & mask;
        *(v8*)w[c] = ((c & 1) ? part[0] : 1.f - part[0])
                   * ((c & 2) ? part[1] : 1.f - part[1])
                   * ((c & 4) ? part[2] : 1.f - part[2]);
    }
"""
"""`CORNERS` of all eight levels side by side in vectors: `rows[c][l]` and `w[c][l]`."""

# On the CPU it is memory that this waits for, and asking for the entries right before
# gains nothing (`desk` asks earlier). On CUDA other threads fill that time, and
# registers are few.
ENCODE = (
    """
#if defined(__CUDA_ARCH__)
    for (int l = 0; l < 8; ++l) {
"""
    + CORNERS
    + """
        float f[4] = {0.f, 0.f, 0.f, 0.f};
        for (int c = 0; c < 8; ++c)
            for (int k = 0; k < 4; ++k)
                f[k] += w[c] * table.data[(level + rows[c]) * 4 + k];
        for (int k = 0; k < 4; ++k) features[l * 4 + k] = f[k];
    }
#else
"""
    + PLACES
    + """
    for (int l = 0; l < 8; ++l) {
        const v4* level = (const v4*)table.data + (size_t)l * (mask + 1u);
        v4 f = {};
        for (int c = 0; c < 8; ++c) f += w[c][l] * level[rows[c][l]];
        ((v4*)features)[l] = f;
    }
#endif
"""
)

# Sums are in vector registers, four of each: one would wait for itself row by row.
DENSITY = """
    float hidden[32], out[16];
#if defined(__CUDA_ARCH__)
    const float* __restrict__ W = weights.data;
    for (int j = 0; j < 32; ++j) hidden[j] = 0.f;
    for (int i = 0; i < 32; ++i)
        for (int j = 0; j < 32; ++j) hidden[j] += features[i] * W[i * 32 + j];
    W += 1024;
    for (int j = 0; j < 16; ++j) out[j] = 0.f;
    for (int i = 0; i < 32; ++i) {
        const float v = hidden[i] > 0.f ? hidden[i] : 0.f;
        for (int j = 0; j < 16; ++j) out[j] += v * W[i * 16 + j];
    }
#else
    const v16* W = (const v16*)weights.data;
    v16 h[4][2] = {}, o[4] = {};
    for (int i = 0; i < 32; i += 4)
        for (int q = 0; q < 4; ++q) {
            h[q][0] += features[i + q] * W[(i + q) * 2];
            h[q][1] += features[i + q] * W[(i + q) * 2 + 1];
        }
    for (int k = 0; k < 2; ++k) {
        const v16 sum = (h[0][k] + h[1][k]) + (h[2][k] + h[3][k]);
        ((v16*)hidden)[k] = sum > 0.f ? sum : v16{};
    }
    W += 64;
    for (int i = 0; i < 32; i += 4)
        for (int q = 0; q < 4; ++q) o[q] += hidden[i + q] * W[i + q];
    *(v16*)out = (o[0] + o[1]) + (o[2] + o[3]);
#endif
"""

# 2^t as a polynomial between whole numbers.
EXPONENTIALS = """
    const auto exponentials = [](v16 x) -> v16 {
        v16 t = x * 1.442695041f;
        t = t > -126.f ? t : v16{} - 126.f;
        t = t < 126.f ? t : v16{} + 126.f;
        const v16 whole = t + 12582912.f;
        const v16 f = t - (whole - 12582912.f);
        v16 p = f * 1.535336188e-4f + 1.339887440e-3f;
        p = p * f + 9.618437357e-3f;
        p = p * f + 5.550332471e-2f;
        p = p * f + 2.402264791e-1f;
        p = p * f + 6.931472028e-1f;
        p = p * f + 1.f;
        return (v16)((i16)p + ((i16)whole << 23));
    };
"""
"""`exponentials(x)`: e^x of sixteen numbers, with the types of `VECTORS`."""

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
    float shade[32];
    float rgb[4] = {0.f, 0.f, 0.f, 0.f};
#if defined(__CUDA_ARCH__)
    const float* __restrict__ C = weights.data + 1536;
    for (int j = 0; j < 32; ++j) shade[j] = 0.f;
    for (int i = 0; i < 25; ++i) {
        const float v = i < 16 ? out[i] : harmonics[i - 16];
        for (int j = 0; j < 32; ++j) shade[j] += v * C[i * 32 + j];
    }
    C += 800;
    for (int i = 0; i < 32; ++i) {
        const float v = shade[i] > 0.f ? shade[i] : 0.f;
        for (int k = 0; k < 3; ++k) rgb[k] += v * C[i * 3 + k];
    }
#else
    const v16* C1 = (const v16*)(weights.data + 1536);
    const float* C2 = weights.data + 2336;
    float inputs[28] = {};
    for (int i = 0; i < 16; ++i) inputs[i] = out[i];
    for (int i = 0; i < 9; ++i) inputs[16 + i] = harmonics[i];
    v16 c[4][2] = {};
    for (int i = 0; i < 25; ++i) {
        c[i & 3][0] += inputs[i] * C1[i * 2];
        c[i & 3][1] += inputs[i] * C1[i * 2 + 1];
    }
    for (int k = 0; k < 2; ++k) {
        const v16 sum = (c[0][k] + c[1][k]) + (c[2][k] + c[3][k]);
        ((v16*)shade)[k] = sum > 0.f ? sum : v16{};
    }
    // The last row has no fourth number behind it.
    v4 r[4] = {};
    for (int i = 0; i < 31; ++i) r[i & 3] += shade[i] * *(const v4*)(C2 + i * 3);
    *(v4*)rgb = (r[0] + r[1]) + (r[2] + r[3]);
    for (int k = 0; k < 3; ++k) rgb[k] += shade[31] * C2[93 + k];
#endif
    for (int k = 0; k < 3; ++k) rgb[k] = 1.f / (1.f + expf(-rgb[k]));
"""
