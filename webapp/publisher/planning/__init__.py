"""When: which time each approved piece gets, and why."""
