"""Defects, breaks, gaps and revisions in the figures of an area, and claims checked against them."""
