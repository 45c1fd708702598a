"""What is wrong, odd or missing in the figures of an area."""
