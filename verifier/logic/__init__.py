"""Floor 2: obligations, and how they are told to a solver."""
