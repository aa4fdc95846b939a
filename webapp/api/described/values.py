"""What the values of a closed field mean, by its name; "Shape.name" where it means something else
there."""

from __future__ import annotations

from webapp.api.described.approval import ROLES_OF_STEPS
from webapp.integrations import registry
from webapp.threads import states

_RECORD_STATUS = {
    "pending": "it waits for a worker",
    "publishing": "it is being worked on, or nobody knows yet how it ended",
    "published": "it is online",
    "published_with_issues": "it is online, and the check afterwards found something",
    "delivered": "it stands there, and nobody else sees it",
    "retracted": "it was taken offline",
    "failed": "it did not work, and is not tried again by itself",
    "cancelled": "it was withdrawn before it began",
}
_PICTURES = {
    "featured": "stands for the piece; there is one at most",
    "gallery": "beside the text",
    "in_article": "in the text, where it names the picture",
    "desktop": "beside the text, as gallery",
    "mobile": "beside the text, as gallery",
}
_DRIFTS = {
    "gone": "there is no such post any more, or it is in the trash",
    "unpublished_there": "it is there and not public",
    "edited_there": "it is public, and was changed",
}
_DELIVERED_AS = {
    "public": "everybody sees it",
    "draft": "it stands there as a draft",
    "private": "it stands there as private: who works there sees it",
}
_TO = {"draft": "a draft", "trash": "in the trash", "delete": "deleted for good"}
_PLATFORMS = {name: kind.title for name, kind in registry.PLATFORMS.items()}
_STEPS = {
    "validation": "the piece is checked",
    "connection": "the website is reached",
    "media_processing": "pictures are transferred",
    "taxonomies": "categories and tags are matched",
    "creating_post": "the post is written",
    "seo_metadata": "search engine texts are set, and it goes public",
    "verification": "it is checked that it is online",
}

_FATES = {
    "equal": "they stayed",
    "added": "they came",
    "removed": "they went",
    "formatted": "they stayed, and look otherwise",
}
_HOW = {
    "typed": "typed in the desk",
    "pasted": "pasted there",
    "merged": "typed there, and merged with what another wrote",
    "restored": "it is what it was in an older version",
    "discarded": "typed beside the piece, and thrown away; the piece never was that",
    "api": "through the API",
    "imported": "imported",
    "suggested": "suggested by one, and accepted by another",
    "proposed": "suggested by a model, and accepted by a person",
    "generated": "by a model",
    "accepted": "taken from the website",
}

