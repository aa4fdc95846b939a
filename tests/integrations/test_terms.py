"""Terms from the desk to WordPress: no name is lost, none is exchanged for another.

`IGNY8_TERM_SETS=1000` makes the long run (docs/proof.md); a failure names its set.
"""

from __future__ import annotations

import json
import os
import random
import uuid
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

from tests.support.desk import Desk
from tests.support.wordpress import WordPress
from webapp.integrations.wordpress_plugin.adapter import TERM_KINDS
from webapp.writer import outgoing
from webapp.writer import payload as payloads
from webapp.writer.models import Content
from webapp.writer.payload import Payload, Term
from webapp.writer.terms import folded

pytestmark = pytest.mark.heavy
SETS = int(os.environ.get("IGNY8_TERM_SETS", "60"))
GROUPS = [
    ["C", "C++", "C#", "C♯", "c--", "C 2", "C-3"],
    ["край", "краи", "Край", "ёж", "еж", "йод", "иод"],
    ["Köln", "koln", "KÖLN", "Ørsted", "Orsted", "Straße", "Strase", "Strasse"],
    [".NET", "NET", "Net", "N.E.T", "n e t", "1.0", "10", "1-0"],
    ["A&B", "A & B", "A&amp;B", "AB", "R&D", "RD", "O'Brien", "O’Brien", "“Q”", "Q"],
    ["50%", "50", "50%ab", "100 %", "100", "%41", "A"],
    [
        "ガイド",
        "カイト",
        "がいど",
        "한국어",
        "हिन्दी",
        "हिन्द",
        "ไทย",
        "ไท",
        "العربية",
        "🙂 ok",
        "ok",
    ],
    ["Digital Marketing", "digital-marketing", "DigitalMarketing", "Digital–Marketing"],
]
PARENTS = ["", "", "Europe", "Asien", "한국", "C", "C++", "C#", "край", "краи"]
RUN = r"""
set_time_limit(0);
$done = array();
foreach (json_decode(file_get_contents(getenv('TERM_SETS')), true) as $body) {
    $call = new WP_REST_Request('POST', '/igny8/v1/publish-content');
    $call->set_header('content-type', 'application/json');
    $call->set_body(wp_json_encode($body));
    try {
        list(, $data) = Igny8\Publish\Publisher::receive($call);
        $done[] = array('stored' => $data['stored']['terms'], 'parents' => array_map(
            function ($term) { $parent = get_term(get_term($term['id'])->parent);
                return array($term['name'], $parent instanceof WP_Term ? $parent->name : ''); },
            $data['stored']['terms']['categories']));
    } catch (Igny8\Problem $problem) {
        $done[] = array('problem' => $problem->to_array());
    }
}
echo wp_json_encode($done);
"""


@pytest.fixture(scope="module")
def wordpress() -> Iterator[WordPress]:
    """A WordPress with the plugin, in which somebody has made terms of his own already."""
    from tests.wordpress.conftest import start_site

    site = start_site("6.8")
    site.php(
        "foreach (array('C#', 'Ok', 'Net', 'Koln', 'Край') as $name)"
        " { wp_insert_term($name, 'post_tag'); wp_insert_term($name, 'category'); }"
    )
    yield site
    site.stop()


def test_no_name_is_lost_or_exchanged(desk: Desk, wordpress: WordPress) -> None:
    chance = random.Random(7)
    asked, sent = [], []
    for _ in range(SETS):
        fields = {"categories": some(chance, PARENTS), "tags": some(chance, [""])}
        content_id = desk.write(
            title="A piece", categories=fields["categories"], tags=fields["tags"]
        )
        payload = outgoing.of(payload_of(desk, content_id))
        for kind, terms in fields.items():
            assert names(getattr(payload, kind)) == names(terms), "in the app"
        asked.append(fields)
        sent.append(request(payload))
    got = published(wordpress, sent)
    assert len(got) == SETS
    for number, (fields, there) in enumerate(zip(asked, got, strict=True)):
        assert "problem" not in there, (number, there)
        for kind, terms in fields.items():
            assert names(there["stored"][kind]) == names(terms), (number, kind)
        below = {(folded(name), folded(parent)) for name, parent in there["parents"]}
        wanted = {(folded(one["name"]), folded(one["parent"])) for one in fields["categories"]}
        assert {pair for pair in wanted if pair[1]} <= below, (number, "parents")


def some(chance: random.Random, parents: list[str]) -> list[dict[str, Any]]:
    """A few names that are easily confused."""
    group = chance.choice(GROUPS) + chance.choice(GROUPS)
    chosen = chance.sample(group, chance.randint(1, min(8, len(group))))
    return [{"name": name, "parent": chance.choice(parents)} for name in chosen]


def names(terms: list[Any]) -> list[str]:
    """What tells the terms apart, each once for each that was asked for."""
    given = [one.name if isinstance(one, Term) else one["name"] for one in terms]
    return sorted({folded(name) for name in given})


def payload_of(desk: Desk, content_id: int) -> Payload:
    with desk.system.db.read() as db:
        return payloads.build(db, db.get_one(Content, content_id))


def request(payload: Payload) -> dict[str, Any]:
    """A publication of it as the adapter words it."""
    kinds = {
        kind: [msgspec.to_builtins(term) for term in getattr(payload, kind)] for kind in TERM_KINDS
    }
    return {
        "content_id": uuid.uuid4().int % 1_000_000_000 + 1,
        "publish_key": str(uuid.uuid4()),
        "intent": 1,
        "attempt": 1,
        "publish_mode": "manual",
        "content_type": "post",
        "title": "A piece",
        "content_html": "<p>Text.</p>",
        "content_hash": payloads.digest(payload),
        **kinds,
    }


def published(site: WordPress, bodies: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """All of them, one after the other, in one process."""
    given = site.root / "term-sets.json"
    given.write_text(json.dumps(bodies))
    done: list[dict[str, Any]] = json.loads(
        site.php(f"putenv({json.dumps(f'TERM_SETS={given}')});" + RUN)
    )
    return done
