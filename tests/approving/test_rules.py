"""How far an approval is and who may sign next, as a table."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from webapp.accounts.rights import Role
from webapp.approving import rules
from webapp.approving.rules import Person, Progress, Signed, Step

EDITS = Step(1, "Editing", Role.EDITOR)
LEGAL = Step(2, "Legal", Role.ADMIN, people=frozenset({7, 8}), needed=2)
LAST = Step(3, "Client", Role.CLIENT)
ANNA, BEN, CARA = 5, 7, 8


@pytest.mark.parametrize(
    ("signed", "done", "signers"),
    [
        ([], 0, set()),
        ([Signed(1, ANNA, "a")], 1, set()),
        ([Signed(1, ANNA, "other")], 0, set()),
        ([Signed(1, ANNA, "a"), Signed(2, BEN, "a")], 1, {BEN}),
        # One person signs a step once, however often it was written down.
        ([Signed(1, ANNA, "a"), Signed(2, BEN, "a"), Signed(2, BEN, "a")], 1, {BEN}),
        ([Signed(1, ANNA, "a"), Signed(2, BEN, "a"), Signed(2, CARA, "a")], 2, set()),
        # A later step counts only once those before it do.
        ([Signed(2, BEN, "a"), Signed(2, CARA, "a")], 0, set()),
        (
            [Signed(1, ANNA, "a"), Signed(2, BEN, "a"), Signed(2, CARA, "a"), Signed(3, 9, "a")],
            3,
            set(),
        ),
    ],
)
def test_how_far_a_text_is(signed: list[Signed], done: int, signers: set[int]) -> None:
    found = rules.progress([EDITS, LEGAL, LAST], signed, "a")
    assert (found.done, found.signers) == (done, frozenset(signers))
    assert (found.open is None) == (done == 3)


def test_a_signature_that_survives_edits_counts_for_any_text() -> None:
    kept = Step(1, "Idea", Role.EDITOR, survives_edits=True)
    signed = [Signed(1, ANNA, "old"), Signed(2, BEN, "old")]
    assert rules.progress([kept, LEGAL], signed, "new") == Progress(
        (kept, LEGAL), 1, frozenset(), frozenset({ANNA})
    )


@pytest.mark.parametrize(
    ("step", "who", "words"),
    [
        (EDITS, Person(1, Role.EDITOR), ""),
        (EDITS, Person(1, Role.ADMIN), ""),
        (EDITS, Person(1, Role.OWNER), ""),
        (EDITS, Person(1, Role.WRITER), "waits for step 1 of 1, “Editing”"),
        (EDITS, Person(1, Role.VIEWER), "these: editor, admin, owner"),
        (EDITS, Person(1, Role.CLIENT), "waits for"),
        (EDITS, Person(1, None), "waits for"),
        (LEGAL, Person(BEN, Role.VIEWER), ""),
        (LEGAL, Person(ANNA, Role.OWNER), "the persons named for it"),
        (LAST, Person(1, Role.CLIENT), ""),
        (LAST, Person(1, Role.OWNER), "these: client"),
    ],
)
def test_who_may_sign(step: Step, who: Person, words: str) -> None:
    said = rules.refusal(rules.progress([step], [], "a"), who, ())
    assert (words in said) if words else said == ""


def test_nobody_signs_twice_nor_what_they_typed() -> None:
    half = rules.progress([LEGAL], [Signed(2, BEN, "a")], "a")
    assert "You have signed" in rules.refusal(half, Person(BEN, Role.ADMIN), ())
    strict = Step(1, "Second pair of eyes", Role.EDITOR, not_own=True)
    found = rules.progress([strict], [], "a")
    assert "You wrote" in rules.refusal(found, Person(ANNA, Role.OWNER), {ANNA})
    assert rules.refusal(found, Person(BEN, Role.EDITOR), {ANNA}) == ""


def test_another_role_stands_in_once_the_time_is_over() -> None:
    since = datetime(2027, 3, 1, tzinfo=UTC)
    step = Step(1, "Legal", Role.ADMIN, frozenset({BEN}), hours=24, substitute=Role.EDITOR)
    assert not rules.is_late(step, since, since + timedelta(hours=23, minutes=59))
    assert rules.is_late(step, since, since + timedelta(hours=24))
    assert not rules.is_late(EDITS, since, since + timedelta(days=900))
    found, editor = rules.progress([step], [], "a"), Person(ANNA, Role.EDITOR)
    assert rules.refusal(found, editor, ()) != ""
    assert rules.refusal(found, editor, (), late=True) == ""
    assert rules.refusal(found, Person(1, Role.CLIENT), (), late=True) != ""
