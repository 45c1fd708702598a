"""The board page: key messages, tiles and decisions, on one A4 page."""
