"""Schemas of the tables of a pack."""
