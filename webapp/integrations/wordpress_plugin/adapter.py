"""WordPress through the IGNY8 plugin: the contract of docs/contract, from our side.

The plugin does steps 1 to 6 of its half in one atomic request, so this adapter translates. Images
that only we have are staged first, one call each, unless the destination has them already.
"""

from __future__ import annotations

import mimetypes
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import msgspec

from webapp.core import decoders, labels, slugs
from webapp.core.clock import iso
from webapp.core.codes import Code, sentence
from webapp.core.links import web_address
from webapp.core.system import System
from webapp.integrations import content_types, structure
from webapp.integrations.base import (
    DestinationError,
    Fence,
    NeedsAction,
    Offer,
    Permanent,
    Problem,
    Publication,
    Published,
    Remote,
    Report,
    RetryLater,
    Target,
)
from webapp.integrations.delivered import PUBLIC
from webapp.integrations.from_website import Collected
from webapp.integrations.health import Health
from webapp.integrations.journal import Journal
from webapp.integrations.wordpress_plugin import messages, package, website
from webapp.integrations.wordpress_plugin.client import client_of
from webapp.writer.payload import Payload, Picture, Term

IMAGE_TYPES = ("image/jpeg", "image/png", "image/gif", "image/webp")
LARGEST_SKEW = timedelta(minutes=5)
TOO_OLD = "The website’s IGNY8 plugin can only publish. Update it to deliver drafts there."

TERM_KINDS = ("categories", "tags", "sectors", "clusters")


