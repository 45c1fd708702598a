"""Chart kinds: arrays in, SVG text out."""
