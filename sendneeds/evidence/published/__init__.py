"""Readers of official releases as published, with the layouts they expect."""
