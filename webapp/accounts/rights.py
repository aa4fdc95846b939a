"""What each role may do, and what it sees: one table. Pure.

Rights are not ranks: a writer may do less than an editor, and sees less than a viewer.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Capability(StrEnum):
    """Something that a member may do; the value completes the sentence “may …”."""

    READ = "look at pieces"
    FOLLOW = "see how pieces came about"
    SEE_SITES = "see how sites are set up"
    DISCUSS = "say something about pieces"
    WRITE = "write pieces"
    SIGN = "sign pieces off"
    APPROVE = "decide on pieces"
    PUBLISH = "schedule, publish and retract"
    MANAGE = "manage sites and their connections"
    ADMINISTER = "manage the account"


class Sees(StrEnum):
    """Which pieces of a site somebody sees."""

    ALL = "all"
    OWN = "one's own"
    SHARED = "what was shared with one"


class Role(StrEnum):
    """What a member is in an account, or on one of its sites."""

    CLIENT = "client"
    VIEWER = "viewer"
    WRITER = "writer"
    EDITOR = "editor"
    ADMIN = "admin"
    OWNER = "owner"


@dataclass(frozen=True)
class Rights:
    sees: Sees
    may: frozenset[Capability]


_FOLLOWER = frozenset({Capability.READ, Capability.FOLLOW})
_READER = _FOLLOWER | {Capability.SEE_SITES}
_DECIDES = {Capability.SIGN, Capability.APPROVE, Capability.PUBLISH}
_EDITOR = _READER | {Capability.DISCUSS, Capability.WRITE} | _DECIDES

OF_ROLES: dict[Role, Rights] = {
    Role.CLIENT: Rights(
        Sees.SHARED, frozenset({Capability.READ, Capability.DISCUSS, Capability.SIGN})
    ),
    Role.VIEWER: Rights(Sees.ALL, _READER),
    Role.WRITER: Rights(Sees.OWN, _FOLLOWER | {Capability.DISCUSS, Capability.WRITE}),
    Role.EDITOR: Rights(Sees.ALL, _EDITOR),
    Role.ADMIN: Rights(Sees.ALL, frozenset(Capability)),
    Role.OWNER: Rights(Sees.ALL, frozenset(Capability)),
}


# Capabilities that narrow what is seen to where one has them.
TO_LOOK = frozenset({Capability.READ, Capability.FOLLOW, Capability.SEE_SITES})
# What no role on a single site gives.
OF_ACCOUNT = frozenset({Capability.ADMINISTER})


def may(role: Role | None, capability: Capability) -> bool:
    """Whether a role has a capability."""
    return capability in of(role)


def of(role: Role | None) -> frozenset[Capability]:
    """All that a role may do; without a role nothing."""
    return OF_ROLES[role].may if role else frozenset()


def refusal(role: Role | None, capability: Capability) -> str:
    """Why somebody may not, and who may. `role` None: none of several roles does."""
    able = [str(one) for one in Role if may(one, capability)]
    whose = f"Your role, {role}, does not" if role else "None of your roles does"
    return f"{whose} let you {capability}. Ask one of these: {', '.join(able)}."


@dataclass(frozen=True)
class Sight:
    """What somebody sees of an account: `usual` on its sites, but for those in `at`.

    None is nothing at all. Two people who see the same have equal sights, unless it depends on who
    they are: then `user_id` tells them apart, else it is 0.
    """

    usual: Sees | None = Sees.ALL
    at: tuple[tuple[int, Sees | None], ...] = ()
    user_id: int = 0

    @property
    def kinds(self) -> frozenset[Sees | None]:
        """Every way of seeing that occurs in it."""
        return frozenset({self.usual, *(sees for _, sees in self.at)})

    @property
    def is_by_site(self) -> bool:
        """Whether of each site all pieces are seen, or none."""
        return self.kinds <= {Sees.ALL, None}

    def only(self, *kinds: Sees) -> Sight:
        """What of it is seen in these ways."""
        kept = [(site_id, sees if sees in kinds else None) for site_id, sees in self.at]
        return Sight(self.usual if self.usual in kinds else None, tuple(kept), self.user_id)


EVERYTHING = Sight()


def sight(
    user_id: int, role: Role | None, at_sites: Mapping[int, Role], to: Capability = Capability.READ
) -> Sight:
    """What a member with a role in the account, and others on some of its sites, sees: where the
    role there has the capability `to` look."""
    usual = _sees(role, to)
    others = {site_id: _sees(one, to) for site_id, one in at_sites.items()}
    at = tuple(sorted((site_id, sees) for site_id, sees in others.items() if sees != usual))
    found = Sight(usual, at)
    return found if found.is_by_site else Sight(usual, at, user_id)


def _sees(role: Role | None, to: Capability) -> Sees | None:
    return OF_ROLES[role].sees if role and may(role, to) else None
