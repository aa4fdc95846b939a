"""How numbers, times and states are said on the pages. Pure: `now` is an argument.

Times are shown in the site's zone; the reader's own stands in the tooltip.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from webapp.core import dates, zones
from webapp.core.links import web_address


@dataclass(frozen=True)
class Chip:
    """A state as people see it: colour (a CSS class), icon and word, the same everywhere."""

    colour: str
    icon: str
    word: str


CHIPS: dict[str, Chip] = {
    "draft": Chip("stone", "pencil-line", "Draft"),
    "review": Chip("amber", "eye", "In review"),
    "approved": Chip("teal", "badge-check", "Approved"),
    "scheduled": Chip("blue", "calendar-clock", "Scheduled"),
    "pending": Chip("indigo", "clock", "Waiting"),
    "publishing": Chip("indigo", "loader-circle", "Publishing"),
    "taking_down": Chip("indigo", "loader-circle", "Taking offline"),
    "unclear": Chip("amber", "triangle-alert", "Not known yet"),
    "published": Chip("green", "circle-check", "Published"),
    "published_with_issues": Chip("yellow", "triangle-alert", "Published with issues"),
    # records/delivery.py
    "delivered": Chip("teal", "file-text", "Delivered as draft"),
    "delivered_private": Chip("teal", "lock", "Delivered as private"),
    "failed": Chip("red", "octagon-x", "Failed"),
    "held": Chip("violet", "hand", "On hold"),
    "retracted": Chip("grey", "eye-off", "Retracted"),
    "cancelled": Chip("grey", "ban", "Withdrawn"),
    "edited_there": Chip("violet", "refresh-cw", "Edited on the website"),
    "unpublished_there": Chip("violet", "eye-off", "Taken offline on the website"),
    "gone": Chip("red", "trash-2", "Deleted on the website"),
    "not_published": Chip("grey", "circle-dashed", "Not published"),
    # many at once (publisher/planning/deployment_reads.py)
    "deploying": Chip("indigo", "loader-circle", "Going on"),
    "completed": Chip("green", "circle-check", "Finished"),
    "waiting": Chip("indigo", "clock", "Waiting"),
    "on_its_way": Chip("indigo", "loader-circle", "Publishing"),
    "done": Chip("green", "circle-check", "Published"),
    # how a connection stands (integrations/standing.py)
    "healthy": Chip("green", "circle-check", "Working"),
    "degraded": Chip("yellow", "triangle-alert", "Working with issues"),
    "down": Chip("red", "octagon-x", "Not working"),
    "no_answer": Chip("red", "wifi-off", "No answer"),
    "no_key": Chip("red", "key-round", "No key"),
    "key_refused": Chip("red", "key-round", "Key refused"),
    "plugin_missing": Chip("red", "plug", "Plugin missing"),
    "copied": Chip("red", "copy", "Taken for a copy"),
    "website_copied": Chip("red", "copy", "Another website"),
    "paused": Chip("violet", "hand", "Paused"),
    "unknown": Chip("grey", "circle-dashed", "Not tested yet"),
    "switched_off": Chip("grey", "circle-dashed", "Switched off"),
}

# Letters of a title in a sentence.
LONGEST_NAME = 60

UNCLEAR = "We do not know yet whether it is online"
UNCLEAR_OFFLINE = "We do not know yet whether it is offline"
ATTENTION: dict[str, str] = {
    "issues": "Published, but the check afterwards found something",
    "failed": "Publishing failed",
    "failed_update": "Online, but the last update failed",
    "needs_approval": "Edited since it was approved",
    "held": "On hold",
    "missed": "Missed its time",
    "edited_there": "Edited on the website",
    "unpublished_there": "Taken offline on the website",
    "gone": "Deleted on the website",
    "unclear": UNCLEAR,
    "delivered": "Delivered as a draft: readers do not see it",
    "delivered_private": "Delivered as private: readers do not see it",
}
DELIVERED_AS: dict[str, str] = {"public": "Public", "draft": "Draft", "private": "Private"}

# What is not called in words as it is called in code.
_SEARCH = ("meta_title", "meta_description")
FIELDS_THERE: dict[str, str] = {
    "title": "Title",
    "content": "Text",
    "html": "Text",
    "url": "Address",
    "meta_title": "Title for search",
    "meta_description": "Description for search",
    "focus_keywords": "Focus keywords",
    "canonical_url": "Canonical address",
    "author_email": "Author",
    "gallery": "Gallery",
    "excerpt": "Excerpt",
    "slug": "Address (slug)",
    "status": "Status",
    "date": "Date",
    "author": "Author",
    "featured_image": "Featured image",
    "categories": "Categories",
    "tags": "Tags",
    "sectors": "Sectors",
    "clusters": "Clusters",
    "cluster_id": "Cluster, by its number",
    "sector_id": "Sector, by its number",
    "keyword_ids": "Keywords, by their numbers",
    "deleted": "Post",
    "gallery_post:title": "Gallery post: title",
    "gallery_post:content": "Gallery post: pictures",
    "gallery_post:excerpt": "Gallery post: excerpt",
    "gallery_post:slug": "Gallery post: address (slug)",
    "gallery_post:status": "Gallery post: status",
    "product_gallery": "Product pictures",
}

# What a connection's test looks at.
CHECKS: dict[str, str] = {
    "api_connection": "the website’s way to IGNY8",
    "media_uploads": "uploads of images",
    "taxonomy_creation": "new categories and tags",
    "clock": "the website’s clock",
    "database": "the website’s database",
    "plugin_version": "the version of the plugin",
    "encryption": "encryption on the way",
    "listing": "search engines",
}
STEPS: dict[str, str] = {
    "validation": "Check the piece",
    "connection": "Reach the website",
    "media_processing": "Transfer the images",
    "taxonomies": "Match categories and tags",
    "creating_post": "Write the post",
    "seo_metadata": "Set SEO and go public",
    "verification": "Check that it is online",
}


# How a revision came to be (writing/revisions.py).
SAVED_HOW: dict[str, str] = {
    "typed": "typed",
    "pasted": "pasted",
    "merged": "typed, merged",
    "restored": "restored",
    "discarded": "typed beside the piece, and thrown away",
    "api": "through the API",
    "imported": "imported",
    "generated": "by a model",
    "accepted": "taken from the website",
    "suggested": "suggested and accepted",
    "proposed": "suggested by a model and accepted",
}


def saved_how(why: str) -> str:
    """How a revision came to be, in a word or two."""
    return SAVED_HOW.get(why) or spaced(why).lower()


def chip(state: str) -> Chip:
    """The chip of a state; a word nobody described is still shown, in grey."""
    return CHIPS.get(state) or Chip("grey", "circle-dashed", spaced(state))


def record_state(record: Any) -> str:
    """The state of a record as people see it: taking down is not publishing."""
    takes_down = record.action == "retract" and record.status in ("pending", "publishing")
    is_private = record.status == "delivered" and record.deliver_as == "private"
    if is_private:
        return "delivered_private"
    return "taking_down" if takes_down else str(record.status)


def field_there(name: str) -> str:
    """A field of a post at its destination; those of an SEO plugin have its own names."""
    if name.startswith("seo:"):
        return f"SEO: {spaced(name.removeprefix('seo:')).lower()}"
    return FIELDS_THERE.get(name) or spaced(name)


def spaced(word: str) -> str:
    """A code word for people: "published_with_issues" is "Published with issues"."""
    return word.replace("_", " ").replace("-", " ").strip().capitalize()


def begun(text: str) -> str:
    """A text as the beginning of a line: with a capital, unless a host or a scheme begins it, which
    stays as it is written."""
    first = text.split(" ", 1)[0]
    is_written = "." in first.rstrip(".") or first.endswith(":")
    return text if is_written else text[:1].upper() + text[1:]


def field_here(name: str) -> str:
    """A field of a piece; an image is named as the piece names it."""
    kind, _, ref = name.partition(".")
    if kind == "images" and ref:
        return f"Image {ref}"
    return FIELDS_THERE[name] if name in _SEARCH else spaced(name)


def moment(at: datetime, zone_name: str, *, seconds: bool = False) -> str:
    """ "Sat 21 Nov 2026, 06:14" in a zone."""
    return dates.time(at.astimezone(zones.zone(zone_name)), seconds=seconds)


def clock(at: datetime, zone_name: str) -> str:
    """ "06:14:09" in a zone."""
    return f"{at.astimezone(zones.zone(zone_name)):%H:%M:%S}"


def zone_note(at: datetime, zone_name: str) -> str:
    """ "Europe/Berlin, UTC+01:00"."""
    offset = at.astimezone(zones.zone(zone_name)).strftime("%z")
    return f"{zone_name}, UTC{offset[:3]}:{offset[3:]}"


def short_day(at: datetime, zone_name: str) -> str:
    """ "27 Nov": it holds tomorrow as well, which "yesterday" does not."""
    return dates.short(at.astimezone(zones.zone(zone_name)))


def took(start: datetime, end: datetime) -> str:
    """How long something took: "0.4 s", "12 s", "3 min 5 s"."""
    seconds = max(0.0, (end - start).total_seconds())
    if seconds < 0.1:
        return "under 0.1 s"
    if seconds < 10:
        return f"{seconds:.1f} s"
    if seconds < 60:
        return f"{seconds:.0f} s"
    return f"{int(seconds // 60)} min {int(seconds % 60)} s"


def named(title: str) -> str:
    """A title in a sentence, in quotation marks; a long one ends with "…", after a word."""
    text = " ".join(title.split()) or "Without a title"
    if len(text) > LONGEST_NAME:
        text = text[:LONGEST_NAME].rsplit(" ", 1)[0] + "…"
    return f"“{text}”"


def counted(number: int, one: str, many: str = "") -> str:
    """ "1 word", "1,240 words"."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def listed(parts: list[str]) -> str:
    """ "a, b and c"."""
    return " and ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)


def check(name: str) -> str:
    """What a connection's test looked at, in words."""
    return CHECKS.get(name) or spaced(name).lower()


FILTERS: dict[str, Callable[..., Any]] = {
    "web": web_address,
    "chip": chip,
    "record_state": record_state,
    "spaced": spaced,
    "begun": begun,
    "field_here": field_here,
    "field_there": field_there,
    "moment": moment,
    "written": datetime.fromisoformat,
    "local_time": dates.time,
    "local_day": dates.day,
    "clock": clock,
    "zone_note": zone_note,
    "short_day": short_day,
    "took": took,
    "counted": counted,
    "attention": lambda word: ATTENTION.get(word) or spaced(word),
    "check": check,
    "delivered_as": lambda word: DELIVERED_AS.get(word) or spaced(word),
    "saved_how": saved_how,
    "step": lambda name: STEPS.get(name) or spaced(name),
}
