"""A look at a website from outside, so that whoever connects it knows what answers there."""

from __future__ import annotations

import httpx

from webapp.core.http import OutboundHttp, Refused, TooLarge
from webapp.core.links import host_of
from webapp.integrations import registry

SECONDS = 4.0


def at(http: OutboundHttp, url: str) -> str:
    """What is seen there, in a sentence. Asks the website: no transaction may be open."""
    host = host_of(url)
    try:
        answer = http.fetch("GET", url, seconds=SECONDS, redirects=3)
    except Refused as problem:
        return f"We did not look at {host}: {problem}."
    except TooLarge:
        return f"We looked: {host} answers."
    except (httpx.TransportError, httpx.DecodingError):
        return f"We looked: {host} does not answer from here."
    if answer.status >= 500:
        return f"We looked: {host} answers with an error of its own ({answer.status})."
    kinds = (one.recognised(answer) for one in registry.PLATFORMS.values())
    kind = next(filter(None, kinds), "")
    return f"We looked: {host} answers and is {kind}." if kind else f"We looked: {host} answers."
