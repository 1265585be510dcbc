"""Floor 3: methods. Each takes a system and a property, and answers with data."""
