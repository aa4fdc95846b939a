"""What Word puts on a clipboard: HTML with its own styles, lists that are paragraphs, tables, footnotes,
smart tags, comments, tracked changes, pictures that are files of that computer."""

from __future__ import annotations

HEAD = """<html xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office"
xmlns:w="urn:schemas-microsoft-com:office:word" xmlns="http://www.w3.org/TR/REC-html40"><head>
<meta name=Generator content="Microsoft Word 15"><link rel=File-List href="file:///C:/temp/filelist.xml">
<!--[if gte mso 9]><xml><w:WordDocument><w:View>Normal</w:View></w:WordDocument></xml><![endif]-->
<style><!-- @font-face {font-family:"Cambria Math";} p.MsoNormal, li.MsoNormal {margin:0cm; mso-pagination:
widow-orphan;} @list l0 {mso-list-id:12; mso-list-type:hybrid;} @list l0:level1 {mso-level-text:\\F0B7;} --></style>
</head><body lang=EN-GB style='tab-interval:36.0pt;word-wrap:break-word'><!--StartFragment-->
<div class=WordSection1>"""
END = "</div><!--EndFragment--></body></html>"
SIGNS = {"ul": ["·", "o", "§"], "ol": ["{}.", "{})", "({})"]}
FONT = "font-family:Symbol;mso-fareast-font-family:Symbol;mso-bidi-font-family:Symbol"


def line(words: str, kind: str = "MsoNormal", style: str = "") -> str:
    said = f" style='{style}'" if style else ""
    return f"<p class={kind}{said}><span lang=EN-US style='mso-ansi-language:EN-US'>{words}<o:p></o:p></span></p>"


def heading(level: int, words: str) -> str:
    return f"<h{level} style='mso-style-next:Normal'><a name='_Toc{level}'></a><span lang=EN-US>{words}</span></h{level}>"


def item(words: str, level: int = 1, sign: str = "·", number: int = 0) -> str:
    """A line of list `number` at a level, as Word writes it."""
    style = f"margin-left:{level * 36}.0pt;text-indent:-18.0pt;mso-list:l{number} level{level} lfo{number + 1}"
    space = f"<span style='font:7.0pt \"Times New Roman\"'>{'&nbsp;' * 6}</span>"
    shown = f"<span style='{FONT}'><span style='mso-list:Ignore'>{sign}{space}</span></span>"
    return (
        f"<p class=MsoListParagraphCxSpMiddle style='{style}'><![if !supportLists]>{shown}<![endif]>"
        f"<span lang=EN-US>{words}<o:p></o:p></span></p>"
    )


def noted(number: int) -> str:
    """The sign of a footnote in a line."""
    sign = f"<span class=MsoFootnoteReference>[{number}]</span>"
    return (
        f'<a style=\'mso-footnote-id:ftn{number}\' href="#_ftn{number}" name="_ftnref{number}" title="">'
        f"<span class=MsoFootnoteReference><span style='mso-special-character:footnote'><![if !supportFootnotes]>"
        f"{sign}<![endif]></span></span></a>"
    )


def notes(count: int) -> str:
    """The footnotes themselves, behind the text."""
    each = "".join(
        f"<div style='mso-element:footnote' id=ftn{one}><p class=MsoFootnoteText>"
        f'<a style=\'mso-footnote-id:ftn{one}\' href="#_ftnref{one}" name="_ftn{one}">[{one}]</a> Note {one}</p></div>'
        for one in range(1, count + 1)
    )
    rule = "<br clear=all><hr align=left size=1 width='33%'>"
    return f"<div style='mso-element:footnote-list'><![if !supportFootnotes]>{rule}<![endif]>{each}</div>"


TABLE = """<table class=MsoTableGrid border=1 cellspacing=0 style='border-collapse:collapse;mso-yfti-tbllook:1184'>
<tr style='mso-yfti-irow:0'><td width=301 valign=top style='border:solid windowtext 1.0pt'>
<p class=MsoNormal><b>Port<o:p></o:p></b></p></td><td><p class=MsoNormal>Depth<o:p></o:p></p></td></tr>
<tr><td><p class=MsoNormal>North {}</p></td><td><p class=MsoNormal>12&nbsp;m</p></td></tr></table>"""
SMART = "<st1:City w:st='on'><st1:place w:st='on'>Lisbon</st1:place></st1:City>"
CHANGED = (
    "<ins cite='mailto:A' datetime='2026-01-01T10:00'>written</ins>"
    "<del cite='mailto:A' datetime='2026-01-01T10:00'>crossed out</del>"
)
PICTURE = (
    "<!--[if gte vml 1]><v:shape id='x'><v:imagedata src='file:///C:/temp/image001.png'/></v:shape><![endif]-->"
    "<![if !vml]><img width=200 src='file:///C:/temp/image001.png' v:shapes='x'><![endif]>"
)


def page(number: int) -> str:
    """One of a long file: about three thousand characters of words."""
    words = "The boats lie in the harbour, and the rope is wet from the night. " * 8
    return "\n".join(
        [
            heading(1 + number % 3, f"Page {number}"),
            line(
                f"{words} <b style='mso-bidi-font-weight:normal'>bold {number}</b> {noted(number)}"
            ),
            line(f"{words} {SMART} <i>slanted</i>"),
            item(f"one of {number}"),
            item(f"two of {number}", 2, "o"),
            item(f"three of {number}", 2, "o"),
            item(f"four of {number}"),
            line(words),
            TABLE.replace("{}", str(number)),
            line(words, style="page-break-before:always"),
            line("&nbsp;"),
            line(words),
            line(words),
        ]
    )


def file(*parts: str) -> str:
    return HEAD + "\n".join(parts) + END
