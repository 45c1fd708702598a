"""An area pack: a folder with `area.toml` and tidy CSV tables, read, written and started blank."""
