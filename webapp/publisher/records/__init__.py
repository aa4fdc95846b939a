"""What was asked: one row per intent, its states, and what may be asked at all."""
