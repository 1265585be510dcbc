"""The judge: certificates checked with the standard library alone. `README.md` says how, for whoever writes a second one."""
