"""How many children and young people will need which support, and how long they will wait."""

__version__ = "0.1.0"
