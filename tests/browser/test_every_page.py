"""Every page at every size: nothing scrolls sideways, shifts, is cut off or too small to hit."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import timedelta

import pytest
import sqlalchemy as sa
from playwright.sync_api import Browser, Page

from tests.support.browser import Product, Window, sign_in
from tests.support.planner import PATH, Planner, in_months
from webapp.accounts.models import Site, User
from webapp.core.db import Database

SIZES = {"1440": (1440, 900), "1024": (1024, 768), "768": (768, 1024), "390": (390, 844)}
SIZES["200 %"] = (720, 450)
QUEUE = "/publisher/publishing-queue"
LONG = "A title that goes on and on about the temperature of milk and the patience of baristas " * 3
RTL = "كيف يصبح الزيتون زيتا في المعصرة القديمة"
EMOJI = "Ten 🫒 olives, 👩🏽‍🍳 and a very-long-word-without-any-place-to-break-it-anywhere-at-all"
WORD = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft"
SITE = "Regional Gardening and Cookery Magazine Network of the Lower Danube and its Tributaries"
PERSON = "Maximiliane von und zu Hohenlohe-Wolfeschlegelsteinhausenbergerdorff-Schillingsfürst"
SHIFTS = """
window.shifted = 0;
window.moved = [];
new PerformanceObserver((list) => {
  const ours = list.getEntries().filter((one) => !one.hadRecentInput);
  for (const one of ours) window.shifted += one.value;
  const nodes = ours.flatMap((one) => [...one.sources]).map((one) => one.node?.outerHTML);
  window.moved.push(...nodes.map((text) => text?.slice(0, 60)));
}).observe({ type: "layout-shift", buffered: true });
"""
# A hundredth of the smallest row.
A_PIXEL = 0.001
# Wider than its box although nothing says so: no ellipsis, no clamp, no scrolling of its own.
CUT = """() => [...document.querySelectorAll("button, .btn, h1, h2, th, label, .chip, summary")]
  .filter((one) => one.checkVisibility() && one.scrollWidth > one.clientWidth + 1)
  .filter((one) => {
    const { overflowX, textOverflow, webkitLineClamp } = getComputedStyle(one);
    const says = textOverflow === "ellipsis" || webkitLineClamp !== "none";
    return ["hidden", "clip"].includes(overflowX) && !says && !one.closest(".visually-hidden");
  })
  .map((one) => one.outerHTML.slice(0, 90))"""

# Wider than what holds it, or with words that are: where neither scrolls, nor says that it is cut.
WIDE = """() => {
  const ASIDE = ".visually-hidden, .skip, .pane-ahead, svg, select, iframe, template, script";
  const styleOf = (one) => getComputedStyle(one);
  const isSeen = (one) => one.checkVisibility({ visibilityProperty: true }) && !one.closest(ASIDE);
  const isInline = (one) => ["inline", "contents"].includes(styleOf(one).display);
  const blockOf = (one) => (isInline(one) ? blockOf(one.parentElement) : one);
  const mayCut = ({ overflowX, textOverflow, webkitLineClamp, clipPath }) =>
    ["auto", "scroll"].includes(overflowX) || textOverflow === "ellipsis" ||
    webkitLineClamp !== "none" || clipPath !== "none";
  const runsOver = (inner, outer) => inner.right > outer.right + 1 || inner.left < outer.left - 1;
  const box = (one) => one.getBoundingClientRect();
  const named = (one) => `<${one.localName}> .${one.className}`;

  const found = [];
  for (const one of document.querySelectorAll("body *")) {
    if (!isSeen(one)) continue;
    const holds = blockOf(one.parentElement);
    const isPlaced = ["absolute", "fixed"].includes(styleOf(one).position);
    if (!isInline(one) && !isPlaced && !mayCut(styleOf(holds)) && runsOver(box(one), box(holds)))
      found.push(`${named(one)} in ${named(holds)}`);
    const texts = [...one.childNodes].filter((node) => node.nodeType === 3 && node.data.trim());
    const block = blockOf(one);
    for (const text of mayCut(styleOf(block)) ? [] : texts) {
      const words = document.createRange();
      words.selectNodeContents(text);
      if (runsOver(box(words), box(block))) found.push(`"${text.data.trim()}" in ${named(block)}`);
    }
  }
  return found;
}"""

SMALL = """() => [...document.querySelectorAll("body :not(svg, svg *)")]
  .filter((one) => one.checkVisibility() && !one.closest(".visually-hidden"))
  .filter((one) => [...one.childNodes].some((node) => node.nodeType === 3 && node.data.trim()))
  .filter((one) => parseFloat(getComputedStyle(one).fontSize) < 12)
  .map((one) => one.outerHTML.slice(0, 60))"""
BROKEN = """() => [...document.querySelectorAll(".entry time")]
  .filter((one) => one.getBoundingClientRect().height > 30)
  .map((one) => one.textContent)"""
# A number that does not say of what, a title that begins elsewhere than the others, a box that says
# what another one says, a day that is written in another form than webapp/core/dates.py's,
# code of a template.
UNLIKE = """() => {
  const isSeen = (one) => one.checkVisibility();
  const all = (chosen) => [...document.querySelectorAll(chosen)].filter(isSeen);
  const textOf = (one) => one.textContent.replace(/\\s+/g, " ").trim();
  const says = (text) => /[a-z]/i.test(text) || /\\d\\/\\d/.test(text);
  const bare = all("[data-count], .used, #tray-title .num").filter((one) => !says(textOf(one)));
  const titles = all(":is(h1, h2, a, span, p.peek-title)[dir=auto]");
  const aside = titles.filter((one) => getComputedStyle(one).textAlign !== "left");
  const boxes = all(".note, .standing, .said, .wrong").map(textOf);
  const twice = boxes.filter((text, number) => boxes.indexOf(text) !== number);
  const MONTHS = "January|February|March|April|June|July|August|Sept|Octo|Novem|Decem";
  const said = document.body.innerText;
  const code = said.match(/.{0,30}(\\{[{%#]|[}%#]\\}).{0,10}/g);
  const saved = all(".saved").filter(textOf);
  const days = said.match(new RegExp(`\\\\d{1,2}\\\\.? (${MONTHS})`, "g"));
  return [
    ...bare.map((one) => `a bare number: ${textOf(one)}`),
    ...aside.map((one) => `begins elsewhere: ${textOf(one)}`),
    ...twice.map((text) => `said twice: ${text}`),
    ...(days ?? []).map((text) => `a day in another form: ${text}`),
    ...(code ?? []).map((text) => `a template's code: ${text}`),
    ...saved.slice(1).map((one) => `said twice what is saved: ${textOf(one)}`),
  ];
}"""

# On a phone, where nothing shows that a table or tabs could be moved sideways.
BESIDE = """() => [...document.querySelectorAll(".table-scroll, .queue-tabs")]
  .filter((one) => one.scrollWidth > one.clientWidth)
  .map((one) => one.ariaLabel)"""


@pytest.fixture
def long_names(product: Product) -> Iterator[None]:
    """The first site and the reader have long names meanwhile."""
    database = Database(f"sqlite:///{product.var / 'igny8.sqlite'}")

    def name(site_name: str, person: str) -> tuple[str, str]:
        with database.write() as db:
            site = db.scalars(sa.select(Site).where(Site.id == product.site_id)).one()
            owner = db.scalars(sa.select(User).where(User.email == product.login["email"])).one()
            before = site.name, owner.name
            site.name, owner.name = site_name, person
            return before

    before = name(SITE, PERSON)
    yield
    name(*before)
    database.dispose()


def know_connections(product: Product) -> None:
    """Each is asked whether it works: else the test of every five minutes would say so under a
    page, and what a page says of it takes another room than that it is not known."""
    listed = product.api.get("/integration/integrations/").json()["results"]
    for one in listed:
        product.api.post(f"/integration/integrations/{one['id']}/test/").raise_for_status()


@pytest.fixture
def paths(product: Product, planner: Planner) -> list[str]:
    """Pages with what is hard to lay out: long titles, from right to left, emoji."""
    know_connections(product)
    day = in_months(18)
    ids = [planner.approved(title) for title in (LONG, RTL, EMOJI, WORD)]
    for number, content_id in enumerate(ids):
        planner.put(content_id, day + timedelta(days=number))
        planner.approved(f"{number} {LONG if number else WORD}")
    piece = product.piece(LONG)
    site = f"/settings/sites/{product.site_id}"
    views = [f"{PATH}?view={view}&date={day}" for view in ("weeks", "month", "week", "list")]
    tabs = [QUEUE, f"{QUEUE}?tab=scheduled", f"{QUEUE}?tab=published"]
    pieces = [f"/review/{piece}", f"/content/{ids[1]}/schedule"]
    pieces += [f"/content/{ids[0]}", f"/content/{ids[3]}", f"/content/{ids[0]}/edit"]
    sites = ["/settings/sites", site]
    sites += [f"{site}/{tab}" for tab in ("publishing", "content-types", "deployments")]
    more = [
        "/review",
        "/content",
        "/content/new",
        "/account",
        f"{PATH}/feeds",
        "/settings/security-log",
    ]
    more += ["/nothing/here"]
    return [*views, *tabs, *pieces, *sites, *more]


@pytest.fixture
def looking(browser: Browser, product: Product) -> Iterator[Window]:
    context = sign_in(browser, product)
    context.add_init_script(SHIFTS)
    yield Window(context.new_page(), product)
    context.close()


def faults_of(page: Page) -> list[str]:
    found = []
    if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
        found.append("scrolls sideways")
    found += [f"cut off: {one}" for one in page.evaluate(CUT)]
    found += [f"too wide: {one}" for one in page.evaluate(WIDE)[:4]]
    found += page.evaluate(UNLIKE)
    found += [f"small text: {one}" for one in page.evaluate(SMALL)]
    found += [f"time in two lines: {one}" for one in page.evaluate(BROKEN)]
    if page.viewport_size and page.viewport_size["width"] < 400:
        found += [f"goes on beside the window: {one}" for one in page.evaluate(BESIDE)]
    return found


def shifts_of(page: Page) -> list[str]:
    """What has moved by itself since the page began."""
    shifted, moved = page.evaluate("[window.shifted, window.moved]")
    return [f"shifts by {shifted:.3f}: {moved[:3]}"] if shifted > A_PIXEL else []


def loaded_at(number: int) -> list[str]:
    """At which sizes the page of that number is loaded: each size has two of five pages."""
    names = list(SIZES)
    if os.environ.get("IGNY8_EVERYWHERE") == "1":
        return names
    return [names[number % 5], names[(number + 2) % 5]]


@pytest.mark.usefixtures("long_names")
def test_every_page_is_laid_out(looking: Window, paths: list[str]) -> None:
    """At every size, loaded in it or drawn to it; where it is loaded, nothing shifts, and nothing
    is too small, either."""
    page, faults = looking.page, []
    for number, path in enumerate(paths):
        loaded = loaded_at(number)
        for size in sorted(SIZES, key=lambda one: one not in loaded):
            width, height = SIZES[size]
            page.set_viewport_size({"width": width, "height": height})
            if size in loaded:
                looking.open(path)
            page.wait_for_timeout(400)
            found = faults_of(page)
            if size in loaded:
                found += [*shifts_of(page), *(f"too small: {one}" for one in looking.too_small())]
            faults += [f"{path} at {size}: {fault}" for fault in found]
    assert not faults, "\n".join(faults)
