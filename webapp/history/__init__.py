"""What a piece has been, what changed between two of its revisions, and the way back."""
