"""What a module writes into the log, told line by line."""

from __future__ import annotations

from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from types import ModuleType
from typing import Any

import structlog
from structlog.testing import LogCapture


@contextmanager
def lines_of(module: ModuleType) -> Iterator[list[MutableMapping[str, Any]]]:
    """The lines that the module's `log` is given meanwhile. A logger that the process has used
    before keeps its way of writing, so the module gets another one."""
    captured = LogCapture()
    before: Any = module.log
    module.log = structlog.wrap_logger(None, processors=[captured])  # type: ignore[attr-defined]
    try:
        yield captured.entries
    finally:
        module.log = before  # type: ignore[attr-defined]
