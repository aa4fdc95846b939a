"""Documents for the text surface: nasty ones, the demo's, and made ones in each way of writing.

`documents()` gives always the same ones: [(name, source)], none empty by accident, no name twice.
"""

from __future__ import annotations

import random
from collections.abc import Callable

from tests.editor.text.nasty import HELD, NASTY, block
from webapp.demo import pieces

Part = Callable[[], str]
MADE = 240
WORDS = (
    "harbour boat rope weather tide morning light house stone bread market river walk "
    "window paper letter kettle garden summer winter north quiet early slow small"
).split()
ODD = [
    "&amp;",
    "&nbsp;",
    "&#8217;",
    "Größe",
    "naïve",
    "東京",
    "שלום",
    "🙂",
    "e\u0301",
    "R&D",
    "“so”",
]
INLINE = [
    "<strong>{}</strong>",
    "<b>{}</b>",
    "<em>{}</em>",
    '<i class="x">{}</i>',
    "<code>{}</code>",
    '<a href="https://site.example/{}/?a=1&amp;b=2" rel="nofollow">{}</a>',
    '<span style="color:#123">{}</span>',
    "<sub>{}</sub>",
    "{}<br />",
    "{}<br>\n",
    '<mark style="background-color:rgba(0, 0, 0, 0)" class="has-inline-color">{}</mark>',
    '<img class="wp-image-3" src="https://site.example/{}.png" alt="{}"/>',
]


class _Maker:
    """Parts of a text, by chance."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)

    def words(self, most: int = 14) -> str:
        count = self.chance.randint(1, most)
        found = [
            self.chance.choice(ODD if self.chance.random() < 0.1 else WORDS) for _ in range(count)
        ]
        for _ in range(self.chance.randint(0, 2)):
            at = self.chance.randrange(len(found))
            found[at] = self.chance.choice(INLINE).replace("{}", found[at])
        return " ".join(found)

    def plain(self) -> str:
        return " ".join(self.chance.choices(WORDS, k=3))


def _quoted(words: str) -> str:
    return f'<blockquote class="wp-block-quote">{block(words)}<cite>Somebody</cite></blockquote>'


def _blocks(make: _Maker) -> str:
    """A text in WordPress's blocks."""
    items = "\n\n".join(
        f"<!-- wp:list-item -->\n<li>{make.words(5)}</li>\n<!-- /wp:list-item -->" for _ in range(3)
    )
    cells = "".join(f"<tr><td>{make.words(3)}</td><td>{make.words(3)}</td></tr>" for _ in range(2))
    parts: list[Part] = [
        lambda: block(make.words()),
        lambda: block(make.words()),
        lambda: (
            '<!-- wp:paragraph {"align":"center","style":{"color":{"text":"#111"}}} -->\n'
            f'<p class="has-text-align-center has-text-color" style="color:#111">{make.words()}</p>\n'
            "<!-- /wp:paragraph -->"
        ),
        lambda: (
            '<!-- wp:heading {"level":3} -->\n'
            f'<h3 class="wp-block-heading">{make.words(4)}</h3>\n<!-- /wp:heading -->'
        ),
        lambda: f'<!-- wp:list -->\n<ul class="wp-block-list">{items}</ul>\n<!-- /wp:list -->',
        lambda: (
            f"<!-- wp:list -->\n<ul><li>{make.words(4)}<ul><li>{make.words(4)}</li></ul></li></ul>"
            "\n<!-- /wp:list -->"
        ),
        lambda: f"<!-- wp:quote -->\n{_quoted(make.words())}\n<!-- /wp:quote -->",
        lambda: (
            '<!-- wp:table -->\n<figure class="wp-block-table"><table><thead><tr><th>'
            f"{make.plain()}</th><th>b</th></tr></thead><tbody>{cells}</tbody></table>"
            f"<figcaption>{make.words(4)}</figcaption></figure>\n<!-- /wp:table -->"
        ),
        lambda: (
            '<!-- wp:image {"id":7,"sizeSlug":"large"} -->\n<figure class="wp-block-image size-large">'
            f'<img src="https://site.example/7.png" alt="{make.plain()}" class="wp-image-7"/>'
            f"<figcaption>{make.words(4)}</figcaption></figure>\n<!-- /wp:image -->"
        ),
        lambda: (
            '<!-- wp:columns -->\n<div class="wp-block-columns"><!-- wp:column -->\n'
            f'<div class="wp-block-column">{block(make.words())}\n\n{block(make.words())}</div>\n'
            "<!-- /wp:column --></div>\n<!-- /wp:columns -->"
        ),
        lambda: (
            '<!-- wp:code -->\n<pre class="wp-block-code"><code>if (a &lt; b) {\n  '
            f"{make.plain()}\n}}</code></pre>\n<!-- /wp:code -->"
        ),
        lambda: '<!-- wp:latest-posts {"postsToShow":3} /-->',
        lambda: "<!-- wp:separator -->\n<hr/>\n<!-- /wp:separator -->",
        lambda: (
            '<!-- wp:embed {"url":"https://v.example/1","providerNameSlug":"v"} -->\n<figure>'
            "<div>\nhttps://v.example/1\n</div></figure>\n<!-- /wp:embed -->"
        ),
    ]
    glue = make.chance.choice(["\n\n", "\n", "\n\n\n", "\r\n\r\n"])
    chosen = make.chance.choices(parts, k=make.chance.randint(3, 12))
    return glue.join(part() for part in chosen) + make.chance.choice(["", "\n"])


