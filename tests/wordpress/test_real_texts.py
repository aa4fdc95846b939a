"""Real texts come through: what was written, less what is named, is what WordPress stores.

Every seventh goes to WordPress; with IGNY8_ALL_TEXTS=1 all of them do.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable

from tests.support.wordpress import WordPress
from tests.wordpress import real_texts
from tests.wordpress.desk import Desk
from tests.writer.test_cleaning import edited
from webapp.writer import cleaning, edits

# What runs, takes input, or is a document of its own. Nothing else may be lost of a real text.
MAY_GO = {
    "script",
    "style",
    "svg",
    "form",
    "button",
    "input",
    "select",
    "textarea",
    "object",
    "embed",
    "param",
    "iframe",
    "noscript",
}


def test_real_texts_reach_wordpress_byte_for_byte(sites: Callable[[str], WordPress]) -> None:
    site = sites("6.8")
    texts = real_texts.texts(site)
    assert len(texts) >= (300 if real_texts.DATA.exists() else 200)
    figures: Counter[str] = Counter()
    kinds: Counter[str] = Counter()
    sent = set(texts[:: 1 if os.environ.get("IGNY8_ALL_TEXTS") else 7])
    for text in texts:
        done = cleaning.clean(text)
        figures["byte-equal"] += done.html == text
        figures["rewritten"] += done.rewritten
        if not done.rewritten:
            assert edited(text, done) == done.html
            named = sum(one.times for one in edits.removals(text, done.edits))
            assert named == sum(not one.what.startswith("/") for one in done.edits)
        kinds.update(one.what.removeprefix("/") for one in done.edits)
        if text in sent:
            figures["stored as sent"] += _is_stored(site, done.html)
    print(len(texts), dict(figures), dict(kinds))
    directives = {kind for kind in kinds if "[data-wp-" in kind}  # WordPress runs them
    assert set(kinds) - directives <= MAY_GO
    assert figures["stored as sent"] == len(sent)
    assert figures["rewritten"] <= 0.03 * len(texts)
    assert figures["byte-equal"] >= 0.8 * len(texts)


def _is_stored(site: WordPress, html: str) -> bool:
    """Whether the plugin publishes it for an administrator as it is; some texts are templates in
    which nobody would see a word, so they get one."""
    html = f"{html}<p>End</p>"
    with Desk(site) as desk:
        desk.publish(desk.body(content_html=html))
        return desk.post()["post_content"] == html
