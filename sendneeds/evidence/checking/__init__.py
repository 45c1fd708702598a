"""A table is read and held against its description: every fault at once."""
