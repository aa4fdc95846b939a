"""What is opened and saved stays byte for byte; an edit changes what was meant and nothing else."""

from __future__ import annotations

from tests.editor.text.documents import documents
from tests.editor.text.nasty import NASTY
from tests.editor.text.surface import Surface

CHECKS = {
    "opened",
    "one word",
    "undone",
    "one bold",
    "Enter and Backspace",
    "one list item",
    "one cell",
}


def test_every_document_stays_byte_for_byte(surface: Surface) -> None:
    all_of_them = documents()
    assert len(all_of_them) == len(dict(all_of_them)) >= 300
    assert len(NASTY) >= 60
    found = surface.probe("identity", all_of_them)
    print(found["counts"], "cards", round(found["cards"] / found["bytes"], 3))
    assert found["faults"] == []
    assert set(found["counts"]) == CHECKS
    assert found["counts"]["opened"][1] == len(all_of_them)
    assert found["cards"] <= found["bytes"] / 5
