"""Limits on what is unpacked from zip archives, workbooks included."""

MOST_TOTAL = 2 * 2**30
"""Most bytes of all files together."""
MOST_RATIO = 200
"""Most times that a file may be larger than it is compressed."""
RATIO_FROM = 2**20
"""Size in bytes from which that holds: smaller files may compress further without harm."""
