"""The labelled layer over the list kernels."""
