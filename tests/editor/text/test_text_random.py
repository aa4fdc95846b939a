"""Acts by chance. After each the blocks' comments are pairs, the written source opens as the same
text, and in the end Undo gives back every byte.

Every seventh document is played here; all of them, and longer, with IGNY8_EVERYWHERE=1.
"""

from __future__ import annotations

import os

from tests.editor.text.documents import documents
from tests.editor.text.surface import Surface

EVERYWHERE = bool(os.environ.get("IGNY8_EVERYWHERE"))
STEPS = 20 if EVERYWHERE else 10
SEEDS = [int(one) for one in os.environ.get("IGNY8_SEEDS", "1").split(",")]


def test_whatever_is_done_to_a_text_it_stays_one(surface: Surface) -> None:
    played = documents()[:: 1 if EVERYWHERE else 7]
    for seed in SEEDS:
        given = {"documents": played, "seed": seed * 1000, "steps": STEPS}
        found = surface.probe("random", given)
        print(f"seed {seed}: {found['acts']} acts on {len(played)} documents")
        assert found["faults"] == []
        assert found["acts"] == STEPS * len(played)
