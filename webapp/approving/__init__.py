"""Who has to approve a piece, in which order: lists of steps, and who signed what."""
