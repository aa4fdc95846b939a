"""The pages of a publication: what happened, step by step, and what can be done now."""
