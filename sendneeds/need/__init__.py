"""How many children and young people will have each need."""
