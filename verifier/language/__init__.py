"""Floor 0: text to checked syntax."""
