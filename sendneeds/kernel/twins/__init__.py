"""The slow readable twin of each fast kernel: plain loops that give the same integers on the same draws."""
