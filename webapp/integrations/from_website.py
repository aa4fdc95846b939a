"""What people change at a website comes back: how much of it waits there, and what becomes of it
by the switches of the connection. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import msgspec

from webapp.core import decoders

TAKE, SHOW, IGNORE = "take", "show", "ignore"
Anything = Literal["take", "show", "ignore"]
ANYTHING = (TAKE, SHOW, IGNORE)
KEPT = "from_website"
# Which switch decides on which field.
FIELDS: dict[str, tuple[str, ...]] = {
    "terms": ("categories", "tags"),
    "relations": (
        "clusters",
        "sectors",
        "cluster_id",
        "sector_id",
        "keyword_ids",
        "focus_keywords",
    ),
    "texts": ("title", "content", "excerpt", "slug"),
    "status": ("status", "deleted"),
}
_SWITCH = {field: switch for switch, fields in FIELDS.items() for field in fields}


class Collected(msgspec.Struct):
    """Of the pieces that were changed at a website, how many it told us of, how many still wait
    there, and why it stopped; one that tells nothing has none."""

    sent: int = 0
    waiting: int = 0
    problem: str = ""


class FromWebsite(msgspec.Struct, forbid_unknown_fields=True):
    """`take`: the piece follows. `show`: people see it at the piece. `ignore`: neither. What a
    website does with a post's status is never followed by itself."""

    terms: Anything = "take"
    relations: Anything = "take"
    texts: Anything = "show"
    status: Literal["show", "ignore"] = "show"

    def of(self, field: str) -> str:
        """What becomes of a field; of one that has no switch people see that it differs."""
        switch = _SWITCH.get(field)
        chosen: str = getattr(self, switch) if switch is not None else SHOW
        return chosen

    def ignores(self, field: str) -> bool:
        """Whether nobody is told of it: not by what the website tells, and not by looking."""
        return self.of(field) == IGNORE


def of_config(config: Mapping[str, Any]) -> FromWebsite:
    """The switches of a connection, as it stands in its config."""
    return decoders.convert(config.get(KEPT, {}), FromWebsite)
