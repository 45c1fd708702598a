"""Evidence: the tables of an area, their sources and their defects."""
