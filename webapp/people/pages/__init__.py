"""The pages about people: one's own account, and the security log."""

from __future__ import annotations

from webapp.people.pages import own_account, security_log

ROUTES = [*own_account.ROUTES, *security_log.ROUTES]
