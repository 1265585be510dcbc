"""Names, types and units: the parts of `verifier.language.check`."""
