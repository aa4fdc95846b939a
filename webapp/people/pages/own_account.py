"""One's own account: where one is signed in, which tokens act for one, and the password."""

from __future__ import annotations

import functools
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

import anyio.to_thread
import litestar
import sqlalchemy as sa
from litestar import Request, Response
from litestar.params import FromPath
from sqlalchemy.orm import Session

from webapp.accounts import access, audit, own_password, sessions, tokens
from webapp.accounts.access import Member
from webapp.accounts.audit import Act
from webapp.accounts.models import ApiToken, User
from webapp.accounts.rights import Capability
from webapp.authentication import need_member
from webapp.call import Call, Sent, get, post
from webapp.core import zones
from webapp.core.errors import Invalid, NotFound, Problem
from webapp.core.web import redirect
from webapp.forms import Form, check_kind

PAGE = "/account"
LARGEST_FORM = 64 * 1024
DONE = {
    "timezone": "Your time zone is kept.",
    "keys": "Your choice is kept.",
    "password": "Your password is changed, and you are signed out everywhere else.",
    "session": "That session is ended.",
    "sessions": "You are signed out everywhere else.",
    "token": "That token is ended. It opens nothing any more.",
}


class ZoneForm(Form):
    """ "" for the one that the next sign-in tells."""

    timezone: str


class KeysForm(Form):
    """Whether single letters act on pages: on or off."""

    keys: Literal["on", "off"]


class PasswordForm(Form):
    """The one of now, and the one to be."""

    old: str = ""
    new: str = ""


@dataclass(frozen=True)
class TokenLine:
    """A program's way in, as its owner recognises it."""

    id: int
    name: str
    prefix: str
    scopes: list[str]
    last_used_at: datetime | None
    expires_at: datetime | None
    owner: str


@get(PAGE)
def show(call: Call) -> Response[str]:
    """Sessions, tokens and password."""
    return _account(call, done=DONE.get(call.request.query_params.get("done", ""), ""))


@post("/account/sessions/{session_id:int}/removal")
def end_session(call: Call, session_id: FromPath[int]) -> Response[str]:
    """End one of one's own sessions: what that browser sends from now on is refused."""
    ended = sessions.end(call.db, call.member, session_id)
    if ended is None:
        raise NotFound
    audit.note(
        call.db, call.system, Act.SESSION_ENDED, f"{ended.agent}, {ended.origin}", by=call.member
    )
    return call.redirect(f"{PAGE}?done=session")


@post("/account/sessions/removal")
def end_other_sessions(call: Call) -> Response[str]:
    """Sign out everywhere else."""
    number = sessions.end_all(call.db, call.member.user_id, but=call.member.session_id)
    audit.note(call.db, call.system, Act.SESSION_ENDED, f"{number} others", by=call.member)
    return call.redirect(f"{PAGE}?done=sessions")


@post("/account/tokens/{token_id:int}/removal")
def end_token(call: Call, token_id: FromPath[int]) -> Response[str]:
    """End a token of one's own, or as an admin any of the account."""
    token = access.get_for_update(call.db, call.member, ApiToken, token_id)
    if token.user_id != call.member.user_id and not call.member.may_somewhere(
        Capability.ADMINISTER
    ):
        raise NotFound
    tokens.end(call.db, call.system, token, by=call.member)
    return call.redirect(f"{PAGE}?done=token")


@post("/account/timezone")
def choose_zone(call: Call, data: ZoneForm) -> Response[str]:
    """The zone in which "your time" is said; "" for the one that the next sign-in tells."""
    chosen = data.timezone.strip()
    if chosen and not zones.exists(chosen):
        told = f"“{chosen[:60]}” is no time zone, such as Europe/Berlin."
        return _account(call, problem=Invalid({"timezone": told}), typed=chosen)
    call.db.execute(sa.update(User).where(User.id == call.member.user_id).values(timezone=chosen))
    return call.redirect(f"{PAGE}?done=timezone")


@post("/account/keys")
def choose_keys(call: Call, data: KeysForm) -> Response[str]:
    """Whether single letters act on pages."""
    own = sa.update(User).where(User.id == call.member.user_id)
    call.db.execute(own.values(has_keys=data.keys == "on"))
    return call.redirect(f"{PAGE}?done=keys")


@litestar.post("/account/password", status_code=200, request_max_body_size=LARGEST_FORM)
async def change_password(request: Request[Any, Any, Any], data: Sent) -> Response[str]:
    """Another password; all other sessions end. Takes no thread of those that serve pages."""
    member, state = need_member(request.user), request.app.state
    address = request.client.host if request.client else ""
    check_kind(request)
    try:
        typed = PasswordForm.read(data)
        change = functools.partial(own_password.change, state.system, member, typed.old, typed.new)
        await state.turns.run(address, change)
    except Problem as problem:
        return await anyio.to_thread.run_sync(_refused, request, problem)
    return redirect(request, f"{PAGE}?done=password")


def _refused(request: Request[Any, Any, Any], problem: Problem) -> Response[str]:
    with ExitStack() as stack:
        answer = _account(Call(request, stack, writes=False), problem=problem)
    answer.headers.update(problem.headers)
    return answer


def _account(
    call: Call, *, done: str = "", problem: Problem | None = None, typed: str | None = None
) -> Response[str]:
    """`typed`: the zone that was refused, and stays in its field."""
    member = need_member(call.request.user)
    return call.page(
        "people/account.html",
        status=problem.status if problem else 200,
        sessions=sessions.of_member(call.db, member, call.system.clock()),
        tokens=_tokens(call.db, member),
        sees_all=member.may_somewhere(Capability.ADMINISTER),
        problem=problem,
        done=done,
        zone=typed if typed is not None else _zone(call.db, member),
        zones=zones.names(),
    )


def _zone(db: Session, member: Member) -> str:
    return db.scalars(sa.select(User.timezone).where(User.id == member.user_id)).one()


def _tokens(db: Session, member: Member) -> list[TokenLine]:
    """One's own that work, and as an admin those of the whole account."""
    columns = (
        ApiToken.id,
        ApiToken.name,
        ApiToken.prefix,
        ApiToken.scopes,
        ApiToken.last_used_at,
        ApiToken.expires_at,
        User.email,
    )
    query = access.visible(member, ApiToken, *columns).join(User, User.id == ApiToken.user_id)
    if not member.may_somewhere(Capability.ADMINISTER):
        query = query.where(ApiToken.user_id == member.user_id)
    query = query.where(ApiToken.revoked_at.is_(None)).order_by(sa.desc(ApiToken.id)).limit(200)
    return [TokenLine(*row) for row in db.execute(query)]


ROUTES = [
    show,
    end_session,
    end_other_sessions,
    end_token,
    choose_zone,
    choose_keys,
    change_password,
]
