"""Who may call what, by the table of routes (route_table.py).

A route that is not there stops the start of the web process, so none can be forgotten. `PUBLIC`
routes need no sign-in; `CONNECTED` ones take an integration's key; the others need a member with
that capability (rights.py: which role has which), and a token also the scope.
"""

from __future__ import annotations

import re

from webapp.accounts import rights
from webapp.accounts.access import ConnectedSite, Member
from webapp.accounts.route_table import ROUTES, Door, Needs
from webapp.core.errors import Forbidden, NotSignedIn

# A request names its route's template without the parameters' types.
_RULES = {re.sub(r":\w+}", "}", route): rule for route, rule in ROUTES.items()}

# What can be looked at below the desk's own addresses.
_PAGES = [
    re.compile(re.sub(r"{\w+:int}", "[0-9]+", path))
    for path in (route.removeprefix("GET ") for route in ROUTES if route.startswith("GET "))
    if not path.startswith("/api") and ":str" not in path
]

Caller = Member | ConnectedSite | None


def page_above(path: str) -> str:
    """The nearest page above an address to which only forms are sent."""
    while path := path.rpartition("/")[0]:
        if any(one.fullmatch(path) for one in _PAGES):
            return path
    return "/review"


def is_public(route: str) -> bool:
    """Whether nobody needs to sign in for it."""
    return _RULES[route] is Door.PUBLIC


def check(route: str, caller: Caller) -> Needs | None:
    """Raise NotSignedIn or Forbidden unless the caller may use the route; what a member needs for
    it, None where nobody is asked."""
    rule = _RULES[route]
    rules = rule if isinstance(rule, tuple) else (rule,)
    if Door.PUBLIC in rules or (Door.CONNECTED in rules and isinstance(caller, ConnectedSite)):
        return None
    if caller is None:
        raise NotSignedIn("Sign in first.")
    needs = next((one for one in rules if isinstance(one, Needs)), None)
    if needs is None or not isinstance(caller, Member):
        raise Forbidden("This key or session does not open this.")
    if needs.capability is not None and not caller.may_somewhere(needs.capability):
        role = None if caller.at_sites else caller.role
        raise Forbidden(rights.refusal(role, needs.capability))
    if caller.scopes is not None and needs.scope not in caller.scopes:
        raise Forbidden(f"This token lacks the scope “{needs.scope}”.")
    return needs
