"""How a post stands at a destination, in the words of all platforms, and what a connection does
where nobody has chosen. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

PUBLIC, DRAFT, PRIVATE = "public", "draft", "private"
DELIVERED_AS = (PUBLIC, DRAFT, PRIVATE)
DeliverAs = Literal["public", "draft", "private"]
KEPT = "deliver_as"
# What a piece says of itself that stands at its destination, and is not shown there.
MARKS = {DRAFT: "delivered", PRIVATE: "delivered_private"}
DELIVERED = frozenset(MARKS.values())


def of_config(config: Mapping[str, Any]) -> str:
    """What a connection does, as it stands in its config."""
    return str(config.get(KEPT, PUBLIC))
