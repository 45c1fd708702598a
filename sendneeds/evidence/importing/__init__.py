"""Releases and spreadsheets of others become an area."""
