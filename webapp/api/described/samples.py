"""Examples: what each operation can be sent, and what an answer of its shape looks like.

Ids are 1 throughout: tests/api/test_examples.py prepares a desk for each operation and sends them.
Answers are put together from their shapes, so that they can be nothing else than what is there.
"""

from __future__ import annotations

from typing import Any

from webapp.integrations import registry

HASH = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
SEEN = "24a84c81ce3332c310d02aaae7ec1be3a6d39506e86914da3f212909fdcc60c0"
MOMENT, DAY, WALL = "2030-12-02T15:00:00Z", "2030-12-02", "2030-12-02T16:00"
_CONTENT = "/api/v1/writer/content/{content_id:int}"
_PIECE = "/api/v1/content/{content_id:int}"
_SITE = "/api/v1/sites/{site_id:int}"
_CONNECTIONS = "/api/v1/integration/integrations"
_CALLS = "/api/v1/integrations/{site_id:int}"
_CHANGED = {"updated_by": "wordpress_user_7", "updated_at": MOMENT, "sequence": 8}
_NEWS = {"id": 3, "name": "News", "slug": "news"}
_FOOD = {"id": 9, "name": "Food", "slug": "food"}
_RHYTHM = {"daily_publish_limit": 2, "publish_days": ["mon", "wed", "fri"]}

BODIES: dict[str, dict[str, Any]] = {
    "POST /api/v1/writer/content": {
        "site_id": 1,
        "title": "Olive oil",
        "html": "<p>How olives become oil.</p>",
        "excerpt": "From tree to bottle.",
        "content_type": "post",
        "sector_id": 1,
        "categories": [{"name": "Food"}, {"name": "Oils", "parent": "food"}],
        "tags": [{"name": "Green"}],
    },
    f"PATCH {_CONTENT}": {"title": "Olive oil, pressed cold", "version": 1},
    f"POST {_CONTENT}/approve": {"step": None},
    f"POST {_CONTENT}/request_changes": {"comment": "Name the region, please."},
    f"POST {_CONTENT}/images": {
        "image_url": "https://pictures.example/olives.jpg",
        "image_type": "featured",
        "alt": "Green olives on a branch",
    },
    f"PATCH {_CONTENT}/images/{{image_id:int}}": {"alt": "Black olives", "image_type": "gallery"},
    f"PUT {_CONTENT}/images/order": {"image_ids": [2, 1]},
    f"POST {_CONTENT}/publish": {"force": True},
    f"POST {_CONTENT}/retract": {"to": "draft"},
    f"POST {_CONTENT}/drift/accept": {"over": SEEN, "take": {"title": "there"}},
    f"POST {_CONTENT}/drift/overwrite": {"over": SEEN},
    f"POST {_CONTENT}/drift/relink": {"post": "2"},
    f"POST {_CONTENT}/threads": {"text": "Since when?", "words": "How olives become oil."},
    f"POST {_CONTENT}/threads/{{thread_id:int}}/replies": {"text": "Since the Romans."},
    f"POST {_PIECE}/schedule": {"local_time": WALL, "seen": None},
    f"POST {_PIECE}/unschedule": {},
    f"POST {_PIECE}/hold": {},
    "POST /api/v1/sites": {
        "name": "Olive News",
        "url": "https://olives.example",
        "timezone": "Europe/Berlin",
        "sector": "Oils",
    },
    f"PUT {_SITE}/publishing-settings": {**_RHYTHM, "version": 1, "replan": True},
    f"POST {_SITE}/publishing-settings/preview": _RHYTHM,
    f"PUT {_SITE}/approval-lists": {
        "steps": [{"name": "Editing"}, {"name": "Last look", "role": "owner", "not_own": True}]
    },
    f"POST {_SITE}/replan/undo": {"change_id": 1},
    f"POST {_SITE}/forecast": {"weekly_publish_limit": 5},
    f"POST {_CONNECTIONS}": {
        "site_id": 1,
        "platform": registry.elsewhere()[0],
        "base_url": "https://gazette.example",
        "default_author": "editor@gazette.example",
    },
    f"PATCH {_CONNECTIONS}/{{integration_id:int}}": {"is_active": False},
    f"POST {_CONNECTIONS}/{{integration_id:int}}/end-key": {"which": "old"},
    "POST /api/v1/auth/login": {"email": "owner@example.com", "password": "a long one of yours"},
    "POST /api/v1/auth/refresh": {"refresh": "igr_of-the-pass-that-you-got"},
    "POST /api/v1/auth/logout": {"refresh": "igr_of-the-pass-that-you-got"},
    f"POST {_CONNECTIONS}/{{integration_id:int}}/update-structure": {
        "post_types": {"post": {"label": "Posts", "count": 123, "enabled": True}},
        "taxonomies": {"category": {"label": "Categories", "count": 12, "enabled": True}},
        "timestamp": MOMENT,
        "site_url": "https://gazette.example",
        "wordpress_version": "6.8",
        "authors": [{"id": 3, "name": "Anna", "email": "anna@gazette.example"}],
    },
    f"POST {_CONNECTIONS}/{{integration_id:int}}/authors": {
        "timestamp": MOMENT,
        "authors": [{"id": 504, "name": "Ben", "email": "ben@gazette.example"}],
        "next": None,
    },
    f"PATCH {_CONNECTIONS}/{{integration_id:int}}/content-types": {"post_types": {"page": False}},
    f"POST {_CONNECTIONS}/{{integration_id:int}}/terms": {
        "timestamp": MOMENT,
        "terms": [{"taxonomy": "category", "id": 7, "name": "Food", "slug": "food", "count": 9}],
        "next": None,
    },
    "POST /api/v1/publisher/deployments": {"site_id": 1, "deployment_type": "incremental"},
    "POST /api/v1/integrations/{site_id:int}/publish-progress": {
        "publish_key": "0d7e8c62-8a0c-4c66-9a3f-1f1d1a8f6a10",
        "attempt": 1,
        "content_id": 1,
        "step": "media_processing",
        "progress": 25,
        "message": "Two of three pictures are there.",
    },
    f"POST {_CALLS}/dirty": {"waiting": 1, "oldest_seconds": 0},
    f"POST {_CALLS}/changes": {
        **_CHANGED,
        "content_id": 1,
        "updated_by_name": "Mia",
        "taxonomies": {"categories": [_NEWS, _FOOD]},
        "before": {"categories": [_NEWS]},
        "relationships": {"cluster_id": None, "focus_keywords": ["olive oil"]},
        "fields": {"title": {"left": "Olive oil", "there": "Olive oils"}},
    },
    f"PUT {_CONTENT}/taxonomies": {**_CHANGED, "categories": [_NEWS, _FOOD], "tags": []},
    f"PUT {_CONTENT}/relationships": {**_CHANGED, "cluster_id": None, "sector_id": 1},
}

