"""Floor 4: from paths to a `Run`."""