class WordPressPluginAdapter:
    """See webapp.integrations.base.Adapter."""

    def __init__(self, system: System, target: Target) -> None:
        self.target = target
        self._config = system.config
        self._now = system.clock
        self._client = client_of(system, target)

    def check(self, payload: Payload) -> list[Problem]:
        problems = []
        if structure.is_off(self.target.config, payload.content_type):
            said = f"“{payload.content_type}” is switched off for this website under Content types."
            problems.append(Problem(code=Code.TYPE_DISABLED, message=said, field="content_type"))
        if len(slugs.encoded(payload.slug)) > slugs.LONGEST:
            problems.append(
                Problem(code=Code.SLUG_INVALID, message="The address is too long.", field="slug")
            )
        for picture in payload.pictures():
            if picture.media_type and picture.media_type not in IMAGE_TYPES:
                problems.append(
                    Problem(
                        code=Code.IMAGE_KIND_UNSUPPORTED,
                        message=f"{picture.filename} is {picture.media_type}.",
                        field=f"images.{picture.ref}",
                    )
                )
        return problems

    def publish(self, publication: Publication, report: Report, _: Journal) -> Published:
        is_watched = publication.mode == "manual"
        return messages.published(self._send(publication, {"report_progress": is_watched}, report))

    def dry_run(self, publication: Publication) -> dict[str, Any]:
        return self._send(publication, {"dry_run": True})

    def lookup(self, content_id: int) -> Remote | None:
        found = self._client.get(f"content/{content_id}/", "verification", messages.Content)
        if found.post is None:
            return None
        return Remote(
            external_id=str(found.post.post_id),
            external_url=web_address(found.post.post_url),
            status=found.post.post_status,
            is_public=found.post.is_public,
            posts_with_this_id=found.posts_with_this_id,
            stored_hash=found.post.stored_hash,
            edited_there=found.post.edited_there,
            differences=found.post.differences,
            terms=_ids(found.post.terms),
            featured_image_url=found.post.featured_image_url or "",
        )

    def seen(self, content_id: int) -> Fence | None:
        row = self._client.get(f"content/{content_id}/", "connection", messages.Seen).publish
        return Fence(row.publish_key, row.seen_intent, row.seen_attempt) if row else None

    def result_of(self, fence: Fence, content_id: int, _: Journal) -> Published | None:
        row = self._client.get(f"content/{content_id}/", "connection", messages.Became).publish
        if row is None or row.publish_key != fence.publish_key:
            return None
        if row.state == "running":
            raise RetryLater(Code.IN_PROGRESS, "connection", is_waiting=True)
        return messages.published(row.result) if row.result and "post_url" in row.result else None

    def retract(self, fence: Fence, content_id: int, to: str) -> str:
        body = {**self._fence(fence), "to": to}
        path = f"content/{content_id}/retract/"
        done = self._client.post(path, "creating_post", body, messages.Retracted)
        return "" if done.result == "gone" else done.to

    def abandon(
        self, fence: Fence, content_id: int, staged: list[str], _: Journal
    ) -> Published | None:
        body = {**self._fence(fence), "sha256": staged}
        del body["time_limit"]
        answer = self._client.post(
            f"content/{content_id}/abandon/", "connection", body, messages.Abandoned
        )
        worked = answer.state == "done" and answer.result and "post_url" in answer.result
        return messages.published(answer.result) if worked and answer.result else None

    def prove(self, offers: list[Offer]) -> int:
        contents = [
            {"content_id": one.content_id, "publish_keys": list(one.publish_keys)} for one in offers
        ]
        body = {"contents": contents}
        return self._client.post("proofs/", "connection", body, messages.Proven).unproven

    def collect_changes(self) -> Collected:
        return self._client.post("flush/", "connection", {}, Collected)

    def health(self) -> Health:
        try:
            data = self._client.get("health", "connection", dict)
            messages.check_health(data)
        except DestinationError as problem:
            return Health(
                status="down",
                message=problem.failure.message,
                report={"error": msgspec.to_builtins(problem.failure)},
            )
        checks = {
            **data.get("checks", {}),
            "clock": self._clock(data.get("clock_utc")),
            **website.check_listing(data.get("site")),
            **package.check_version(data.get("versions"), data.get("updates")),
            **website.check_encryption(
                self.target.base_url, _home(data.get("site")).get("home", "")
            ),
        }
        failing = [name for name, check in checks.items() if not check.get("ok")]
        return Health(
            status="degraded" if failing else "healthy",
            message=f"Not well: {', '.join(map(labels.check, failing))}." if failing else "",
            checks=checks,
            report=data,
            changes_waiting=messages.waiting(data),
            learnt={
                "rest": self._client.form,
                **_home(data.get("site")),
                **content_types.of_report(data),
            },
        )

    def _clock(self, there: Any) -> dict[str, Any]:
        """The website's clock beside ours. A skew is told of, and stops nothing."""
        try:
            skew = decoders.convert(there, datetime) - self._now()
        except msgspec.ValidationError:
            return {"ok": False, "message": "The website did not tell its time.", "ms": 0}
        ok = abs(skew) <= LARGEST_SKEW
        return {"ok": ok, "message": "" if ok else sentence(Code.CLOCK_SKEW), "ms": 0}

    def _fence(self, fence: Fence) -> dict[str, Any]:
        return {
            "publish_key": fence.publish_key,
            "intent": fence.intent,
            "attempt": fence.attempt,
            "time_limit": max(1, min(300, int(self._config.request_seconds))),
            **({"proof": list(fence.proof)} if fence.proof else {}),
        }

    def _send(
        self, publication: Publication, more: dict[str, Any], report: Report | None = None
    ) -> dict[str, Any]:
        """Images first; all of them again where the destination has dropped what it had."""
        self._stage(publication, publication.staged, report)
        body = {**self._request(publication), **more}
        try:
            return self._post(body)
        except RetryLater as problem:
            if problem.failure.code != Code.MEDIA_NOT_STAGED:
                raise
            self._stage(publication, frozenset())
            return self._post(body)

    def _post(self, body: dict[str, Any]) -> dict[str, Any]:
        """What is not to be public goes to a route of its own: a plugin that does not have it would
        publish it."""
        if body["deliver_as"] == PUBLIC:
            return self._client.post("publish-content/", "connection", body, dict)
        try:
            return self._client.post("deliver-content/", "connection", body, dict)
        except (NeedsAction, Permanent) as problem:
            if problem.failure.code not in (Code.PLUGIN_MISSING, Code.NOT_FOUND):
                raise
            raise NeedsAction(Code.PROTOCOL_UNSUPPORTED, "connection", TOO_OLD) from problem

    def _stage(
        self, publication: Publication, there: frozenset[str], report: Report | None = None
    ) -> None:
        """`report` hears of the images when the website has answered."""
        sent: set[str] = set(there)
        for picture in publication.payload.pictures():
            if picture.sha256 and picture.sha256 not in sent:
                sent.add(picture.sha256)
                name = picture.filename or picture.sha256[:16]
                query = urlencode({"sha256": picture.sha256, "filename": name})
                self._client.upload(
                    f"media/?{query}",
                    "media_processing",
                    publication.read_image(picture.sha256),
                    picture.media_type or mimetypes.guess_type(name)[0] or "image/jpeg",
                )
                if report is not None and sent == there | {picture.sha256}:
                    report("media_processing")

    def _request(self, publication: Publication) -> dict[str, Any]:
        payload = publication.payload
        date = publication.published_at
        return {
            **self._fence(publication.fence),
            "content_id": payload.content_id,
            "task_id": None,
            "publish_mode": publication.mode,
            "deliver_as": publication.deliver_as,
            "published_at": iso(date) if date else None,
            "content_type": payload.content_type,
            "title": payload.title,
            "slug": payload.slug or None,
            "content_html": payload.html,
            "excerpt": payload.excerpt,
            "author_email": payload.author_email or self.target.default_author or None,
            "categories": _terms(payload.categories),
            "tags": _terms(payload.tags),
            "sectors": _terms(payload.sectors),
            "clusters": _terms(payload.clusters),
            "cluster_id": payload.cluster_id,
            "sector_id": payload.sector_id,
            "keyword_ids": payload.keyword_ids,
            "focus_keywords": payload.focus_keywords,
            "meta_title": payload.meta_title or None,
            "meta_description": payload.meta_description or None,
            "canonical_url": payload.canonical_url or None,
            "featured_image": _image(payload.featured_image) if payload.featured_image else None,
            "gallery": [_image(picture) for picture in payload.gallery],
            "inline_images": [_image(picture) for picture in payload.inline_images],
            "media_policy": self.target.config.get("media_policy", "keep"),
            "content_hash": publication.content_hash,
            "expected_hash": publication.expected_hash or None,
            "force": publication.force,
            "look_first": True,
            "over": publication.over or None,
        }


def _home(site: Any) -> dict[str, str]:
    """The address by which the website calls itself, which a copy of it would not."""
    url = site.get("url") if isinstance(site, dict) else None
    return {"home": url} if isinstance(url, str) else {}


def _ids(terms: dict[str, list[dict[str, Any]]]) -> dict[str, list[str]]:
    return {kind: [str(term.get("id", "")) for term in found] for kind, found in terms.items()}


def _terms(terms: Iterable[Term]) -> list[dict[str, Any]]:
    return [
        {
            "name": term.name,
            "slug": term.slug,
            "parent": term.parent,
            "parent_name": term.parent_name,
        }
        for term in terms
    ]


def _image(picture: Picture) -> dict[str, Any]:
    source = {"sha256": picture.sha256} if picture.sha256 else {"url": picture.url}
    return {
        **source,
        "ref": picture.ref,
        "filename": picture.filename or None,
        "alt": picture.alt or None,
        "caption": picture.caption or None,
    }
