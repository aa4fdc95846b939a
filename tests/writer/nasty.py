"""Texts that were made to cost: 5 MB of each pattern, and what stays just within the limits.

Run as a program it reads each of them in this process, which is otherwise empty, and prints a line
of JSON: name, milliseconds of processor time, and megabytes that the process grew by.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

SIZE = 5 * 1024 * 1024
UNITS = [
    "<a ",
    "<a b=c ",
    "<p>",
    "<p class=x>",
    "<",
    "</",
    "</ ",
    "<!",
    "<!--",
    "<!-- -",
    "<!-- wp:a ",
    "<!-->",
    "<!--x--!>",
    "<a '",
    '<a ="',
    '<a title="',
    "<a b='c' d=\"e\" >x",
    "<![CDATA[",
    "<![ b",
    "<?",
    "<?php ",
    "&",
    "&amp;",
    "&#1",
    "&#" + "9" * 50,
    "&#x" + "f" * 50 + ";",
    "&nbsp;",
    "<script>",
    "</script>",
    "<script></script>",
    "<iframe>",
    "<iframe src=https://a.example>",
    "<title>",
    "<textarea>",
    "<style>",
    "<plaintext>",
    "<svg>",
    "<svg/>",
    "<math><mi>",
    "<template>",
    "<select>",
    "a ",
    "é ",
    "\n",
    " ",
    "x",
    "🌿",
    "\x00",
    "\x00<",
    "<b><p>",
    "<b></i>",
    "</b>",
    "<table><tr>",
    "<a/",
    "<br/>",
    "javascript:",
    "igny8:",
    ";",
    "%",
    "[gallery]",
    "http://",
    "<p onclick=x>y</p>",
    "--",
    "]]>",
    "=",
    "\"'",
    "<p style='",
    "<x-y z>",
    "\u202e",
    "\r",
]


def _fill(unit: str) -> str:
    return (unit * (SIZE // len(unit) + 1))[:SIZE]


def _each(pattern: str, times: int) -> str:
    return "".join(pattern.replace("#", str(number)) for number in range(times))


SHAPES: dict[str, Callable[[], str]] = {
    "one tag of many attributes": lambda: "<a " + _fill('b="c" ') + ">",
    "one tag of bare attributes": lambda: "<a " + _fill("b ") + ">",
    "one style of semicolons": lambda: '<p style="' + _fill(";") + '">',
    "one style of url(": lambda: '<p style="' + _fill("a:url(") + '">',
    "one style of quotes": lambda: '<p style="' + _fill("a:'b;") + '">',
    "many long styles": lambda: _each('<p a=# style="' + "a:b;" * 2400 + '">', 520),
    "one srcset of commas": lambda: '<img srcset="' + _fill(",") + '">',
    "one address of tabs": lambda: '<a href="' + _fill("java\tscript:") + '">',
    "a number without end": lambda: "&#" + _fill("9"),
    "a hexadecimal without end": lambda: "&#x" + _fill("f"),
    "a quote that stays open": lambda: '<a href="' + _fill("x"),
    "a title that stays open": lambda: "<title>" + _fill("<b"),
    "unclosed paragraphs": lambda: "<p>" * 29_000 + _fill("word "),
    "paragraphs": lambda: _each("<p>" + "word " * 66 + "</p>", 14_900),
    "tags that differ": lambda: _each('<p id="i#" class="c#">' + "word " * 8, 14_900),
    "styles that differ": lambda: _each('<p style="margin:#px;color:red">word</p>', 14_900),
    "scripts that differ": lambda: _each('<p onclick="x#" onload=y#>word</p>', 14_900),
    "links that differ": lambda: _each('<a href="https://x.example/#?a=#">word</a> ', 14_900),
    "deep": lambda: ("<div>" * 190 + "</div>" * 190) * 70,
    "too deep": lambda: "<div>" * 30_000,
    "formats that come back": lambda: _each("<b id=i#>", 150) + "<p>x" * 30_000,
    "formats between paragraphs": lambda: _each("<b id=i#><p>x", 500),
    "deep and flat": lambda: "<div>" * 190 + "<p>" * 10_000,
    "tables in tables": lambda: "<table><tr><td>" * 60 + "x<p>" * 29_000,
    "text in a table": lambda: "<table>" + "<p>x</p><td>" * 12_000,
    "links in links": lambda: "<a href=x><div>" * 90 + "</a>" * 29_000,
    "crossed": lambda: "<b><i></b></i>" * 9_900,
    "lists": lambda: "<ul><li>" * 190 + "<li>x" * 10_000,
}


def texts() -> Iterator[tuple[str, str]]:
    for unit in UNITS:
        yield f"5 MB of {unit[:24]!r}", _fill(unit)
    for name, make in SHAPES.items():
        yield name, make()


def measure() -> None:
    from webapp.writer import markup

    markup.facts("<p style='a:b' onclick=x>warm <b>up")
    at_rest = _memory("VmRSS")
    for name, text in texts():
        times: list[float] = []
        Path("/proc/self/clear_refs").write_text("5")  # the peak begins anew
        for _ in range(3):
            began = time.process_time()
            markup.facts(text)
            markup.has_something(text)
            times.append(time.process_time() - began)
            if times[-1] < 0.25:
                break
        grown = _memory("VmHWM") - at_rest - sys.getsizeof(text) // 1024
        print(json.dumps([name, round(1000 * min(times)), round(grown / 1024)]), flush=True)


def _memory(name: str) -> int:
    """Kilobytes of this process, by the kernel's name for them."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(f"{name}:"))


if __name__ == "__main__":
    measure()
    sys.exit()
