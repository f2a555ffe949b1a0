"""A step of Adam (Kingma and Ba, ICLR 2015) that passes over what has no gradient."""

import warp as wp

from nsg_core.kernels.launching import OPTIONS

wp.set_module_options(OPTIONS)


@wp.func_native(
    """
    for (int start = begin; start < end; start += 16) {
        const int count = end - start < 16 ? end - start : 16;
        float* __restrict__ value = values.data + start;
        float* __restrict__ grad = grads.data + start;
        float* __restrict__ mean = means.data + start;
        float* __restrict__ square = squares.data + start;
        int touched = 0;
        for (int i = 0; i < count; ++i) touched |= grad[i] != 0.f;
        if (!touched) continue;
        for (int i = 0; i < count; ++i) {
            const float g = grad[i];
            const float m = beta1 * mean[i] + (1.f - beta1) * g;
            const float v = beta2 * square[i] + (1.f - beta2) * g * g;
            const float x = value[i] - rate * m / (sqrtf(v) + epsilon);
            mean[i] = g != 0.f ? m : mean[i];
            square[i] = g != 0.f ? v : square[i];
            value[i] = g != 0.f ? x : value[i];
            grad[i] = 0.f;
        }
    }
"""
)
def _step(
    values: wp.array(dtype=wp.float32),
    grads: wp.array(dtype=wp.float32),
    means: wp.array(dtype=wp.float32),
    squares: wp.array(dtype=wp.float32),
    rate: wp.float32,
    beta1: wp.float32,
    beta2: wp.float32,
    epsilon: wp.float32,
    begin: wp.int32,
    end: wp.int32,
): ...


@wp.kernel
def adam_kernel(
    first: wp.int32,
    values: wp.array(dtype=wp.float32),
    grads: wp.array(dtype=wp.float32),
    means: wp.array(dtype=wp.float32),
    squares: wp.array(dtype=wp.float32),
    rate: wp.float32,
    beta1: wp.float32,
    beta2: wp.float32,
    epsilon: wp.float32,
    size: wp.int32,
    each: wp.int32,
):
    """One step of Adam where there is a gradient, which is set to 0 again.

    Entries that no sample touched keep their moments, as in instant-ngp: most of a
    hash table is untouched in a step. `rate` includes the bias correction. An item is
    `each` of the `size` entries.
    """
    begin = (first + wp.tid()) * each
    end = wp.min(begin + each, size)
    _step(values, grads, means, squares, rate, beta1, beta2, epsilon, begin, end)
