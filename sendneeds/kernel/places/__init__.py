"""Placements by group and setting from one January to the next."""
