"""Areas from published releases, and counts from providers' spreadsheets."""
