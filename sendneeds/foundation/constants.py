"""Numbers that more than one room uses: the length of a year, and the levels of an 80 % interval."""

DAYS_PER_YEAR = 365.25
WEEKS_PER_YEAR = DAYS_PER_YEAR / 7
TERM_WEEKS_PER_YEAR = 39

INTERVAL_LEVELS = (0.1, 0.5, 0.9)
"""Quantiles of an 80 % interval with its centre."""

Z80 = 1.2815515655446004
"""The 90th percentile of the standard normal: an 80 % interval is the centre plus or minus this many deviations."""
