"""Area packs, folders with `area.toml` and tidy CSV tables: reading, writing and blank ones."""
