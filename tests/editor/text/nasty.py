"""Texts that are hard to keep as they are. None of them is left out because it is."""

from __future__ import annotations

P = "<!-- wp:paragraph -->\n<p>{}</p>\n<!-- /wp:paragraph -->"


def block(words: str) -> str:
    """One paragraph of WordPress's."""
    return P.format(words)


NASTY = {
    # White space and line ends
    "empty": "",
    "spaces only": "  \n\t ",
    "one newline": "\n",
    "ends without a newline": block("Last words"),
    "begins with blank lines": f"\n\n\n{block('Far down')}\n\n\n",
    "windows line ends": block("One line").replace("\n", "\r\n")
    + "\r\n\r\n"
    + block("and another"),
    "mixed line ends": "<p>One</p>\r\n<p>two</p>\n<p>three</p>\r<p>four</p>\r\n\n",
    "old mac line ends": "First line\r\rSecond paragraph\rwith a break",
    "tabs between attributes": '<p\tclass="a"\n  id=b >Spread out</p>',
    "spaces within a paragraph": "<p>  Many   spaces \n\t and a break  </p>",
    "spaces at the ends of bold": "<p>a <strong> b </strong> c<em>  </em>d</p>",
    "hard spaces": "<p>10&nbsp;km and 10\u00a0km and 10&#160;km&#xA0;</p>",
    "zero width": "<p>zero\u200bwidth\ufeff and \u2028 line \u2029 paragraph</p>",
    "soft hyphens": "<p>Donau\u00addampf&shy;schiff</p>",
    "a form feed": "<p>one\ftwo</p>\f\n<p>three</p>",
    # Characters
    "named characters": "<p>&copy;&hellip;&nbsp;&mdash;&amp;&lt;&gt;&quot;&apos;&eacute;</p>",
    "characters without an end": "<p>&copy 2026 &amp &lt b &notit; &ampamp; &unknown; &;</p>",
    "numbers for characters": "<p>&#8217;&#x2019;&#x1F600;&#0;&#128;&#xD800;&#99999999;</p>",
    "bare ampersands": "<p>R&D & more &&amp; Q&A? a&b=c</p>",
    "bare angles": "<p>1 < 2 and 3 > 2 and a<b</p>",
    "emoji": "<p>👩‍👩‍👧‍👦 family, 🇩🇪 flag, ✍🏽 skin, e\u0301 joined</p>",
    "letters beyond the plane": "<p>𝒜𝓑 𠀀𠀁 and 🜁</p>",
    "right to left": '<p dir="rtl" lang="ar">مرحبا <strong>بالعالم</strong> 123 abc</p>',
    "both directions": "<p>\u202bשלום\u202c and \u2067עולם\u2069 <bdo dir=rtl>abc</bdo></p>",
    "chinese": "<p>今天<strong>天气</strong>很好，我们去公园。</p><p>日本語の<ruby>文<rt>ぶん</rt></ruby></p>",
    "thai": "<p>ภาษาไทยไม่มีช่องว่างระหว่างคำ</p>",
    # Tags as nobody should write them
    "capitals": "<P CLASS=Big>Loud</P><UL><LI>one<LI>two</UL>",
    "paragraphs left open": "<p>One<p>Two<p>Three",
    "items left open": "<ul><li>One<li>Two <b>bold</b><li>Three</ul>",
    "cells left open": "<table><tr><td>a<td>b<tr><td>c<td>d</table>",
    "bold left open": "<p>One <b>two</p><p>three</b> four</p>",
    "wrongly nested": "<p><b>one <i>two</b> three</i></p>",
    "ends that close nothing": "</div></p><p>One</p></span></section>",
    "attributes without quotes": "<p class=a data-x=1/2 hidden>Bare</p>",
    "attributes twice": '<p class="a" class="b" id=x id=y>Twice</p>',
    "quotes in attributes": '<p title=\'say "hi"\' data-x="it\'s">Quotes</p>',
    "angles in attributes": '<a href="/?a<b>c" title="1 > 0">x</a> <p title=">">y</p>',
    "strange attributes": '<p @click="x" :is="y" #z (a)="b" [c]="d" e:f="g">Names</p>',
    "closed by a slash": "<p/>not closed<br/><div/>open<img src=a.png/>",
    "a paragraph in a paragraph": "<p>outer<p>inner</p>rest</p>",
    "a list in a paragraph": "<p>before<ul><li>x</li></ul>after</p>",
    "a paragraph in bold": "<b><p>One</p><p>Two</p></b>",
    "a link around blocks": '<a href="/x"><h2>Head</h2><p>Text</p></a>',
    "links in links": '<p><a href="/1">one <a href="/2">two</a> three</a></p>',
    "ends in a tag": "<p>Cut off</p><p class=",
    "ends in a comment": "<p>Cut off</p><!-- and no end",
    "ends in an attribute": '<p>One</p><a href="https://e.example/never closed>link</a><p>two</p>',
    "doctype within": "<!DOCTYPE html><html><head><title>x</title></head><body><p>Whole</p></body></html>",
    "processing instruction": "<?php echo 'x > y'; ?><p>After</p><?xml version='1.0'?>",
    "cdata": "<p>a</p><![CDATA[ <p>not one</p> ]]><p>b</p>",
    "strange comments": "<!----><!--><p>a</p><!-- -- --><!--x--!><p>b</p><!- no -><p>c</p>",
    "conditional comments": "<!--[if IE]><p>old</p><![endif]--><p>new</p>",
    "plaintext": "<p>a</p><plaintext><p>b</p>",
    "a textarea with tags": "<p>a</p><textarea><p>b</p></textarea><p>c</p>",
    "a script with an end": '<script>var a = "<p>x<\\/p>"; if (a<b && c>d) {}</script><p>a</p>',
    "styles": "<style>p > a { content: '</p>' }</style><p>a</p>",
    "templates": "<template><p>a</p><td>b</td></template><p>c</p>",
    "noscript": "<p>a<noscript><img src=x></noscript></p>",
    "drawing": '<p>a <svg viewBox="0 0 1 1"><path d="M0 0"/><title>t</title></svg> b</p>',
    "formula": "<p><math><mi>x</mi><mo>=</mo><mn>1</mn></math></p>",
    "custom elements": "<my-card title=x><p>slot</p></my-card><p>a <x-y>b</x-y> c</p>",
    "an iframe in a paragraph": '<p><iframe src="https://v.example/1"></iframe></p><p>a</p>',
    "pre with an empty first line": "<pre>\n\n  code\n\tmore &lt;b&gt;  \n</pre>",
    "code in pre": '<pre class="x"><code class="language-js">if (a &lt; b) {\r\n  c();\r\n}\n</code></pre>',
    "breaks": "<p>one<br>two<br/>three<BR />\nfour<br>\n<br>five<br></p>",
    "empty elements": "<p></p><p> </p><p>&nbsp;</p><p><br></p><h2></h2><ul><li></li></ul><strong></strong>",
    "span soup": '<p><span style="color:red"><span><font size=2>deep</font></span></span></p>',
    "text around blocks": "before<p>one</p>between<h2>two</h2>behind<br>and more",
    "no elements": "Only words, nothing else & no tags",
    "deep lists": "<ul><li>a<ul><li>b<ol><li>c<ul><li>d</li></ul></li></ol></li></ul>e</li></ul>",
    "items with paragraphs": "<ol start=3 reversed><li value=9><p>a</p><p>b</p></li><li>c<p>d</p>e</li></ol>",
    "definitions": "<dl><dt>word<dd>meaning<dd>another<dt>next<dd><p>long</p></dl>",
    "tables with everything": (
        "<table><caption>C</caption><colgroup><col span=2></colgroup><thead><tr><th scope=col>h</th>"
        "<th>i</th></tr></thead><tbody><tr><td colspan=2>a</td></tr></tbody><tbody><tr><td>b</td>"
        "<td>c</td></tr></tbody><tfoot><tr><td>f</td><td>g</td></tr></tfoot></table>"
    ),
    "tables uneven": "<table><tr><td>a</td></tr><tr><td>b</td><td>c</td></tr></table>",
    "tables spread": "<table>\n <tr>\n  <td>a</td>\n  <th>b</th>\n </tr>\n\n <tr><td>c<td>d</tr>\n</table>",
    "tables in tables": "<table><tr><td><table><tr><td>in</td></tr></table></td></tr></table>",
    "rows over rows": "<table><tr><td rowspan=2>a</td><td>b</td></tr><tr><td>c</td></tr></table>",
    "text in a table": "<table>lost<tr><td>a</td></tr>also lost</table>",
    "details": "<details open><summary>More <b>of</b> it</summary>bare words<p>inner</p></details>",
    "figures": '<figure class=x><a href="/"><img src="a.png" alt></a><figcaption>c <em>d</em></figcaption></figure>',
    "picture": '<picture><source srcset="a.webp"><img src="a.png"></picture>',
    # WordPress
    "blocks without space": block("a") + block("b") + "<!-- wp:separator /-->" + block("c"),
    "blocks with odd space": "<!--  wp:paragraph   -->\n\n\n<p>a</p> \t<!-- /wp:paragraph  -->",
    "facts with ends in them": (
        '<!-- wp:paragraph {"a":"\\u002d\\u002d\\u003e","b":{"c":[1,"}"]}} -->\n<p>a</p>\n'
        "<!-- /wp:paragraph -->"
    ),
    "blocks left open": "<!-- wp:group -->\n<div><p>a</p></div>\n\n" + block("b"),
    "blocks closed twice": block("a") + "\n<!-- /wp:paragraph -->\n" + block("b"),
    "blocks crossed": (
        "<!-- wp:group --><div><!-- wp:paragraph --><p>a</p></div><!-- /wp:paragraph -->"
        "<!-- /wp:group -->"
    ),
    "blocks with a wrong name": "<!-- wp:Paragraph -->\n<p>a</p>\n<!-- /wp:Paragraph -->\n<!-- wp: -->",
    "two elements in a block": "<!-- wp:paragraph -->\n<p>a</p><p>b</p>\n<!-- /wp:paragraph -->",
    "words in a block": "<!-- wp:paragraph -->\nonly words\n<!-- /wp:paragraph -->",
    "empty block": "<!-- wp:paragraph --><!-- /wp:paragraph -->\n" + block("a"),
    "blocks in classic text": f"Classic words\n\nmore of them\n\n{block('a block')}\n\nand words",
    "anchors": '<!-- wp:heading {"anchor":"x"} -->\n<h2 class="wp-block-heading" id="x">A</h2>\n<!-- /wp:heading -->',
    "shortcodes": "[gallery ids='1,2' link=\"file\"]\n\nwords [caption]x[/caption] words\n\n[[escaped]]",
    "a shortcode around text": "[box]\n\nOne paragraph\n\n<p>another</p>\n\n[/box]",
    "classic": "One paragraph\nwith a break\n\nAnother <b>one</b>\n\n\n<blockquote>quote\n\nmore</blockquote>\nend",
    "classic more": "Before<!--more-->After\n\n<!--more Read on-->\n\n<!--nextpage-->\n\nEnd",
    "classic lists": "Words\n<ul>\n\t<li>one</li>\n\n\t<li>two\nlines</li>\n</ul>\nWords",
    "classic pre": "Words\n\n<pre>a\n\nb\n\n  c</pre>\n\nWords",
    "an address alone": "Watch this\n\nhttps://v.example/watch?v=1&t=2\n\nand that",
    "foreign blocks": '<!-- wp:acme/slider {"n":3} -->\n<div class="s"><p>a</p>b</div>\n<!-- /wp:acme/slider -->',
    "html block": "<!-- wp:html -->\n<p onclick=x()>a</p><script>b</script>\n<!-- /wp:html -->",
    "ids that repeat": '<p id="a">one</p><p id="a">two</p><p id="a">three</p>',
    "very deep": "<div>" * 40 + "<p>down here</p>" + "</div>" * 40,
    "very many marks": "<p>" + "<b><i><u><s>" * 6 + "x" + "</s></u></i></b>" * 6 + "</p>",
    "a long word": f"<p>{'x' * 5000}</p>",
    "many lines alike": "<p>same</p>\n" * 40,
}
# What is kept, but for its words; played last, so that the others are played as they were.
HELD = {
    "a file and an embed": (
        '<!-- wp:file {"href":"/a.pdf"} -->\n<div class="wp-block-file"><object class="wp-block-file__embed" '
        'data="/a.pdf"></object><a href="/a.pdf">a <em>b</em></a> <a href="/a.pdf" download>c</a></div>\n'
        "<!-- /wp:file -->\n<!-- wp:embed -->\n<figure><div>\nhttps://v.example/1\n</div>\n"
        "<figcaption>d &amp; e</figcaption></figure>\n<!-- /wp:embed -->"
    ),
    "covers": (
        '<!-- wp:cover --><div class="wp-block-cover" lang="de">\n<span class="wp-block-cover__background"></span>\n'
        '<img class="wp-block-cover__image-background" src="a.jpg">\n<div>a</div></div><!-- /wp:cover -->'
        '<div><span class="wp-block-cover__background"></span></div>'
    ),
    "blocks that hold cards": (
        '<!-- wp:group -->\n<div class="wp-block-group"><!-- wp:spacer /--> <!-- wp:a/b /--></div>\n<!-- /wp:group -->'
        "<!-- wp:social-links -->\n<ul><!-- wp:social-link /-->\n\n<!-- wp:social-link /--></ul>\n"
        "<!-- /wp:social-links -->\n<!-- wp:list -->\n<ul></ul>\n<!-- /wp:list -->"
    ),
}
