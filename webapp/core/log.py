"""Logs: one line per event, as text for people or JSON for programs. Secrets never get in.

Lines of libraries (Huey, uvicorn, asyncio, warnings) go the same way as ours. What has a cause
outside of the line, an exception or a `problem`, is said once a minute, and then with the number
that was held back; a service that is away is a sentence and no traceback.
"""

from __future__ import annotations

import logging
import re
import sys
import threading
import time
import traceback
from collections.abc import Hashable, Mapping, MutableMapping
from types import TracebackType
from typing import Any, TextIO, cast

import structlog

from webapp.core import away, figures
from webapp.core.repeats import Repeats

_SECRET = re.compile(
    r"\b(?:ig8|iwp|ses)_[A-Za-z0-9_-]{8,}|Bearer\s+\S+|\$argon2\S+"
    # In an address: a password may hold each sign but white space and quotation marks, written or
    # not as it should be.
    r"|(?<=://)[^/\s:@]*:[^\s\"'<>]+(?=@)|(?<=(?i:password)=)[^\s&;\"'<>]+"
)
# What PostgreSQL adds to an error: whole rows, and texts. It ends where something else begins.
_ROWS = re.compile(
    r"^[ |]*(?:DETAIL|CONTEXT):.*?(?=^[ |]*(?:HINT|CONTEXT):|^[ |]*\[SQL:|^[ |]*\(Background on"
    r"|^[ |]*The above exception|^[ |]*During handling|\Z)",
    re.DOTALL | re.MULTILINE,
)
_LINES = figures.counter("igny8_log_lines", "Lines of the log, also those held back", "level")
_LOST = figures.counter("igny8_log_lines_lost", "Lines of the log that could not be written")
_repeats = Repeats(time.monotonic)
Event = MutableMapping[str, Any]


def mask(text: str) -> str:
    """The text with every key, token and password blacked out, and without rows of the database."""
    return _SECRET.sub("***", _ROWS.sub("", text))


def configure(kind: str) -> None:
    """Set structlog and logging up for this process: `kind` is text or json."""
    renderer: Any = (
        structlog.processors.JSONRenderer(default=str)
        if kind == "json"
        else structlog.dev.ConsoleRenderer(
            colors=sys.stderr.isatty(),
            # Rich tracebacks would print local variables, and with them keys and texts.
            exception_formatter=structlog.dev.plain_traceback,
        )
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            _count,
            _once_a_minute,
            structlog.processors.TimeStamper(fmt="iso"),
            structlog.processors.format_exc_info,
            _mask_all,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(cast(TextIO, _StandardError())),
        cache_logger_on_first_use=True,
    )
    root = logging.getLogger()
    if not any(isinstance(one, _Libraries) for one in root.handlers):
        root.addHandler(_Libraries())


def of_process(kind: str) -> None:
    """The same for a process that is ours alone: also what Python itself would print."""
    configure(kind)
    logging.captureWarnings(True)
    sys.excepthook = _ended
    threading.excepthook = lambda told: _ended(
        told.exc_type, told.exc_value or told.exc_type(), told.exc_traceback
    )


class _StandardError:
    """Standard error as it is when a line is written: it may be replaced meanwhile. Where it cannot
    be written, as on a disk that is full, the line is lost and counted, and the work goes on."""

    def write(self, text: str) -> int:
        try:
            return sys.stderr.write(text)
        except (OSError, ValueError):  # ValueError: it is closed
            _LOST.inc()
            return 0

    def flush(self) -> None:
        try:
            sys.stderr.flush()
        except (OSError, ValueError):
            _LOST.inc()


class _Libraries(logging.Handler):
    """Lines of libraries, as lines of ours. What they say without need is left out."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)

    def emit(self, record: logging.LogRecord) -> None:
        try:
            self._say(record)
        except Exception:  # what a library says must not end what it does
            self.handleError(record)

    def _say(self, record: logging.LogRecord) -> None:
        log = structlog.get_logger()
        more = {"exc_info": record.exc_info} if record.exc_info else {}
        said = record.getMessage().strip()
        log.log(record.levelno, said, library=record.name, pattern=str(record.msg), **more)


def _ended(
    _kind: type[BaseException], problem: BaseException, _where: TracebackType | None
) -> None:
    if isinstance(problem, KeyboardInterrupt | SystemExit):
        return
    structlog.get_logger().critical("a thread ended by a bug", exc_info=problem)


def _count(_logger: Any, _name: str, event: Event) -> Event:
    _LINES.labels(event["level"]).inc()
    return event


def _once_a_minute(_logger: Any, _name: str, event: Event) -> Event:
    """Drop what was said a short while ago; tell what is away in a sentence."""
    pattern = event.pop("pattern", event.get("event"))
    problem = _exception(event.get("exc_info"))
    if problem is None and "problem" not in event:
        return event
    is_away = problem is not None and away.is_away(problem)
    held = _repeats.since(
        (pattern, _told_apart_by(problem, is_away), str(event.get("problem", "")))
    )
    if held is None:
        raise structlog.DropEvent
    if held:
        event["repeated"] = held
    if is_away:
        del event["exc_info"]
        event["problem"] = away.sentence_of(problem)
    return event


def _told_apart_by(problem: BaseException | None, is_away: bool) -> Hashable:
    """Two bugs are two, also where they end in the same line of a library; a service that is away
    is one cause wherever it is missed."""
    if problem is None or is_away:
        return None
    frames = traceback.extract_tb(problem.__traceback__)
    return type(problem), tuple((one.filename, one.lineno) for one in frames)


def _exception(given: Any) -> BaseException | None:
    """Of what logging calls `exc_info`: True, an exception, or a triple."""
    if isinstance(given, BaseException):
        return given
    found = given[1] if isinstance(given, tuple) else sys.exc_info()[1] if given else None
    return found if isinstance(found, BaseException) else None


def _mask_all(_logger: Any, _name: str, event: Event) -> Mapping[str, Any]:
    return {key: _masked(value) for key, value in event.items()}


def _masked(value: Any) -> Any:
    if isinstance(value, str):
        return mask(value)
    if isinstance(value, Mapping):
        return {str(key): _masked(one) for key, one in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_masked(one) for one in value]
    return value if value is None or isinstance(value, bool | int | float) else mask(str(value))
