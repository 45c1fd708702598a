"""Options, what each does, by when, how likely, at what cost and to whom."""
