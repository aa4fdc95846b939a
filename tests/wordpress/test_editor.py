"""WordPress's own blocks in the desk's editor, and the editor's blocks in WordPress: its own scripts, in
its own admin pages, make the former and judge the latter."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.editor.text.nasty import block
from tests.editor.text.surface import Surface, files
from tests.support.browser import chromium
from tests.support.wordpress import ADMIN, PASSWORD, WordPress
from tests.wordpress import real_texts

# Each core block with the example that WordPress shows of it, and each of its variations.
EVERY_BLOCK = """() => {
  const found = {};
  const add = (name, make) => {
    try {
      found[name] = wp.blocks.serialize([make()]);
    } catch (problem) {
      found[name] = "";
    }
  };
  for (const type of wp.blocks.getBlockTypes()) {
    if (!type.name.startsWith("core/")) continue;
    add(type.name, () => wp.blocks.createBlock(type.name));
    if (type.example) add(`${type.name} as shown`, () => wp.blocks.getBlockFromExample(type.name, type.example));
    for (const one of wp.blocks.getBlockVariations(type.name) ?? []) {
      const inner = wp.blocks.createBlocksFromInnerBlocksTemplate(one.innerBlocks ?? []);
      add(`${type.name} ${one.name}`, () => wp.blocks.createBlock(type.name, one.attributes, inner));
    }
  }
  return Object.entries(found).filter(([, source]) => source);
}"""
# What is wrong with the blocks of a text, by WordPress's own reading.
FAULTS = """(source) => {
  const faults = [];
  const look = (block) => {
    const isWords = block.name === "core/freeform" || block.name === "core/missing";
    if (!block.isValid || isWords) faults.push([block.name, block.originalContent]);
    block.innerBlocks.forEach(look);
  };
  wp.blocks.parse(source).forEach(look);
  return faults;
}"""
READY = "window.wp?.blocks?.getBlockTypes().length > 60"


class Both:
    """WordPress's admin and the desk's text, side by side."""

    def __init__(self, site: WordPress, admin: Page, surface: Surface) -> None:
        self.site = site
        self.admin = admin
        self.surface = surface

    def faults(self) -> Any:
        """What WordPress finds wrong with what the desk would save."""
        return self.admin.evaluate(FAULTS, self.surface.source)


def sign_in(page: Page, site: WordPress) -> None:
    """Into WordPress's admin, and to a page that knows all blocks."""
    page.goto(f"{site.url}/wp-login.php")
    page.fill("#user_login", ADMIN)
    page.fill("#user_pass", PASSWORD)
    page.click("#wp-submit")
    page.goto(f"{site.url}/wp-admin/post-new.php", timeout=90_000)
    page.wait_for_function(READY, timeout=90_000)


@pytest.fixture(scope="module")
def both(sites: Callable[[str], WordPress]) -> Iterator[Both]:
    site = sites("6.8")
    with chromium() as browser, files() as address:
        admin = browser.new_context().new_page()
        sign_in(admin, site)
        surface = Surface(browser.new_context().new_page(), address)
        yield Both(site, admin, surface)
        assert surface.troubles == []


def test_every_block_and_pattern_stays_byte_for_byte(both: Both) -> None:
    blocks = [
        (name, f"{block('Before')}\n\n{source}\n\n{block('Behind')}\n")
        for name, source in both.admin.evaluate(EVERY_BLOCK)
    ]
    patterns = [(f"text {at}", text) for at, text in enumerate(real_texts.texts(both.site))]
    assert len(blocks) >= 100
    assert len(patterns) >= 200
    for documents in (blocks, patterns):
        found = both.surface.probe("identity", documents)
        print(found["counts"], "cards", round(found["cards"] / found["bytes"], 3))
        assert found["faults"] == []
        assert found["counts"]["opened"][1] == len(documents)
        assert found["cards"] <= found["bytes"] / 5


def keys(*pressed: str) -> Callable[[Surface], None]:
    return lambda surface: surface.press(*pressed)


def typed(*lines: str) -> Callable[[Surface], None]:
    """Lines, each in a new paragraph."""

    def act(surface: Surface) -> None:
        for line in lines:
            surface.press("Enter")
            surface.type(line)

    return act


def tool(name: str, *then: str) -> Callable[[Surface], None]:
    """A tool of the toolbar, and an entry of its menu."""

    def act(surface: Surface) -> None:
        surface.page.click(f'#tools button[aria-label^="{name}"]')
        for entry in then:
            surface.page.click(f'.text-bubble button:has-text("{entry}")')

    return act


def embed(surface: Surface) -> None:
    tool("Insert", "Embed by its address")(surface)
    surface.page.fill(".text-bubble input", "https://v.example/watch?v=1&t=2--3")
    surface.press("Enter")


def picture(surface: Surface) -> None:
    tool("Picture", "boat.png")(surface)


def described(surface: Surface, caption: str = "Two & three") -> None:
    surface.page.dblclick(".text-image img")
    surface.page.fill("#picture-alt", "A boat")
    surface.page.fill("#picture-caption", caption)
    surface.page.click('.picture-form button:has-text("Done")')


