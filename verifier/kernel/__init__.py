"""The judge: certificates checked with the standard library alone. `docs/certificates.md` says how."""
