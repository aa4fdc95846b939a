"""New sites: one verb makes them, for the page, the API, `igny8 setup` and the demo."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

import sqlalchemy as sa
from sqlalchemy.orm import Session

from webapp.accounts import access, audit
from webapp.accounts.access import Member
from webapp.accounts.audit import Act
from webapp.accounts.models import Account, Sector, Site
from webapp.core import limits, links, slugs, zones
from webapp.core.addresses import needs_no_asking
from webapp.core.errors import Conflict, Invalid
from webapp.core.http import Refused
from webapp.core.system import System

FIRST_SECTOR = "General"
MOST_AT_ONCE = 5
NO_NAME = "Give the site a name."
NO_ZONE = "Choose the time zone in which the site’s days begin."
NO_SCHEME = "An address begins with http:// or https://."


@dataclass(frozen=True)
class NewSite:
    """A site as somebody wants it; without a `sector` it gets none along."""

    name: str
    url: str
    timezone: str
    sector: str = FIRST_SECTOR

    def tidy(self) -> NewSite:
        """The same as it is kept: blanks that nobody means are off."""
        return NewSite(
            " ".join(self.name.split()),
            links.tidy(self.url),
            self.timezone.strip(),
            " ".join(self.sector.split()),
        )


class AddressTaken(Conflict):
    """The account has a site at this address already: `site_id`."""

    def __init__(self, site_id: int, name: str) -> None:
        said = f"There is a site at this address already: {name}."
        told = {"site_id": site_id, "name": name}
        super().__init__(said, details=told, fields={"url": said})


def add(db: Session, system: System, wanted: NewSite, *, by: Member) -> Site:
    """A member's new site, told to open pages and written down. Raises Invalid with every wrong
    field, or AddressTaken."""
    tidied = wanted.tidy()
    wrong = problems(tidied)
    if "url" not in wrong and (refused := _refusal(system, tidied.url)):
        wrong["url"] = refused
    if wrong:
        raise Invalid(wrong)
    site = make(db, by.account_id, tidied)
    audit.note(db, system, Act.SITE_ADDED, f"{site.name} ({site.url})", by=by)
    # Calendars and lists that show every site's plan show this one too.
    system.notices.send(db, site.account_id, "plan", site.id)
    return site


def make(db: Session, account_id: int, wanted: NewSite) -> Site:
    """A new site of the account, with its first sector. Raises Invalid, or AddressTaken."""
    wanted = wanted.tidy()
    wrong = problems(wanted)
    if wrong:
        raise Invalid(wrong)
    # Of two who add the same site at once the second waits here, and then finds the first's.
    db.execute(sa.select(Account.id).where(Account.id == account_id).with_for_update())
    _check_address(db, account_id, wanted.url)
    site = _inserted(db, account_id, wanted)
    if wanted.sector:
        add_sector(db, site, wanted.sector)
    return site


def _inserted(db: Session, account_id: int, wanted: NewSite) -> Site:
    """Under the first slug that is free. Another account may take it at the same moment: then the
    insertion waits for that one's end, fails, and takes the next."""
    for _ in range(MOST_AT_ONCE):
        site = Site(
            account_id=account_id,
            name=wanted.name,
            slug=_free_slug(db, wanted.name),
            url=wanted.url,
            timezone=wanted.timezone,
        )
        try:
            with db.begin_nested():
                db.add(site)
                db.flush()
        except sa.exc.IntegrityError:
            continue
        return site
    raise Conflict("Many sites of this name are being added right now. Try again in a moment.")


def problems(wanted: NewSite) -> dict[str, str]:
    """What is wrong with each field, without a look at what there is."""
    found = {}
    if not wanted.name:
        found["name"] = NO_NAME
    if not wanted.url.startswith(("http://", "https://")):
        found["url"] = NO_SCHEME
    elif not links.is_website(wanted.url):
        found["url"] = links.WEBSITE
    if not wanted.timezone:
        found["timezone"] = NO_ZONE
    elif not zones.exists(wanted.timezone):
        found["timezone"] = f"“{wanted.timezone}” is no IANA time zone, such as Europe/Berlin."
    own = {"name": wanted.name, "url": wanted.url, "timezone": wanted.timezone}
    too_long = limits.wrong("sites", own)
    sector = limits.wrong("sectors", {"name": wanted.sector})
    return found | too_long | ({"sector": sector["name"]} if sector else {})


def add_sector(db: Session, site: Site, name: str) -> Sector:
    """The site's sector of this name; made if there is none."""
    slug = slugs.of_title(name) or "sector"
    found = db.scalars(
        sa.select(Sector).where(Sector.site_id == site.id, Sector.slug == slug)
    ).one_or_none()
    if found is None:
        found = Sector(account_id=site.account_id, site_id=site.id, name=name, slug=slug)
        db.add(found)
        db.flush()
    return found


def has_any(db: Session, member: Member) -> bool:
    """Whether the member sees a site at all."""
    return db.scalar(access.visible(member, Site, Site.id).limit(1)) is not None


def _refusal(system: System, url: str) -> str:
    """Why nobody here would call it, "" where that is not known without asking for its name."""
    try:
        system.http.check(url)
        parts = urlsplit(url)
        host = parts.hostname or ""
        if needs_no_asking(host):
            system.http.addresses(host, parts.port or (443 if parts.scheme == "https" else 80))
    except Refused as problem:
        return f"This address is not called: {problem}."
    return ""


def _check_address(db: Session, account_id: int, url: str) -> None:
    """Raises AddressTaken. Scheme, `www.` and a last stroke make no other website."""
    place = links.place_of(url)
    known = sa.select(Site.id, Site.name, Site.url).where(Site.account_id == account_id)
    for row in db.execute(known.order_by(Site.id)):
        if links.place_of(row.url) == place:
            raise AddressTaken(row.id, row.name)


def _free_slug(db: Session, name: str) -> str:
    wanted = slugs.of_title(name) or "site"
    begins = Site.slug.startswith(slugs.stem(wanted), autoescape=True)
    taken = set(db.scalars(sa.select(Site.slug).where(begins)))
    return slugs.free(wanted, taken)
