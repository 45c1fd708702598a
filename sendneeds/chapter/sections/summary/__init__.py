"""Front matter, summary, questions for the partnership, and the last pages."""
