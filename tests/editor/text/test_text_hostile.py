"""Texts and pastes that try to run: none does, with our content security policy and without it."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.editor.text.surface import Surface

HOSTILE = [
    "<script>hit('script')</script>",
    "<p>a<script>hit('in a line')</script>b</p>",
    "<img src=x onerror=hit('image')>",
    "<p><img src=x onerror=\"hit('image in a line')\"> a</p>",
    '<img src="javascript:hit(1)" alt="x">',
    "<svg onload=hit('drawing')></svg>",
    "<p>a <svg><script>hit('script in a drawing')</script></svg></p>",
    "<svg><animate onbegin=hit('begin') attributeName=x dur=1s>",
    "<math><mtext><table><mglyph><style><img src=x onerror=hit('mutated')>",
    "<form><math><mtext></form><form><mglyph><style></math><img src onerror=hit('again')>",
    "<noscript><p title=\"</noscript><img src=x onerror=hit('noscript')>\">",
    "<textarea><p title=\"</textarea><img src=x onerror=hit('textarea')>\">",
    "<title><p title=\"</title><img src=x onerror=hit('title')>\"></title>",
    "<style><p title=\"</style><img src=x onerror=hit('style')>\"></style>",
    "<style></title><img src=x onerror=hit('style and title')></style>",
    "<xmp><p title=\"</xmp><img src=x onerror=hit('xmp')>\">",
    "<template><img src=x onerror=hit('template')></template>",
    "<!--><img src=x onerror=hit('comment')>-->",
    "<!-- --!><img src=x onerror=hit('end of a comment')> -->",
    "<![CDATA[><img src=x onerror=hit('cdata')>]]>",
    "<?xml ><img src=x onerror=hit('instruction')>?>",
    "<iframe src=\"javascript:parent.hit('frame')\"></iframe>",
    "<iframe srcdoc=\"<script>parent.hit('srcdoc')</script>\"></iframe>",
    "<object data=\"javascript:hit('object')\"></object><embed src=\"javascript:hit('embed')\">",
    "<video src=x onerror=hit('video')></video><audio src=x onerror=hit('audio')></audio>",
    "<video><source onerror=hit('source')></video>",
    "<details open ontoggle=hit('toggle')><summary>a</summary><p>b</p></details>",
    "<body onload=hit('body')><p>a</p></body>",
    "<p onfocus=hit('focus') tabindex=1 autofocus>a</p>",
    "<p onclick=hit('click') style=\"animation:x\" onanimationstart=hit('animation')>a</p>",
    "<input onfocus=hit('input') autofocus><select onfocus=hit('select') autofocus></select>",
    "<marquee onstart=hit('marquee')>a</marquee>",
    "<a href=\"javascript:hit('link')\">click</a>",
    "<p><a href=\" java\tscript:hit('spaced link')\" onclick=hit('clicked')>click</a></p>",
    '<p><a href="data:text/html,<script>parent.hit()</script>">click</a></p>',
    "<math href=\"javascript:hit('formula')\">click</math>",
    "<form action=\"javascript:hit('form')\"><button>go</button></form>",
    '<link rel=stylesheet href="data:text/css,*{color:red}"><meta http-equiv=refresh content="0;javascript:hit()">',
    '<base href="//evil.example/"><p>a</p>',
    "<my-element onclick=hit('custom')><img src=x onerror=hit('in a custom one')></my-element>",
    "<table background=\"javascript:hit()\"><tr onclick=hit('row')><td onclick=hit('cell')>a</td></tr></table>",
    '<h2 id="x" class=""><img src=x onerror=hit(\'heading\')></h2>',
    "<ul><li onclick=hit('item')>a<img src=x onerror=hit('in an item')></li></ul>",
    "<pre><code onclick=hit('code')>&lt;img src=x onerror=hit('code')&gt;</code></pre>",
    "&lt;img src=x onerror=hit('written out')&gt; &lt;script&gt;hit('written out')&lt;/script&gt;",
    "<!-- wp:html --><img src=x onerror=hit('block')><script>hit('in a block')</script><!-- /wp:html -->",
    '<!-- wp:paragraph {"x":"<img src=x onerror=hit(\'facts\')>"} --><p>a</p><!-- /wp:paragraph -->',
    "<figure><img src=x alt=\"<img src=x onerror=hit('alt')>\" onerror=hit('figure')><figcaption>c</figcaption></figure>",
    "<img alt='`><img src=x onerror=hit(\"quoted\")>' src=x>",
    '<p title=\'"><img src=x onerror=hit("attribute")>\'>a</p>',
    "<ruby><rt><img src=x onerror=hit('ruby')></rt></ruby>",
    "<p><span style=\"background:url(javascript:hit())\"><b onmouseover=hit('bold')>b</b></span></p>",
    "<plaintext><img src=x onerror=hit('plaintext')>",
    "<div hidden>[gallery ids=\"<img src=x onerror=hit('shortcode')>\"]</div>",
]
# Everything a person may do with it, and what then stands on the page.
ATTACK = """async (source) => {
  const { view } = text;
  const all = () => {
    const { AllSelection } = prosemirror;
    view.dispatch(view.state.tr.setSelection(new AllSelection(view.state.doc)));
  };
  const event = (name, html) => {
    const data = new DataTransfer();
    if (html) data.setData("text/html", html);
    view.dom.dispatchEvent(new ClipboardEvent(name, { clipboardData: data, bubbles: true, cancelable: true }));
    return data.getData("text/html");
  };
  const attribute = source.replaceAll("&", "&amp;").replaceAll('"', "&quot;");
  all();
  const copied = event("copy");
  for (const html of [source, copied, `<div data-igny8-open="0 0" data-igny8-source="${attribute}">a</div>`,
                      `<div data-pm-slice="0 0 []">${source}</div>`]) {
    all();
    event("paste", html);
  }
  text.take(`${source}\\n<p>more</p>`);
  for (const one of view.dom.querySelectorAll("*")) {
    for (const name of ["click", "mouseover", "focus"]) one.dispatchEvent(new Event(name, { bubbles: true }));
  }
  view.dom.querySelector(".text-card button[aria-label^=Edit]")?.click();
  document.querySelector("dialog")?.close();
  await new Promise((done) => setTimeout(done, 20));
  return [...document.querySelectorAll("#place *")].filter((one) =>
    one.matches("script, style, iframe, object, embed, form, input, link, meta, base, template, [style]") ||
    [...one.attributes].some(({ name, value }) => name.startsWith("on") || (name !== "title" && /^\\s*java/.test(value))))
    .map((one) => one.outerHTML.slice(0, 200));
}"""


class Watched(Surface):
    """A tab that hears what runs, without the policy if told so."""

    def __init__(self, browser: Browser, address: str, path: str) -> None:
        page = browser.new_context().new_page()
        self.hits: list[str] = []
        page.expose_function("hit", lambda *words: self.hits.append(json.dumps(words)))
        super().__init__(page, address, path)


@pytest.fixture(scope="module", params=["/desk", "/desk-without-policy"])
def watched(request: pytest.FixtureRequest, browser: Browser, address: str) -> Iterator[Watched]:
    made = Watched(browser, address, request.param)
    yield made
    made.page.context.close()


def test_nothing_of_a_text_runs(watched: Watched) -> None:
    is_without = watched.page.url.endswith("policy")
    watched.page.evaluate(
        "() => { const one = document.createElement('p'); one.innerHTML = '<img src=x onerror=hit(1)>';"
        " document.body.append(one); return new Promise((done) => setTimeout(() => { one.remove(); done(); }, 300)); }"
    )
    assert bool(watched.hits) == is_without, "the watcher hears what runs"
    watched.hits.clear()
    left = {}
    for source in HOSTILE:
        watched.troubles.clear()
        watched.open(source)
        assert watched.source == source
        if found := watched.page.evaluate(ATTACK, source):
            left[source] = found
        refused = [one for one in watched.troubles if "Loading the" not in one]
        if refused:
            left[source] = refused
    watched.page.wait_for_timeout(300)
    assert watched.hits == []
    assert left == {}
