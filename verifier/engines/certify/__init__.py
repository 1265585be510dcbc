"""Finds the proofs that the kernel checks. Nothing here is trusted: what is found is checked like anybody's proof."""
