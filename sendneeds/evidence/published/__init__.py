"""Releases are read as they are published: the layout is configuration, the reader is one."""
