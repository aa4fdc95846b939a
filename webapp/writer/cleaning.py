"""Taking out of a text what may not be sent, and saying what that was.

The source is edited, not printed again: what is allowed goes out byte for byte as it was written.
nh3 judges the result. If it would remove anything more, its own output is what is sent, and the
piece says “rewritten”. The time grows with the text's length only.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from html import escape
from itertools import islice

from webapp.writer import allowed, judge, styles
from webapp.writer.allowed import Policy
from webapp.writer.edits import Edit, why_tag
from webapp.writer.nesting import FORMATS, Nesting
from webapp.writing import lexer
from webapp.writing.lexer import Attribute, Token, decoded

# A text with more tags, attributes and the like is not looked through: Code.CONTENT_TOO_COMPLEX.
MOST_MARKS = 30_000
MOST_OPEN = 200
MOST_WORK = 800_000
MOST_ATTRIBUTES = 200
# A start or an end of their like ends them.
_ENDS_BY_ITSELF = frozenset(
    ["p", "li", "dt", "dd", "tr", "td", "th", "thead", "tbody", "tfoot", "option", "optgroup",
     "rb", "rp", "rt", "rtc", "colgroup", "caption"]
)  # fmt: skip
_STRAY = "it ends nothing of the text, and would end what stands around it on the page"
_DEFAULT = Policy()


@dataclass
class Cleaned:
    """`html` is what is sent. Its `edits` make it of what was written, unless it is `rewritten`."""

    html: str
    edits: list[Edit] = field(default_factory=list)
    rewritten: bool = False
    too_complex: bool = False


class TooComplexError(Exception):
    """More markup than can be looked through in a bounded time."""


Visit = Callable[[Token], None]


def clean(html: str, policy: Policy = _DEFAULT, visit: Visit | None = None) -> Cleaned:
    """The text as it is sent. `visit` gets every token that stays."""
    text = html.replace("\x00", "") if "\x00" in html else html
    try:
        done = _Cleaner(text, policy, allowed.TAGS, visit).run()
    except TooComplexError:
        return Cleaned("", rewritten=True, too_complex=True)
    done.rewritten = text is not html
    _judge(done, len(text), allowed.TAGS, policy)
    return done


def _judge(done: Cleaned, end: int, tags: frozenset[str], policy: Policy) -> None:
    """Close what the text leaves open; where nh3 would change more, what it prints is sent."""
    ends = judge.left_open(done.html, tags, policy)
    if ends and judge.left_open(done.html + ends, tags, policy) == "":
        done.html += ends
        outermost = ends[ends.rindex("/") + 1 : -1]
        why = "it is never closed, and what follows on the page would be in it: it is closed"
        done.edits.append(Edit(end, end, ends, f"open {outermost}", why))
    elif ends != "":
        done.html, done.rewritten = judge.printed(done.html, tags, policy), True


def has_too_much(html: str) -> bool:
    """Whether it has more tags and character references than are looked through."""
    return html.count("<") + html.count("&") // 4 > MOST_MARKS


def only(text: str, tags: frozenset[str], policy: Policy = _DEFAULT) -> Cleaned:
    """The text with these tags alone, and without comments."""
    if "<" not in text:
        return Cleaned(text)
    try:
        done = _Cleaner(text, policy, tags, None).run()
    except TooComplexError:
        return Cleaned("", rewritten=True, too_complex=True)
    _judge(done, len(text), tags, policy)
    return done


class _Cleaner:
    """One pass over a text."""

    def __init__(
        self, html: str, policy: Policy, tags: frozenset[str], visit: Visit | None
    ) -> None:
        self.html, self.policy, self.tags, self.visit = html, policy, tags, visit
        self.out: list[str] = []
        self.copied = 0
        self.edits: list[Edit] = []
        self.known: dict[str, list[Edit] | None] = {}
        self.last: dict[str, int] = {}
        # The element that goes whole, since where, how deep its like is, and what stands for it.
        self.whole, self.since, self.depth, self.by = "", 0, 0, ""
        self.open: dict[str, int] = {}
        self.nesting = Nesting()
        self.opened = self.formats = self.work = 0

    def run(self) -> Cleaned:
        html = self.html
        if has_too_much(html):
            raise TooComplexError
        acts = {
            lexer.OPEN: self._start, lexer.CLOSE: self._stop, lexer.TEXT: self._stays,
            lexer.RAW: self._stays, lexer.COMMENT: self._comment, lexer.STRANGE: self._strange,
            lexer.UNFINISHED: self._unfinished,
        }  # fmt: skip
        for token in lexer.tokens(html):
            if self.whole:
                self._pass_over(token)
            else:
                acts[token.kind](token)
        if self.whole:
            self._end_whole(len(html))
        self.out.append(html[self.copied :])
        return Cleaned("".join(self.out), self.edits)

    def _stays(self, token: Token) -> None:
        if self.visit is not None:
            self.visit(token)

    def _cut(self, start: int, end: int, what: str, why: str, by: str = "") -> None:
        if start > self.copied and self.html[start - 1] == "<":
            start, by = start - 1, f"&lt;{by}"  # or it would begin a tag with what follows
        self.out += (self.html[self.copied : start], by)
        self.copied = end
        self.edits.append(Edit(start, end, by, what[:60], why))

    def _comment(self, token: Token) -> None:
        if self.tags is allowed.TAGS:
            self._stays(token)
        else:
            self._cut(token.start, token.end, "comment", "there is no place for one here")

    def _strange(self, token: Token) -> None:
        what = self.html[token.start : token.start + 2]
        self._cut(token.start, token.end, what, "this is neither a tag nor a comment")

    def _unfinished(self, token: Token) -> None:
        why = "the tag that begins here is never finished: it is sent as text"
        self._cut(token.start, token.end, "<", why, "&lt;")

    def _start(self, token: Token) -> None:
        name = token.name
        if name in self.tags and name != "iframe":
            self._keep(token)
        elif name in ("script", "style") or (
            name in allowed.WHOLE and self._closes_after(name, token.end)
        ):
            self._frame(token) if name in self.tags else self._begin_whole(token)
        else:
            self._cut(token.start, token.end, name, why_tag(name))

    def _stop(self, token: Token) -> None:
        name = token.name
        if name not in self.tags:
            self._cut(token.start, token.end, f"/{name}", why_tag(name))
            return
        if not self.nesting.ends(name):
            self._cut(token.start, token.end, f"/{name}", _STRAY)
            return
        if self.open.get(name):
            self.open[name] -= 1
            self.opened -= 1
            self.formats -= name in FORMATS
        self._weigh(name)
        self._stays(token)

    def _keep(self, token: Token) -> None:
        """A tag that is allowed: without those of its attributes that are not."""
        source = self.html[token.start : token.end]
        if source not in self.known:
            self.known[source] = self._faults(token.name, source)
        faults = self.known[source]
        if faults is None:
            self._cut(token.start, token.end, token.name, why_tag(token.name))
            return
        for one in faults:
            self._cut(token.start + one.start, token.start + one.end, one.what, one.why, one.by)
        name = token.name
        self.nesting.begins(name)
        if name not in lexer.VOID and name not in _ENDS_BY_ITSELF:
            self.open[name] = self.open.get(name, 0) + 1
            self.opened += 1
            self.formats += name in FORMATS
        self._weigh(name)
        self._stays(token)

    def _weigh(self, name: str) -> None:
        """Keep account of what a browser does with a tag: it looks through all that is open."""
        again = 0 if name in FORMATS else 30 * self.formats
        self.work += 5 + self.opened // 4 + again
        if self.opened > MOST_OPEN or self.work > MOST_WORK:
            raise TooComplexError

    def _faults(self, tag: str, source: str) -> list[Edit] | None:
        """What is cut of a tag's source; None where the tag cannot stay at all."""
        found: list[Edit] = []
        kind = ""
        for number, one in enumerate(lexer.attributes(source, tag)):
            self.work += 10
            if number >= MOST_ATTRIBUTES:
                return None
            if allowed.is_plain(tag, one.name):
                continue
            self.work += 50
            value = decoded(one.value)
            if one.name == "type":
                kind = kind or value.strip().lower()
            if one.name == "style" and len(one.value) <= allowed.LONGEST_STYLE:
                found += self._style(tag, one)
                continue
            self.work += 10 * value.count(",") if one.name == "srcset" else 0
            why = allowed.attribute_fault(self.policy, tag, one.name, value)
            if why:
                found.append(_without(tag, source, one, why))
        if tag == "input" and kind != "checkbox":
            return None
        if tag == "iframe":
            found = sorted(found + self._sandbox(source), key=lambda edit: edit.start)
        return found

    def _style(self, tag: str, one: Attribute) -> list[Edit]:
        self.work += 20 * sum(map(one.value.count, ";()'\""))
        if self.work > MOST_WORK:
            raise TooComplexError
        found: list[Edit] = []
        for start, end in styles.declarations(one.value):
            declaration = one.value[start:end]
            why = styles.fault(declaration)
            if why:
                name = declaration.partition(":")[0].strip()
                at = one.value_at
                found.append(Edit(at + start, at + end, "", f"{tag}[style] {name}", why))
        return found

    # Elements that go whole, with what stands between their tags

    def _begin_whole(self, token: Token, by: str = "") -> None:
        self.whole, self.since, self.depth, self.by = token.name, token.start, 1, by
        if self.html[token.end - 2] == "/" and token.name in ("svg", "math"):
            self._end_whole(token.end)

    def _pass_over(self, token: Token) -> None:
        if token.name != self.whole:
            return
        if token.kind == lexer.OPEN and token.name not in lexer.RAW_TEXT:
            self.depth += self.html[token.end - 2] != "/"
        elif token.kind == lexer.CLOSE:
            self.depth -= 1
            if not self.depth:
                self._end_whole(token.end)

    def _end_whole(self, end: int) -> None:
        name, self.whole = self.whole, ""
        why = (
            "this frame's address may not be shown: it becomes a link" if self.by else why_tag(name)
        )
        self._cut(self.since, end, name, why, self.by)

    def _closes_after(self, name: str, at: int) -> bool:
        if name not in self.last:
            ends = re.compile(f"</{name}(?=[\\t\\n\\f\\r />])", re.I)
            self.last[name] = max((found.start() for found in ends.finditer(self.html)), default=-1)
        return self.last[name] >= at

    # Frames

    def _frame(self, token: Token) -> None:
        """Show it, in a sandbox unless its host is trusted; or a link to it, or nothing."""
        given = _given(self.html[token.start : token.end])
        address = given.get("src", "")
        scheme, host = allowed.frame_address(address)
        is_listed = host in self.policy.embed_hosts
        if scheme == "https" and (is_listed or not self.policy.only_listed_embeds):
            self._keep(token)
        else:
            link = _link(host, address, given.get("title", "")) if host else ""
            self._begin_whole(token, link)

    def _sandbox(self, source: str) -> list[Edit]:
        """What gives a frame of a host that is not trusted a sandbox."""
        given = _given(source)
        host = allowed.frame_address(given.get("src", ""))[1]
        if host in self.policy.embed_hosts:
            return []
        if "sandbox" in given and allowed.is_in_sandbox(given["sandbox"]):
            return []
        why = f"{host} is not among the trusted hosts: the frame gets a sandbox"
        every = islice(lexer.attributes(source, "iframe"), MOST_ATTRIBUTES)
        wider = [_without("iframe", source, one, why) for one in every if one.name == "sandbox"]
        end = len(source) - 1
        return [*wider, Edit(end, end, f' sandbox="{allowed.SANDBOX}"', "iframe", why)]


def _given(source: str) -> dict[str, str]:
    """The attributes of a frame's tag; of two with one name the first."""
    given: dict[str, str] = {}
    for one in islice(lexer.attributes(source, "iframe"), MOST_ATTRIBUTES):
        given.setdefault(one.name, decoded(one.value))
    return given


def _without(tag: str, source: str, one: Attribute, why: str) -> Edit:
    """The cut of an attribute with the spaces before it; what follows stays apart."""
    touches = source[one.end] not in "\t\n\f\r />"
    return Edit(one.start, one.end, " " if touches else "", f"{tag}[{one.name}]", why)


def _link(host: str, address: str, title: str) -> str:
    words = " ".join(title.split()) or f"Embedded from {host}"
    return f'<a href="{escape(address)}">{escape(words)}</a>'
