"""The short form of a deployment whose worker is killed (see deployed.py for the long)."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.chaos import deployed

pytestmark = pytest.mark.heavy


def test_a_deployment_is_complete_although_its_worker_dies(tmp_path: Path) -> None:
    verdict = deployed.run(tmp_path, contents=40, kills=2)
    assert verdict.ok, verdict
    assert (verdict.posts, verdict.kills) == (40, 2)
    assert verdict.interrupted >= 2, "it died with pieces in its hands"
    assert verdict.attempts > verdict.contents