# What stands in paths and headers.
PLACES: dict[str, Any] = {
    **dict.fromkeys(("content_id", "binned_id", "image_id", "record_id", "site_id"), 1),
    **dict.fromkeys(("integration_id", "deployment_id", "thread_id", "revision"), 1),
    "with": 2,
    "site_slug": "gazette",
    "slug": "olive-oil",
    "If-Match": '"1"',
    "Idempotency-Key": "import-7",
}

# What fields of answers hold, by name; of others the simplest that their shape allows.
FIELDS: dict[str, Any] = {
    "Refused.field": "keyword_ids",
    "Refused.reason": "This site has none with this number.",
    "Refused.value": "99",
    "ContentType.name": "post",
    "IntegrationLine.failures_in_row": 0,
    "PublicTerm.name": "Food",
    "PublicTerm.slug": "food",
    "PluginRelease.release": None,
    "PluginRelease.signature": None,
    "PluginRelease.version": "0.2.0",
    "SectorLine.name": "News",
    "SectorLine.slug": "news",
    "SiteLine.slug": "gazette",
    "PublicSite.slug": "gazette",
    "Term.name": "Food",
    "Term.parent": None,
    "Term.parent_name": None,
    "Term.slug": "food",
    "TermName.name": "Food",
    "TermName.slug": "food",
    "attention": [],
    "cluster_id": None,
    "cluster_name": None,
    "error": None,
    "failures": 0,
    "focus_keywords": ["olive oil"],
    "has_featured_image": True,
    "is_active": True,
    "is_approved": True,
    "missed_seconds": None,
    "paused_at": None,
    "position": 0,
    "previous_key_until": None,
    "priority": 0,
    "deliver_as": "public",
    "progress": 100,
    "scheduled_publish_at": None,
    "site_status": "published",
    "status": "published",
    "step": "verification",
    "verify_at": None,
    "act": "key_rotated",
    "alt": "Green olives on a branch",
    "api_key": "igny8_live_3pQm…",
    "author_email": "anna@gazette.example",
    "base_url": "https://gazette.example",
    "caption": "Just before the harvest.",
    "change_ids": [1],
    "code": "VERSION_CONFLICT",
    "content_hash": HASH,
    "content_structure": "article",
    "content_title": "Olive oil",
    "content_type": "post",
    "default_author": "editor@gazette.example",
    "email": "anna@gazette.example",
    "excerpt": "From tree to bottle.",
    "external_id": "731",
    "external_type": "post",
    "external_url": "https://gazette.example/olive-oil/",
    "filename": "olives.jpg",
    "html": "<p>How olives become oil.</p>",
    "image_url": "https://pictures.example/olives.jpg",
    "key_prefix": "igny8_live_3pQm",
    "local_time": WALL,
    "meta_description": "How olives become oil, step by step.",
    "meta_title": "Olive oil: how it is made",
    "message": "Looking whether it is online",
    "name": "Gazette",
    "origin": "203.0.113.0/24",
    "publish_key": "0d7e8c62-8a0c-4c66-9a3f-1f1d1a8f6a10",
    "published_hash": HASH,
    "reason": None,
    "ref": "olives",
    "sector_name": "News",
    "sentence": "All of them will have gone out by 2 December.",
    "slug": "olive-oil",
    "source": "igny8",
    "step_number": 7,
    "timezone": "Europe/Berlin",
    "title": "Olive oil",
    "total_steps": 7,
    "transport": "plugin",
    "url": "https://gazette.example",
    "who": "anna@gazette.example",
    "why": "The first free slot of Monday.",
    "word_count": 4,
}

ERRORS: dict[int, dict[str, Any]] = {
    301: {"code": "MOVED", "message": "This has moved.", "details": {"to": "/olive-oil-2/"}},
    400: {"code": "MALFORMED_JSON", "message": "The body must be a JSON object."},
    401: {"code": "NOT_SIGNED_IN", "message": "Sign in, or send a token."},
    403: {"code": "FORBIDDEN", "message": "This token lacks the scope “publish”."},
    404: {"code": "NOT_FOUND", "message": "There is nothing here."},
    409: {
        "code": "VERSION_CONFLICT",
        "message": "Somebody else changed this meanwhile.",
        "details": {"version": 8},
    },
    422: {
        "code": "VALIDATION_FAILED",
        "message": "Some fields need attention.",
        "fields": {"title": "Give the piece a title.", "priority": "Expected `int`, got `str`."},
    },
}
