"""Front matter, summary, questions for the partnership, and what stands behind the chapter."""
