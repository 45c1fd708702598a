"""One waiting list: its path, its cumulative curves and the waits read from them."""
