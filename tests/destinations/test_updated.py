"""The short form of an update in the middle of publications (see updated.py for the long)."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.destinations import updated
from tests.wordpress.update.place import NEW, OLD

pytestmark = pytest.mark.heavy


def test_the_plugin_is_updated_while_pieces_go_out(tmp_path: Path) -> None:
    verdict = updated.run(tmp_path, 12, "6.8")
    assert verdict.ok, verdict
    assert (verdict.first, verdict.last) == (OLD, NEW)
    assert verdict.attempts > verdict.contents, "some of them met the update"
