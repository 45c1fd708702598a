"""Returns that councils make to the Department for Education, from one projection."""
