"""Health services: lists, waits, therapy under way."""
