"""What was decided and said about a piece before."""

from __future__ import annotations

from litestar import Response

from webapp.accounts import access
from webapp.call import Call, get
from webapp.content import piece
from webapp.content.pages.pieces import zone_of
from webapp.writer.models import Content


@get("/content/{content_id:int}/comments")
def comments(call: Call, content_id: int) -> Response[str]:
    """What was decided about the piece, with what was said with it."""
    content = access.get(call.db, call.member, Content, content_id)
    return call.fragment(
        "content/_comments.html",
        content_id=content.id,
        zone=zone_of(call.db, content),
        comments=piece.comments_of(call.db, content),
    )


ROUTES = [comments]
