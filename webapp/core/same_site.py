"""Whether a call comes from a page of ours."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from litestar.connection import ASGIConnection

from webapp.core.errors import Forbidden

ANOTHER_WEBSITE = "This was sent from another website."


def check_same_site(connection: ASGIConnection[Any, Any, Any, Any]) -> None:
    """Refuse an unsafe call that another website made the browser send.

    Browsers of today say where a call comes from; a program that says nothing has no cookie that
    somebody else could make use of.
    """
    origin = connection.headers.get("origin")
    site = connection.headers.get("sec-fetch-site")
    if site not in (None, "same-origin", "none"):
        raise Forbidden(ANOTHER_WEBSITE, code="CSRF")
    if origin is None or (origin == "null" and site == "same-origin"):
        return
    config = connection.app.state.system.config
    scheme, _, host = origin.partition("://")
    own = urlsplit(config.public_url).netloc
    is_ours = host in (connection.headers.get("host", ""), own)
    if not is_ours or (config.secure_cookies and scheme != "https"):
        raise Forbidden(ANOTHER_WEBSITE, code="CSRF")
