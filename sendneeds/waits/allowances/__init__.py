"""What children take up beside clinics and places: budgets, equipment, short breaks, continuing care."""
