"""Disclosure control: which counts are withheld, and the attack that tries to work them out again."""
