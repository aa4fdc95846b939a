"""An error page with the frame that every page has: the site switch, the counts, one's own menu.

Exceptions are answered on the loop, where all requests wait, so nothing may be asked of the
database there. The frame is made in a thread when the answer is sent; where it cannot be made,
because nobody is signed in or the database does not answer, the page goes as it is.
"""

from __future__ import annotations

from typing import Any

import anyio.to_thread
import structlog
from litestar import Request, Response
from litestar.types import Receive, Scope, Send
from sqlalchemy.exc import SQLAlchemyError

from webapp.accounts import sessions
from webapp.accounts.access import Member
from webapp.core import web
from webapp.core.system import System

log = structlog.get_logger()


class Framed(Response[str]):
    """`bare` is the page without its frame, `context` what its template shows."""

    def __init__(
        self, request: Request[Any, Any, Any], bare: Response[str], **context: Any
    ) -> None:
        super().__init__(
            bare.content, status_code=bare.status_code, headers=bare.headers, media_type="text/html"
        )
        self._request, self._context = request, context

    def to_asgi_response(self, *args: Any, **options: Any) -> Any:
        bare = super().to_asgi_response(*args, **options)

        async def answer(scope: Scope, receive: Receive, send: Send) -> None:
            framed = await anyio.to_thread.run_sync(self._framed)
            whole = framed.to_asgi_response(*args, **options) if framed else bare
            await whole(scope, receive, send)

        return answer

    def _framed(self) -> Response[str] | None:
        """The page within its frame; None where there is none to have."""
        request = self._request
        system: System = request.app.state.system
        try:
            with system.db.read() as db:
                member = request.scope.get("user")
                if member is None:
                    cookie = request.cookies.get(sessions.cookie(system.config), "")
                    member = sessions.member_of(db, system.secrets, cookie, system.clock())
                if not isinstance(member, Member):
                    return None
                request.scope["user"] = member
                status = self.status_code or 500
                template = "shared/error_framed.html"
                page = web.page(request, db, template, status=status, **self._context)
        except SQLAlchemyError as problem:
            log.warning("an error page has no frame", problem=type(problem).__name__)
            return None
        page.headers.update(self.headers)
        return page
