"""Options compared: the target, effects beside the lists, cost."""
