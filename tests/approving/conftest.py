"""A site that approves in steps."""

from __future__ import annotations

import pytest

from tests.approving.acts import EDITING, LAST, take_steps
from tests.support.desk import Desk


@pytest.fixture
def piece(desk: Desk) -> int:
    """A draft of the owner's, whose site approves in two steps."""
    desk.connect()
    take_steps(desk, EDITING, LAST)
    return desk.write(by=desk.owner)
