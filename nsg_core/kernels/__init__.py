"""NVIDIA Warp kernels: one source for CUDA and the CPU, each beside a torch twin."""
