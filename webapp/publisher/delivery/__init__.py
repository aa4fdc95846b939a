"""How: a claimed record goes to its destination, exactly once, and what came of it."""
