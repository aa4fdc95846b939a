"""What becomes of what people change at a website, by the switches of its connection. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import msgspec

TAKE, SHOW, IGNORE = "take", "show", "ignore"
Anything = Literal["take", "show", "ignore"]
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


class FromWebsite(msgspec.Struct, forbid_unknown_fields=True):
    """`take`: the piece follows. `show`: people see it at the piece. `ignore`: neither. What a
    website does with a post's status is never followed by itself."""

    terms: Anything = "take"
    relations: Anything = "take"
    texts: Anything = "show"
    status: Literal["show", "ignore"] = "show"

    def of(self, field: str) -> str:
        """What becomes of a field."""
        chosen: str = getattr(self, _SWITCH[field])
        return chosen


def of_config(config: Mapping[str, Any]) -> FromWebsite:
    """The switches of a connection, as it stands in its config."""
    return msgspec.convert(config.get(KEPT, {}), FromWebsite)
