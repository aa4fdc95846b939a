"""nh3 as the judge of a cleaned text: a parser that is nobody's here says whether anything is left.

It prints a text twice: as it would clean it, and as it is. Where the two are one, what a browser
makes of the text is what nh3 would have let through; and what it leaves open at its end is known.
"""

from __future__ import annotations

import re

import nh3

from webapp.writer import allowed, styles
from webapp.writer.allowed import Policy
from webapp.writing.lexer import decoded

# Long runs of letters: they begin and end nothing, so the judge need not read them.
_LETTERS = re.compile(r"(?<![\w\s.,;:!?()])[\w\s.,;:!?()]{64,}+")
_TAG_NAME = re.compile(r"<([a-z][^\t\n\f\r />]*+)", re.I)
_SCHEME = re.compile(r"(?<![a-z0-9+.\-])([a-z][a-z0-9+.\-]*+):", re.I)
_END = "<wbr>"  # before it, browsers open again what is to go on
_CLOSED = re.compile(r"(?:</(?!iframe>)[a-z0-9]+>)*")
# The end of whatever stands around these ends them too.
_BY_THEMSELVES = re.compile(r"(?:</(?:p|li|dd|dt|option|optgroup|rb|rp|rt|rtc)>)*")


def left_open(html: str, tags: frozenset[str], policy: Policy) -> str | None:
    """The end tags that a text lacks, or it would go on in the page around it; "" where it lacks
    none, None where nh3 would change its tree."""
    if "<" not in html:
        return ""
    text = _LETTERS.sub(" x ", html) if len(html) > 60 * html.count("<") else html
    text += _END
    strict = printed(text, tags, policy)
    ends = strict.rpartition(_END)[2]
    if _CLOSED.fullmatch(ends) is None or _END not in strict:
        return None
    if strict != text and strict != _as_it_is(text, tags):
        return None
    return "" if _BY_THEMSELVES.fullmatch(ends) else ends


def printed(html: str, tags: frozenset[str], policy: Policy) -> str:
    """As nh3 prints what it lets through."""

    def keep(tag: str, name: str, value: str) -> str | None:
        if allowed.is_plain(tag, name):
            return value
        if name == "style":
            return value if styles.is_allowed(value) else None
        if tag == "iframe" and name == "src" and allowed.frame_address(value)[0] != "https":
            return None
        if tag == "input" and name == "type" and value.strip().lower() != "checkbox":
            return None
        return None if allowed.attribute_fault(policy, tag, name, value) else value

    return nh3.clean(
        html,
        tags={*tags, "wbr"},
        clean_content_tags=set(allowed.WHOLE - {"iframe"}),
        attributes={
            name: set(names)
            for name, names in allowed.ATTRIBUTES.items()
            if name == "*" or name in tags
        },
        attribute_filter=keep,
        strip_comments=tags is not allowed.TAGS,
        link_rel=None,
        generic_attribute_prefixes={"data-", "aria-"},
        url_schemes={*policy.link_schemes, allowed.OWN_SCHEME, "data"},
    )


def _as_it_is(html: str, tags: frozenset[str]) -> str:
    """As nh3 prints the tree with nothing taken out: all names and schemes are let through."""
    noiseless = decoded(html).translate({9: None, 10: None, 13: None})
    return nh3.clean(
        html,
        tags={*tags, "wbr", *(name.lower() for name in _TAG_NAME.findall(html))},
        clean_content_tags=set(),
        attributes={},
        strip_comments=False,
        link_rel=None,
        generic_attribute_prefixes={""},
        url_schemes={*(name.lower() for name in _SCHEME.findall(noiseless)), "https"},
    )
