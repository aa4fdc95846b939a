"""What the app does, for tests: every message sent and received is held against the contract."""

from __future__ import annotations

import hashlib
import itertools
import json
import os
import uuid
from pathlib import Path
from typing import Any, Self

import httpx

from tests.support.contract import assert_valid
from tests.support.plain_http import NO_TLS
from tests.support.wordpress import WordPress

PLUGIN = Path(__file__).parents[2] / "wordpress-plugin" / "igny8"
KEY = "key-of-the-tests-0123456789"
HEADERS = {"Authorization": f"Bearer {KEY}", "X-IGNY8-Protocol": "1"}

# Unique in the whole run, also when several test processes share nothing but the clock.
_content_ids = itertools.count(int.from_bytes(os.urandom(4), "big") + 1)


class Desk:
    """Speaks to one site about one content at a time."""

    def __init__(self, site: WordPress, **headers: str) -> None:
        self.site = site
        self.content_id = next(_content_ids)
        self.http = httpx.Client(
            base_url=f"{site.url}/wp-json/igny8/v1/",
            headers=HEADERS | headers,
            timeout=90,
            limits=httpx.Limits(max_connections=100),
            verify=NO_TLS,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.http.close()

    def other_content(self) -> None:
        """From now on, speak about another content."""
        self.content_id = next(_content_ids)

    def body(self, **fields: Any) -> dict[str, Any]:
        """A small, valid publish request with some fields changed."""
        body = {
            "content_id": self.content_id,
            "publish_key": str(uuid.uuid4()),
            "intent": 1,
            "attempt": 1,
            "publish_mode": "manual",
            "content_type": "post",
            "title": f"Content {self.content_id}",
            "content_html": "<!-- wp:paragraph -->\n<p>Text.</p>\n<!-- /wp:paragraph -->",
        } | fields
        canonical = json.dumps([body["title"], body["content_html"]])
        body.setdefault("content_hash", hashlib.sha256(canonical.encode()).hexdigest())
        return body

    def publish(self, body: dict[str, Any]) -> dict[str, Any]:
        """Publish and expect it to succeed; the answer's data."""
        response = self.send(body)
        assert response.status_code in {200, 201}, response.text
        data: dict[str, Any] = response.json()["data"]
        return data

    def refused(self, body: dict[str, Any], status: int, code: str) -> dict[str, Any]:
        """Publish and expect that refusal; the error object."""
        return refusal(self.send(body), status, code)

    def send(self, body: dict[str, Any]) -> httpx.Response:
        """Publish; both messages are held against their schemas."""
        assert_valid("publish-content.request", body)
        is_hidden = body.get("deliver_as", "public") != "public"
        path = "deliver-content/" if is_hidden else "publish-content/"
        response = self.http.post(path, json=body)
        kind = "publish-content.dry-run" if body.get("dry_run") else "publish-content"
        _assert_answer(response, f"{kind}.response")
        return response

    def stage(self, image: bytes) -> str:
        """Send an image; its sha256."""
        digest = hashlib.sha256(image).hexdigest()
        response = self.send_image(digest, image)
        assert response.status_code in {200, 201}, response.text
        return digest

    def send_image(self, digest: str, image: bytes) -> httpx.Response:
        """Send bytes under a hash, right or wrong."""
        query = {"sha256": digest, "filename": "x.png"}
        kind = {"Content-Type": "image/png"}
        response = self.http.post("media/", params=query, content=image, headers=kind)
        _assert_answer(response, "media.response")
        return response

    def prove(self, keys: dict[int, list[str]]) -> dict[str, Any]:
        """Offer the keys of contents' publications; the answer's data."""
        contents = [{"content_id": n, "publish_keys": known} for n, known in keys.items()]
        assert_valid("proofs.request", {"contents": contents})
        response = self.http.post("proofs/", json={"contents": contents})
        _assert_answer(response, "proofs.response")
        data: dict[str, Any] = response.json()["data"]
        return data

    def status(self) -> dict[str, Any]:
        """What WordPress says it has for the content."""
        response = self.http.get(f"content/{self.content_id}/")
        _assert_answer(response, "content.response")
        data: dict[str, Any] = response.json()["data"]
        return data

    def retract(self, to: str, intent: int, key: str | None = None, attempt: int = 1) -> Any:
        """Take the content offline; the response."""
        fence = {"publish_key": key or str(uuid.uuid4()), "intent": intent, "attempt": attempt}
        message = fence | {"to": to}
        assert_valid("retract.request", message)
        response = self.http.post(f"content/{self.content_id}/retract/", json=message)
        _assert_answer(response, "retract.response")
        return response

    def abandon(self, body: dict[str, Any], **fields: Any) -> httpx.Response:
        """Give the intent of a publish request up; the response."""
        fence = {name: body[name] for name in ("publish_key", "intent", "attempt")} | fields
        assert_valid("abandon.request", fence)
        response = self.http.post(f"content/{self.content_id}/abandon/", json=fence)
        _assert_answer(response, "abandon.response")
        return response

    def health(self) -> dict[str, Any]:
        """The plugin's health."""
        response = self.http.get("health")
        _assert_answer(response, "health.response")
        data: dict[str, Any] = response.json()["data"]
        return data

    def flush(self) -> dict[str, Any]:
        """Ask for the changes that wait; the answer's data."""
        response = self.http.post("flush/")
        _assert_answer(response, "flush.response")
        data: dict[str, Any] = response.json()["data"]
        return data

    # What the database says

    def posts(self) -> list[dict[str, str | None]]:
        """Rows of all posts that carry this content's id."""
        return self.site.sql(
            "SELECT p.* FROM wp_posts p JOIN wp_postmeta m ON m.post_id = p.ID"
            f" WHERE m.meta_key = '_igny8_content_id' AND m.meta_value = '{self.content_id}'"
        )

    def post(self) -> dict[str, str | None]:
        """The row of the one post that carries this content's id."""
        rows = self.posts()
        assert len(rows) == 1
        return rows[0]

    def meta(self, post_id: int | str | None = None) -> dict[str, str | None]:
        """Meta of the content's post, or of another one."""
        post_id = post_id or self.post()["ID"]
        rows = self.site.sql(f"SELECT * FROM wp_postmeta WHERE post_id = {post_id}")
        return {str(row["meta_key"]): row["meta_value"] for row in rows}

    def terms(self, taxonomy: str) -> set[str | None]:
        """Names of the terms of the content's post."""
        rows = self.site.sql(
            "SELECT t.name FROM wp_term_relationships r"
            " JOIN wp_term_taxonomy x ON x.term_taxonomy_id = r.term_taxonomy_id"
            f" JOIN wp_terms t ON t.term_id = x.term_id WHERE x.taxonomy = '{taxonomy}'"
            f" AND r.object_id = {self.post()['ID']}"
        )
        return {row["name"] for row in rows}


def refusal(response: httpx.Response, status: int, code: str) -> dict[str, Any]:
    """The error object of a response that must be that refusal."""
    assert_valid("error", response.json())
    error: dict[str, Any] = response.json()["error"]
    assert (response.status_code, error["code"]) == (status, code), response.text
    return error


def _assert_answer(response: httpx.Response, schema: str) -> None:
    assert_valid(schema if response.is_success else "error", response.json())