_FROM_WEBSITE = {
    "take": "the piece follows",
    "show": "people see it at the piece",
    "ignore": "nothing is done with it",
}
VALUES: dict[str, dict[str, str]] = {
    "ChangedBlock.kind": {
        "added": "it came",
        "removed": "it went",
        "changed": "it changed where it stands",
        "moved": "it stood elsewhere",
    },
    "ChangedBlock.what": {
        "words": "its words",
        "format": "how words look, or where links lead",
        "pictures": "its pictures",
        "source": "only what nobody sees",
    },
    "ChangedRun.kind": _FATES,
    "RevisionLine.why": _HOW,
    "RevisionLine.source": {
        "igny8": "people, in the desk",
        "api": "a program",
        "import": "an import",
        "model": "a model",
        "website": "the website",
    },
    "ThreadLine.status": {
        states.OPEN: "it waits for somebody",
        states.RESOLVED: "enough was said",
        states.ACCEPTED: "the text says what was suggested",
        states.REFUSED: "the text stays as it is",
    },
    "RevisionMark.kind": {"approved": "somebody approved it", "online": "it is online"},
    "success": {"true": "it was", "false": "it was not, and nothing has changed"},
    "status": {
        "draft": "it is being written",
        "review": "it waits for a decision",
        "approved": "it may go out",
        "published": "what is approved is online",
    },
    "FromWebsite.terms": _FROM_WEBSITE,
    "FromWebsite.relations": _FROM_WEBSITE,
    "FromWebsite.texts": _FROM_WEBSITE,
    "FromWebsite.status": {
        "show": "people see it at the piece",
        "ignore": "nothing is done with it",
    },
    "Heard.outcome": {
        "heard": "it is known now",
        "stale": "a later number was heard before",
        "foreign": "the piece is not this installation's, or not this site's",
        "later": "the piece is being published right now; tell it again",
    },
    "Activity.status": _RECORD_STATUS,
    "RecordLine.status": _RECORD_STATUS,
    "RecordWhole.status": _RECORD_STATUS,
    "DeploymentLine.status": {
        "pending": "a worker has not begun yet",
        "deploying": "its pieces are on their way",
        "completed": "all of it is through, and some of it is online",
        "failed": "all of it is through, and nothing worked",
        "cancelled": "what had not begun was withdrawn",
    },
    "deployment_type": {
        "incremental": "what is not online as it was approved, and what failed",
        "full": "everything that may go out, also where nothing has changed",
    },
    "DeploymentItemLine.state": {
        "waiting": "it has no record yet",
        "on_its_way": "its record waits for a worker, or is being worked on",
        "done": "it went out",
        "failed": "it did not go out, as `error` says",
        "unclear": "nobody knows yet whether it went out",
        "cancelled": "it was withdrawn",
    },
    "Queued.status": {"queued": "a worker will do it"},
    "HealthLine.status": {
        "healthy": "publishing works",
        "degraded": "publishing works, some checks do not",
        "down": "publishing does not work",
        "unknown": "nobody has looked yet",
    },
    "health": {
        "healthy": "publishing works",
        "degraded": "publishing works, some checks do not",
        "down": "publishing does not work",
        "unknown": "nobody has looked yet",
    },
    "site_status": {
        "not_published": "it is not online",
        "scheduled": "it has a time",
        "publishing": "it is on its way, or being taken offline",
        "published": "it is online",
        "failed": "its last publication failed",
    },
    "attention": {
        "issues": "online, and the check afterwards found something",
        "failed": "publishing failed",
        "failed_update": "online, but the last update failed",
        "needs_approval": "edited since it was approved",
        "held": "on hold",
        "missed": "it missed its time",
        "edited_there": "edited on the website",
        "unpublished_there": "taken offline on the website",
        "gone": "deleted on the website",
        "unclear": "nobody knows yet whether it is online",
        "delivered": "it stands there as a draft, and readers do not see it",
        "delivered_private": "it stands there as private, and readers do not see it",
    },
    "deliver_as": {"": "as its connection has it", **_DELIVERED_AS},
    "IntegrationChange.deliver_as": _DELIVERED_AS,
    "action": {"publish": "it puts the piece online", "retract": "it takes it offline"},
    "mode": {"manual": "a person", "scheduled": "its time had come"},
    "retract_to": {"": "it is no retraction", **_TO},
    "to": _TO,
    "image_type": _PICTURES,
    "StepLine.state": {
        "done": "it is done",
        "running": "it has begun",
        "failed": "it failed",
        "waiting": "it has not begun",
        "skipped": "it will not be done",
        "unknown": "nobody knows",
    },
    "step": _STEPS,
    **dict.fromkeys(("DriftLine.kind", "DriftWhole.kind"), _DRIFTS),
    "kind": {
        "session": "a signed-in browser's",
        "token": "a member's token's",
        "integration": "a connection's own key's",
    },
    "StepGiven.role": ROLES_OF_STEPS,
    "substitute": ROLES_OF_STEPS,
    "role": {
        "": "nothing in the account",
        "client": "sees what was shared with it",
        "viewer": "sees all",
        "writer": "writes its own pieces",
        "editor": "writes, decides and publishes",
        "admin": "also manages sites, connections and members",
        "owner": "also the account",
    },
    "scopes": {
        "read": "looks",
        "write": "writes pieces",
        "publish": "decides, schedules, publishes",
        "admin": "manages",
    },
    "platform": _PLATFORMS,
    "destination": _PLATFORMS,
    "missed_then": {"next_slot": "the next free slot", "hold": "on hold, for a person"},
    "publish_days": {
        "mon": "Monday",
        "tue": "Tuesday",
        "wed": "Wednesday",
        "thu": "Thursday",
        "fri": "Friday",
        "sat": "Saturday",
        "sun": "Sunday",
    },
    "which": {
        "old": "the one that a rotation left for a day",
        "all": "every one: nothing is sent then until a new one is made",
    },
    "is_default": {"true": "it becomes the default; another one takes that away"},
    "Taxonomy.type": {
        "categories": "categories",
        "tags": "tags",
        "sectors": "sectors",
        "clusters": "clusters",
    },
}