def undescribed(surface: Surface) -> None:
    described(surface, "")


def written(words: str) -> Callable[[Surface], None]:
    """Where the cursor stands."""
    return lambda surface: surface.type(words)


def code(surface: Surface) -> None:
    surface.page.select_option(".text-kind", "pre")


def pasted(html: str) -> Callable[[Surface], None]:
    return lambda surface: surface.paste(html)


STYLED = (
    '<!-- wp:paragraph {"align":"center","fontSize":"large"} -->\n'
    '<p class="has-text-align-center has-large-font-size">One two</p>\n<!-- /wp:paragraph -->'
)
HEADING = '<!-- wp:heading {"level":3} -->\n<h3 class="wp-block-heading" id="a">One two</h3>\n<!-- /wp:heading -->'
LIST = (
    '<!-- wp:list -->\n<ul class="wp-block-list"><!-- wp:list-item -->\n<li>One two</li>\n'
    "<!-- /wp:list-item -->\n\n<!-- wp:list-item -->\n<li>three</li>\n<!-- /wp:list-item --></ul>\n"
    "<!-- /wp:list -->"
)
IMAGE = (
    '<!-- wp:image {"id":5,"sizeSlug":"large"} -->\n<figure class="wp-block-image size-large">'
    '<img src="/icon.svg" alt="" class="wp-image-5"/><figcaption class="wp-element-caption">One two'
    "</figcaption></figure>\n<!-- /wp:image -->"
)
COLUMNS = (
    '<!-- wp:columns -->\n<div class="wp-block-columns"><!-- wp:column -->\n<div class="wp-block-column"></div>\n'
    '<!-- /wp:column -->\n\n<!-- wp:column -->\n<div class="wp-block-column"></div>\n<!-- /wp:column --></div>\n'
    "<!-- /wp:columns -->"
)
GROUP = '<!-- wp:group -->\n<div class="wp-block-group"></div>\n<!-- /wp:group -->'
COVER = (
    '<!-- wp:cover -->\n<div class="wp-block-cover"><span aria-hidden="true" class="wp-block-cover__background '
    'has-background-dim-100 has-background-dim"></span><div class="wp-block-cover__inner-container"></div></div>\n'
    "<!-- /wp:cover -->"
)
VIDEO = (
    '<!-- wp:video -->\n<figure class="wp-block-video"><video controls src="https://v.example/1.webm"></video>'
    '<figcaption class="wp-element-caption">One two</figcaption></figure>\n<!-- /wp:video -->'
)
PICTURE_BEHIND = (
    '<!-- wp:cover {"url":"https://v.example/1.jpg","dimRatio":50} -->\n<div class="wp-block-cover"><img '
    'class="wp-block-cover__image-background" alt="" src="https://v.example/1.jpg" data-object-fit="cover"/>'
    '<span aria-hidden="true" class="wp-block-cover__background has-background-dim"></span>'
    f'<div class="wp-block-cover__inner-container">{block("One two")}</div></div>\n<!-- /wp:cover -->'
)
FILE = (
    '<!-- wp:file {"href":"https://v.example/a.pdf"} -->\n<div class="wp-block-file">'
    '<a href="https://v.example/a.pdf">One two</a><a href="https://v.example/a.pdf" '
    'class="wp-block-file__button wp-element-button" download>Download</a></div>\n<!-- /wp:file -->'
)
EMBED = (
    '<!-- wp:embed {"url":"https://v.example/1","type":"video","providerNameSlug":"v"} -->\n'
    '<figure class="wp-block-embed is-type-video is-provider-v wp-block-embed-v">'
    '<div class="wp-block-embed__wrapper">\nhttps://v.example/1\n</div><figcaption '
    'class="wp-element-caption">One two</figcaption></figure>\n<!-- /wp:embed -->'
)
NO_ITEM = '<!-- wp:list -->\n<ul class="wp-block-list"></ul>\n<!-- /wp:list -->'
P = block("One two")
ACTS: dict[str, tuple[str, list[Callable[[Surface], None]]]] = {
    "a paragraph": (P, [typed("New & <b>")]),
    "a paragraph in two": (STYLED, [keys("ArrowRight", "Enter")]),
    "an empty paragraph": (P, [keys("End", "Enter")]),
    "two paragraphs into one": (f"{STYLED}\n\n{P}", [keys("ArrowDown", "Home", "Backspace")]),
    "a heading": (P, [typed("## Head", "and text")]),
    "a heading in two": (HEADING, [keys("ArrowRight", "Enter")]),
    "a heading of another level": (HEADING, [keys("Control+Alt+4")]),
    "a paragraph becomes a heading": (STYLED, [keys("Control+Alt+2")]),
    "a heading becomes a paragraph": (HEADING, [keys("Control+Alt+0")]),
    "a list": (P, [typed("- one", "two")]),
    "numbers": (P, [typed("1. one", "two")]),
    "a list in a list": (P, [typed("- one", "two"), keys("Tab")]),
    "a list in a list, and out": (
        P,
        [typed("- one", "two"), keys("Tab", "Enter"), keys("Shift+Tab", "x")],
    ),
    "bullets become numbers": (LIST, [keys("Control+Shift+7")]),
    "an item in two": (LIST, [keys("ArrowRight", "Enter")]),
    "an item in another": (LIST, [keys("ArrowDown", "Tab")]),
    "an item leaves its list": (LIST, [keys("Enter", "Enter", "Enter")]),
    "a quote": (P, [typed("> said")]),
    "a paragraph becomes a quote": (STYLED, [keys("Control+Shift+9")]),
    "code": (P, [typed("```if (a < b) & c")]),
    "a line becomes code": (P, [code]),
    "a break": (P, [keys("ArrowRight", "Shift+Enter")]),
    "bold, italic and code": (P, [keys("Shift+End", "Control+b", "Control+i", "Control+e")]),
    "a separator": (P, [tool("Insert", "Separator")]),
    "a separator by hand": (P, [typed("---")]),
    "a mark for more": (P, [tool("Insert", "“Read more”")]),
    "an embed": (P, [embed]),
    "a picture": (P, [picture]),
    "a caption goes on": (IMAGE, [keys("End", "Enter", "x")]),
    "a caption in bold": (IMAGE, [keys("Shift+End", "Control+b")]),
    "a picture's caption": (IMAGE, [keys("Home"), described]),
    "a caption goes": (IMAGE, [keys("Home"), undescribed]),
    "an empty column": (COLUMNS, [typed("x")]),
    "an empty group": (GROUP, [written("## x")]),
    "an empty cover": (COVER, [written("x")]),
    "a cover with a picture": (PICTURE_BEHIND, [keys("End", "Enter"), written("x")]),
    "an empty list": (NO_ITEM, [written("x"), keys("Enter", "y")]),
    "a video's caption": (VIDEO, [written("x ")]),
    "an embed's caption": (EMBED, [written("x "), keys("End", " ", "y")]),
    "a file's name": (FILE, [written("x "), keys("End", " ", "y")]),
    "a file's name goes on": (FILE, [keys("ArrowRight", "Enter", "x")]),
    "a line behind a file": (f"{FILE}\n\n{block('')}", [keys("End", "Enter", "x")]),
    "a line behind a picture": (
        f"{IMAGE}\n\n{P}",
        [keys("ArrowDown", "Home", "Backspace", "Backspace")],
    ),
    "a file's name is a line elsewhere": (
        FILE,
        [keys("Shift+End", "Control+x", "Enter", "Control+v")],
    ),
    "numbers that go on": (P, [keys("End"), pasted('<p>a</p><ol start="4"><li>b</li></ol>')]),
    "a table": (P, [tool("Table")]),
    "a row": (P, [tool("Table"), tool("Table", "Add a row below")]),
    "a column": (P, [tool("Table"), tool("Table", "Add a column after")]),
    "a head": (P, [tool("Table"), tool("Table", "First row is a heading")]),
    "pasted lines": (
        P,
        [keys("End"), pasted("<h2>Head</h2><p>One</p><ul><li>a<ul><li>b</li></ul></li></ul>")],
    ),
    "a pasted table": (
        P,
        [keys("End", "Enter"), pasted("<table><tr><th>a</th></tr><tr><td>b</td></tr></table>")],
    ),
    "a pasted picture": (P, [keys("End", "Enter"), pasted('<p><img src="/icon.svg" alt="A"></p>')]),
    "a pasted figure": (
        P,
        [
            keys("End", "Enter"),
            pasted('<figure><img src="/icon.svg" alt="A"><figcaption>C</figcaption></figure>'),
        ],
    ),
    "pasted code and quote": (
        P,
        [
            keys("End", "Enter"),
            pasted("<pre><code>a &lt; b</code></pre><blockquote>said</blockquote>"),
        ],
    ),
    "pasted rule": (P, [keys("End", "Enter"), pasted("<p>a</p><hr><p>b</p>")]),
    "all deleted": (f"{STYLED}\n\n{LIST}\n\n{IMAGE}", [keys("Control+a", "Delete", "x")]),
    "lines moved": (f"{STYLED}\n\n{LIST}\n\n{IMAGE}", [keys("Alt+ArrowDown", "Alt+ArrowDown")]),
}


def test_what_the_editor_writes_is_valid_for_wordpress(both: Both) -> None:
    """All acts in one test: a page for each would take longer than all of them."""
    wrong: dict[str, object] = {}
    for name, (source, acts) in ACTS.items():
        both.surface.open(source)
        both.surface.select("One" if "One" in source else "", "before")
        for act in acts:
            act(both.surface)
        if both.surface.source == source:
            wrong[name] = "nothing happened"
        elif faults := both.faults():
            wrong[name] = (faults, both.surface.source)
    assert wrong == {}
