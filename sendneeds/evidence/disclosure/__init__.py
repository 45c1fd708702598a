"""Disclosure control of an area: its own counts of children as cells, and the area with those withheld that must be."""
