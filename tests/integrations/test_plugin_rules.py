"""What WordPress's Plugin Check asks of a plugin, as far as files show it; its texts in German.

phpcs.xml.dist has its list of forbidden functions. An updater of one's own and loading one's own
translations are for plugins that wordpress.org does not serve; this is one.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PLUGIN = ROOT / "wordpress-plugin" / "igny8"
FILES = sorted(PLUGIN.rglob("*.php"))
SOURCES = {path.relative_to(PLUGIN).as_posix(): path.read_text() for path in FILES}
WHOLE = "\n".join(SOURCES.values())


def headers(text: str) -> dict[str, str]:
    return dict(re.findall(r"^(?: \* )?([A-Z][A-Za-z ]+): *(\S.*)$", text, re.MULTILINE))


def test_the_headers_say_what_they_must_and_the_same() -> None:
    readme = (PLUGIN / "readme.txt").read_text()
    top, rest = readme.split("\n\n", 1)
    told, plugin = headers(top), headers(SOURCES["igny8.php"])
    assert set(told) >= {"Contributors", "Tags", "Tested up to", "Stable tag", "License"}
    assert re.fullmatch(r"\d+\.\d+", told["Tested up to"])
    assert told["Stable tag"] == plugin["Version"]
    for name in ("License", "License URI", "Requires at least", "Requires PHP"):
        assert told[name] == plugin[name], name
    assert len(told["Tags"].split(",")) <= 5
    assert len(rest.splitlines()[0]) <= 150
    assert (plugin["Text Domain"], plugin["Domain Path"]) == ("igny8", "/languages")
    assert f"\n= {plugin['Version']} =\n" in readme


def test_no_file_runs_when_it_is_called_itself() -> None:
    guard = re.compile(r"defined\( '(ABSPATH|WP_UNINSTALL_PLUGIN)' \) \|\| exit;")
    assert [name for name, text in SOURCES.items() if not guard.search(text)] == []


def test_nothing_strange_lies_in_the_folder() -> None:
    kinds = {path.suffix for path in PLUGIN.rglob("*") if path.is_file()}
    assert kinds <= {".php", ".txt", ".js", ".css", ".json", ".svg", ".pot", ".po", ".mo"}


def test_forms_are_read_after_right_and_nonce() -> None:
    forms = 0
    for name, text in SOURCES.items():
        for function in re.split(r"\n\tp(?:ublic|rivate) static function ", text):
            before, *read = function.split("$_POST")
            if read:
                forms += 1
                assert "check_admin_referer(" in before, name
                assert "current_user_can(" in before, name
    assert forms == 4


def test_what_is_printed_is_escaped() -> None:
    """printf takes each value from an escaping function, or says beside it why it need not."""
    safe = r"esc_|\$said\['ok'\] \?|absint|\(int\)|\$id, esc_html"
    for name, text in SOURCES.items():
        for line in text.splitlines():
            printed = re.search(r"\b(?:printf|echo)\b(?: |\()(.*)", line)
            if not line.strip().startswith(("printf", "echo")) or not printed:
                continue
            is_plain = not re.search(r"\$|->|::", re.sub(r"^\s*'[^']*'", "", printed[1]))
            said = is_plain or re.search(safe, printed[1]) or "phpcs:ignore" in line
            assert said, (name, line)


def test_every_text_has_our_domain() -> None:
    calls = re.findall(r"\b(?:esc_html_|esc_attr_|_)_\(\s*'(?:\\.|[^'\\])*'\s*([,)][^)]*)", WHOLE)
    assert {one.strip() for one in calls} == {", 'igny8'"}


def test_every_text_is_translated() -> None:
    if not shutil.which("xgettext") and not os.environ.get("CI"):
        pytest.skip("gettext is missing (apt install gettext)")
    command = [str(ROOT / "bin" / "translations"), "--check"]
    told = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert told.returncode == 0, told.stderr


# Each with what is said of it; the last ones are as old as PHP 7.4.
NEWER = {
    "echo match(1) { 1 => 2 };": "match",
    "echo $a?->b;": "?->",
    "#[A] class B {}": "#[",
    "enum A { case B; }": "enum",
    "class A { public readonly int $b; }": "readonly",
    "f( 1, b: 2 );": "a named argument",
    "try { f(); } catch (E) { g(); }": "catch without a variable",
    "$a = $b ?? throw new E();": "throw as an expression",
    "$a = strlen(...);": "a callable by (...)",
    "echo $a::class;": "::class of an object",
    "function f( $a, ) {}": "a comma behind the last parameter",
    "class A { function __construct( private $b ) {} }": "a property made by a parameter",
    "function f( int|string $a ) {}": "a newer type",
    "function f(): static {}": "a newer type",
    "array_is_list( array() );": "array_is_list",
    "function f( ?int $a = null ): ?array { return f( ...$a ) ? b : c; }": "",
    "class A { static function match( $b ) { throw new E(); } } $a = fn( $b ) => $b ?? null;": "",
}


def newer(source: str) -> str:
    """What of a file PHP 7.4 does not have, one a line."""
    command = ["php", str(ROOT / "tests" / "support" / "newer_php.php")]
    done = subprocess.run(command, input=source, capture_output=True, text=True, check=True)
    return done.stdout


def test_it_is_written_for_php_7_4() -> None:
    if not shutil.which("php") and not os.environ.get("CI"):
        pytest.skip("php is not installed")
    for source, what in NEWER.items():
        assert newer(f"<?php {source}") == (f"line 1: {what}" if what else ""), source
    assert [(name, found) for name, text in SOURCES.items() if (found := newer(text))] == []
