"""The operator's half: what is done to an installation, tried on real ones."""
