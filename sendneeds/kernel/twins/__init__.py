"""The slow readable twin of each fast kernel, integer for integer on the same draws."""
