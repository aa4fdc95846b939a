"""Pieces that were changed on their websites: what differs, and the ways out."""