def _html(make: _Maker) -> str:
    """A text in plain HTML, laid out in one way or another."""
    parts: list[Part] = [
        lambda: f"<p>{make.words()}</p>",
        lambda: f'<p class="x" style="margin:0">\n  {make.words()}\n</p>',
        lambda: f'<h2 id="{make.plain()}">{make.words(4)}</h2>',
        lambda: f"<ul>\n  <li>{make.words(4)}</li>\n  <li>{make.words(4)}\n</li>\n</ul>",
        lambda: f"<ol><li><p>{make.words()}</p></li><li>{make.words(3)}</li></ol>",
        lambda: f"<blockquote><p>{make.words()}</p></blockquote>",
        lambda: f"<table><tr><td>{make.words(3)}</td><td>{make.words(3)}</td></tr></table>",
        lambda: f"<div class='box'><h3>{make.plain()}</h3><p>{make.words()}</p></div>",
        lambda: "<hr>",
        lambda: f"<pre>{make.plain()}\n  {make.plain()}</pre>",
        lambda: '<iframe src="https://v.example/2" width="5"></iframe>',
        lambda: f"<details><summary>{make.plain()}</summary><p>{make.words()}</p></details>",
        lambda: f"<!-- {make.plain()} -->",
        lambda: f"{make.plain()} without an element",
    ]
    glue = make.chance.choice(["\n", "", "\n\n", "\r\n", "\n\t"])
    return glue.join(part() for part in make.chance.choices(parts, k=make.chance.randint(2, 10)))


def _classic(make: _Maker) -> str:
    """A text of which WordPress makes the paragraphs."""
    parts: list[Part] = [
        lambda: make.words(),
        lambda: make.words() + "\n" + make.words(),
        lambda: f"<h2>{make.words(4)}</h2>",
        lambda: f"<ul>\n \t<li>{make.words(4)}</li>\n \t<li>{make.words(4)}</li>\n</ul>",
        lambda: f"<blockquote>{make.words()}</blockquote>",
        lambda: '[gallery ids="1,2"]',
        lambda: f"<pre>{make.plain()}\n\n{make.plain()}</pre>",
        lambda: "<!--more-->",
        lambda: "https://v.example/watch?v=3",
        lambda: f'<img src="https://site.example/1.png" alt="{make.plain()}" /> {make.words(4)}',
    ]
    glue = make.chance.choice(["\n\n", "\n\n", "\r\n\r\n", "\n\n\n", "\n"])
    return glue.join(part() for part in make.chance.choices(parts, k=make.chance.randint(2, 10)))


def _demo() -> list[tuple[str, str]]:
    return [
        (f"demo {topic.titles[0]}", pieces.html(magazine, topic, number, ""))
        for magazine in (pieces.COFFEE, pieces.OUTDOOR)
        for number, topic in enumerate(magazine.topics)
    ]


def documents() -> list[tuple[str, str]]:
    """Always the same ones."""
    ways = (_blocks, _html, _classic)
    made = [
        (f"made {seed} {ways[seed % 3].__name__}", ways[seed % 3](_Maker(seed)))
        for seed in range(MADE)
    ]
    return [*NASTY.items(), *_demo(), *made, *HELD.items()]
