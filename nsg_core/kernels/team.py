"""A field's networks for the samples on a desk, on the CPU.

Meaning: `field.geometry`, `field.density` and `field.colour`. The samples go through
side by side, so each row of weights is loaded once for all of them, and none of their
sums waits for itself.
"""

import warp as wp

from nsg_core.kernels.desk import LAYOUT, DeskField
from nsg_core.kernels.display import OPAQUE, UNSEEN
from nsg_core.kernels.field import LOG_DENSITY_MAX, LOG_DENSITY_START
from nsg_core.kernels.launching import OPTIONS
from nsg_core.kernels.snippets import EXPONENTIALS, HARMONICS, VECTORS

wp.set_module_options(OPTIONS)

_LIMITS = (
    f"const float START = {LOG_DENSITY_START}f, MOST = {LOG_DENSITY_MAX}f;"
    f"const float OPAQUE = {float(OPAQUE)}f, UNSEEN = {float(UNSEEN)}f;"
)

# Lanes beyond `taken` do what the first does. A field goes through the networks if any
# of the lanes is its own: at the face of a box both do.
_WEIGH = """
    typedef short s4 __attribute__((vector_size(8), aligned(2), may_alias));
    float features[LANES][32], hidden[LANES][32];
    bool present[2] = {};
    for (int q = 0; q < LANES; ++q) {
        const int lane = q < taken ? q : 0;
        const bool object = owners[lane] > 0;
        present[object] = true;
        const char* const data = (const char*)(object ? o_table.data : b_table.data);
        const float* const units = object ? o_units.data : b_units.data;
        for (int l = 0; l < 8; ++l) {
            v4 f = {};
            for (int c = 0; c < 8; ++c)
                f += shares[lane][c * 8 + l] * __builtin_convertvector(
                    *(const s4*)(data + places[lane][c * 8 + l]), v4);
            ((v4*)features[q])[l] = f * units[l];
        }
    }
    for (int object = 0; object < 2; ++object) {
        if (!present[object]) continue;
        const v16* W = (const v16*)(object ? o_weights.data : b_weights.data);
        v16 h[LANES][2] = {}, o[LANES] = {};
        for (int i = 0; i < 32; ++i)
            for (int q = 0; q < LANES; ++q) {
                h[q][0] += features[q][i] * W[i * 2];
                h[q][1] += features[q][i] * W[i * 2 + 1];
            }
        for (int q = 0; q < LANES; ++q)
            for (int k = 0; k < 2; ++k)
                ((v16*)hidden[q])[k] = h[q][k] > 0.f ? h[q][k] : v16{};
        for (int i = 0; i < 32; ++i)
            for (int q = 0; q < LANES; ++q) o[q] += hidden[q][i] * W[64 + i];
        for (int q = 0; q < taken; ++q)
            if ((owners[q] > 0) == object) *(v16*)numbers[q] = o[q];
    }
    v16 logs = {}, minus = {};
    for (int q = 0; q < taken; ++q) {
        logs[q] = numbers[q][0] + START;
        minus[q] = -lengths[q];
    }
    logs = logs < MOST ? logs : v16{} + MOST;
    const v16 clear = exponentials(minus * exponentials(logs));
    float depth = 0.f;
    for (int q = 0; q < taken; ++q) {
        const float w = light * (1.f - clear[q]);
        added[q] = light > OPAQUE && w > UNSEEN ? w : 0.f;
        light -= added[q];
        depth += added[q] * middles[q];
    }
    return wp::vec_t<2, float>(light, depth);
"""


@wp.func_native(VECTORS + EXPONENTIALS + LAYOUT + _LIMITS + _WEIGH)
def _weigh(
    b_table: wp.array(dtype=wp.int16),
    b_units: wp.array(dtype=wp.float32),
    b_weights: wp.array(dtype=wp.float32),
    o_table: wp.array(dtype=wp.int16),
    o_units: wp.array(dtype=wp.float32),
    o_weights: wp.array(dtype=wp.float32),
    taken: wp.int32,
    light: wp.float32,
    seat: wp.int32,
    desk: wp.array(dtype=wp.float32),
) -> wp.vec2: ...


@wp.func
def weigh(
    background: DeskField,
    objects: DeskField,
    taken: wp.int32,
    light: wp.float32,
    seat: wp.int32,
    desk: wp.array(dtype=wp.float32),
) -> wp.vec2:
    """What each sample in the first lanes adds to a ray, before which is this light.

    Returns the light behind them, and the sum of their distances by what they add.
    """
    return _weigh(
        background.table,
        background.units,
        background.weights,
        objects.table,
        objects.units,
        objects.weights,
        taken,
        light,
        seat,
        desk,
    )


_SHINE = (
    """
    float inputs[LANES][28] = {}, shade[LANES][32], total[3] = {};
    bool present[2] = {};
    for (int q = 0; q < taken; ++q) {
        present[owners[q] > 0] |= added[q] > 0.f;
        for (int i = 0; i < 16; ++i) inputs[q][i] = numbers[q][i];
        const float dx = ways[q][0], dy = ways[q][1], dz = ways[q][2];
        float* const harmonics = inputs[q] + 16;
"""
    + HARMONICS
    + """
    }
    for (int object = 0; object < 2; ++object) {
        if (!present[object]) continue;
        const float* C = (object ? o_weights.data : b_weights.data) + 1536;
        const v16* C1 = (const v16*)C;
        const float* C2 = C + 800;
        v16 c[LANES][2] = {}, logits;
        for (int i = 0; i < 25; ++i)
            for (int q = 0; q < LANES; ++q) {
                c[q][0] += inputs[q][i] * C1[i * 2];
                c[q][1] += inputs[q][i] * C1[i * 2 + 1];
            }
        for (int q = 0; q < LANES; ++q)
            for (int k = 0; k < 2; ++k)
                ((v16*)shade[q])[k] = c[q][k] > 0.f ? c[q][k] : v16{};
        // The last row has no fourth number behind it.
        const v4 last = {C2[93], C2[94], C2[95], 0.f};
        v4 r[LANES] = {};
        for (int i = 0; i < 31; ++i)
            for (int q = 0; q < LANES; ++q)
                r[q] += shade[q][i] * *(const v4*)(C2 + i * 3);
        for (int q = 0; q < LANES; ++q) {
            r[q] += shade[q][31] * last;
            for (int k = 0; k < 4; ++k) logits[q * 4 + k] = r[q][k];
        }
        const v16 colours = 1.f / (1.f + exponentials(-logits));
        for (int q = 0; q < taken; ++q)
            if ((owners[q] > 0) == object && added[q] > 0.f)
                for (int k = 0; k < 3; ++k) total[k] += added[q] * colours[q * 4 + k];
    }
    return wp::vec_t<3, float>(total[0], total[1], total[2]);
"""
)


@wp.func_native(VECTORS + EXPONENTIALS + LAYOUT + _SHINE)
def _shine(
    b_weights: wp.array(dtype=wp.float32),
    o_weights: wp.array(dtype=wp.float32),
    taken: wp.int32,
    seat: wp.int32,
    desk: wp.array(dtype=wp.float32),
) -> wp.vec3: ...


@wp.func
def shine(
    background: DeskField,
    objects: DeskField,
    taken: wp.int32,
    seat: wp.int32,
    desk: wp.array(dtype=wp.float32),
) -> wp.vec3:
    """The colours of the samples in the first lanes, times what they add."""
    return _shine(background.weights, objects.weights, taken, seat, desk)
