"""Seek: the smallest lever that meets a target with a given confidence."""
