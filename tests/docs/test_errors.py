"""docs/errors.md lists every code with its sentence, as the product says it."""

from __future__ import annotations

import json
import re
from pathlib import Path

from webapp.core.codes import SENTENCES, TO_PROGRAMS, Code

ROOT = Path(__file__).resolve().parents[2]


def test_every_code_has_a_sentence_that_tells_people_something() -> None:
    assert set(SENTENCES) == set(Code)
    for code, sentence in SENTENCES.items():
        assert sentence.endswith("."), code
        assert len(sentence.split()) > 5, code


def test_the_page_lists_exactly_these_codes() -> None:
    page = (ROOT / "docs" / "errors.md").read_text()
    rows = [line.split("|") for line in page.splitlines() if line.startswith("| `")]
    listed = {row[1].strip().strip("`"): (row[2].strip(), row[3].strip()) for row in rows}
    assert listed == {
        str(code): (sentence, TO_PROGRAMS.get(code, "")) for code, sentence in SENTENCES.items()
    }


def test_the_api_speaks_of_nothing_that_stands_on_a_page() -> None:
    words = re.compile(r"“|\b(reload|listed below|button|click|the site's page|save yours)\b", re.I)
    told = {code: TO_PROGRAMS.get(code, said) for code, said in SENTENCES.items()}
    # The pages' own: what the API does never ends so.
    told.pop(Code.DESTINATION_CHANGED)
    assert [code for code, said in told.items() if words.search(said)] == []
    assert all(len(one.split()) > 5 and one.endswith(".") for one in TO_PROGRAMS.values())


def test_every_code_of_the_plugin_is_known_here() -> None:
    contract = json.loads((ROOT / "docs" / "contract" / "error.schema.json").read_text())
    codes = contract["properties"]["error"]["properties"]["code"]["enum"]
    assert set(codes) <= {str(code) for code in Code}


def test_no_sentence_promises_what_only_the_record_knows() -> None:
    """The same sentence is read while it is tried again and when it has failed for good."""
    promises = ("it is tried again", "it is sent again", "it is looked at again")
    assert [
        code for code, said in SENTENCES.items() if any(p in said.lower() for p in promises)
    ] == []
