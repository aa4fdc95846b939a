"""The text of a piece: what changed in it, and what it was."""
