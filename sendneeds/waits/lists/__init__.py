"""One list at a time: opening ages, calibration from snapshots, exact law, dated schedules."""
