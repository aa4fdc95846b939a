"""A person's own account, and the security log."""
