"""The gate: what a project demands of its specs, and what it allows for a while."""
