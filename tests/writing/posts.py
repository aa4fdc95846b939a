"""Posts as people and programs write them, from a seed: blocks, classic text, and nasty things."""

from __future__ import annotations

import random

SYLLABLES = [
    "ba",
    "ce",
    "di",
    "fo",
    "gu",
    "ha",
    "je",
    "ki",
    "lo",
    "mu",
    "na",
    "pe",
    "ri",
    "so",
    "tu",
    "va",
    "we",
    "xi",
    "yo",
    "zu",
]
SMALL = [
    "the",
    "a",
    "of",
    "and",
    "to",
    "in",
    "is",
    "it",
    "that",
    "for",
    "on",
    "with",
    "as",
    "was",
    "at",
    "by",
]
FOREIGN = [
    "Grüße",
    "don’t",
    "naïve",
    "牛奶",
    "ミルク",
    "молоко",
    "नमस्ते",
    "สวัสดี",
    "e\u0301tude",
    "🙂",
]
ENTITIES = ["&amp;", "&nbsp;", "&#8217;", "&lt;b&gt;", "&hellip;"]
NASTY = (
    "<p>one <b>two <i>three</b> four</i>",
    "<!-- never closed <p>text</p>",
    "<ul><li>one<li>two</ul></div></p>",
    '<a href="never closed>text</a> and more',
    "a < b && c > d <3 </ p> <>",
    "<script>if (a < b) { document.write('<p>') }</script><p>after</p>",
    "before\x00after <p\x00>x</p>",
    "<table><tr><td>1<td>2<tr><td>3</table>",
    "[gallery ids='1,2'] text [/caption]",
    "<!-- wp:paragraph --><p>one</p><!-- /wp:heading --><!-- /wp:paragraph -->",
    "<!-- wp:html -->\n<div>\n<!-- /wp:html -->",
    "\r\n\r\n\t text \r\n",
    "<?php echo 1 ?><!DOCTYPE html><![CDATA[x]]>",
    "<svg><path d='M0 0'/></svg><textarea><p>x</textarea>",
    "<p/><br/><hr><img src=a alt=b>",
    "",
)


class Posts:
    """Writes posts; the same seed writes the same."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self._made = 0

    def word(self) -> str:
        kind = self.random.random()
        if kind < 0.35:
            return self.random.choice(SMALL)
        if kind < 0.4:
            return self.random.choice(FOREIGN)
        return "".join(self.random.choices(SYLLABLES, k=self.random.randint(1, 3)))

    def new_word(self) -> str:
        """One that no text has had."""
        self._made += 1
        return f"neu{self._made}"

    def sentence(self, words: int = 0) -> str:
        said = [self.word() for _ in range(words or self.random.randint(6, 18))]
        said.insert(self.random.randrange(len(said)), self.new_word())
        if self.random.random() < 0.2:
            said.insert(2, self.random.choice(ENTITIES))
        return " ".join(said).capitalize() + self.random.choice(".....?!")

    def line(self) -> str:
        """Two or three sentences with some markup in them."""
        said = [self.sentence() for _ in range(self.random.randint(1, 3))]
        place = self.random.randrange(len(said))
        wrap = self.random.choice(
            [
                "{}",
                "{}",
                "<strong>{}</strong>",
                "<em>{}</em>",
                '<a href="https://example.com/a?b=1&amp;c">{}</a>',
            ]
        )
        said[place] = wrap.format(said[place])
        return " ".join(said)

    def blocks(self, number: int) -> list[str]:
        """WordPress blocks, each with the lines after it."""
        return [self._block() + "\n\n" for _ in range(number)]

    def classic(self, number: int) -> list[str]:
        """Paragraphs without tags, lists, headings and pictures, as the classic editor has it."""
        return [self._classic() + "\n\n" for _ in range(number)]

    def nasty(self) -> str:
        """Some of what nobody should write."""
        parts = self.random.choices(
            [*NASTY, self.line(), self._block()], k=self.random.randint(1, 5)
        )
        return self.random.choice(["", "\n", "\n\n", " "]).join(parts)

    def any(self) -> str:
        """A whole post of one of the three kinds."""
        write = self.random.choice([self.blocks, self.classic, None])
        return "".join(write(self.random.randint(1, 12))) if write else self.nasty()

    def paragraph(self, line: str = "") -> str:
        return f"<!-- wp:paragraph -->\n<p>{line or self.line()}</p>\n<!-- /wp:paragraph -->"

    def picture(self) -> str:
        name = self.new_word()
        return (
            f'<!-- wp:image {{"id":{self._made},"sizeSlug":"large"}} -->\n'
            '<figure class="wp-block-image">'
            f'<img src="https://example.com/{name}.jpg" alt="{self.sentence(4)}"/>'
            f"<figcaption>{self.sentence(5)}</figcaption></figure>\n<!-- /wp:image -->"
        )

    def _block(self) -> str:
        kind = self.random.randrange(8)
        if kind < 4:
            return self.paragraph()
        if kind == 4:
            return f"<!-- wp:heading -->\n<h2>{self.sentence(4)}</h2>\n<!-- /wp:heading -->"
        if kind == 5:
            items = "".join(
                f"<!-- wp:list-item -->\n<li>{self.sentence()}</li>\n<!-- /wp:list-item -->\n"
                for _ in range(self.random.randint(2, 4))
            )
            return f'<!-- wp:list -->\n<ul class="wp-block-list">{items}</ul>\n<!-- /wp:list -->'
        if kind == 6:
            return self.picture()
        inner = "\n\n".join(self.paragraph() for _ in range(2))
        return (
            '<!-- wp:group {"layout":{"type":"constrained"}} -->\n<div class="wp-block-group">'
            f"{inner}</div>\n<!-- /wp:group -->"
        )

    def _classic(self) -> str:
        kind = self.random.randrange(6)
        if kind < 3:
            return self.line()
        if kind == 3:
            return f"<h3>{self.sentence(5)}</h3>"
        if kind == 4:
            items = "\n".join(f"<li>{self.sentence()}</li>" for _ in range(3))
            return f"<ul>\n{items}\n</ul>"
        return f'<img class="alignnone" src="/a/{self.new_word()}.png" alt="{self.sentence(3)}" />'
