"""Floor 6: the command `verify-spec`."""
