"""Floor 1: what a model means."""
