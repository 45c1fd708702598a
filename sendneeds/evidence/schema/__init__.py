"""What the tables of a pack must hold."""
