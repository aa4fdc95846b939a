"""The rules of the house. Each takes a module or template and gives what breaks it: "line 7: …"."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from functools import cache

from tests.architecture.source import Source

# What a layer may import, besides itself: everything in the layers below it.
LAYERS: list[set[str]] = [
    {"core", "config"},
    {"accounts"},
    {"writing", "approving"},
    {"writer"},
    {"integrations"},
    {"publisher.records"},
    {"publisher.planning"},
    {"publisher.delivery"},
    {"live"},
    # screens, the API, processes: whatever people and programs touch
    {
        *("screens", "call", "layout", "publications", "history", "content", "review", "calendar"),
        *("queue", "editor", "drift", "threads"),
        *(
            "forms",
            "sites",
            "people",
            "api",
            "demo",
            "health",
            "doctor",
            "backups",
            "authentication",
            "entrance",
        ),
        *(
            "error_frame",
            "problems",
            "app",
            "cli",
            "commands",
            "housekeeping",
            "supervisor",
            "worker",
            "models",
            "wire",
            "request_log",
        ),
    },
]
IMPURE = ("sqlalchemy", "httpx", "huey", "litestar", "webapp.core.db", "webapp.core.clock")
# They work for the whole installation, and for nobody who asks.
FOR_OPERATORS = (
    "demo",
    "doctor",
    "health.pages",
    "health.gauges",
    "cli",
    "commands",
    "worker",
    "housekeeping",
    "supervisor",
)

# Verbs that write and tell nobody, and the rooms whose own verbs call them and tell.
SILENT = {
    f"contents.{verb}"
    for verb in (
        "create",
        "duplicate",
        "edit",
        "editing",
        "submit",
        "approve",
        "request_changes",
        "delete",
    )
} | {f"images.{verb}" for verb in ("add", "change", "remove", "put_in_order")}
SILENT_ROOMS = {"webapp.writer.contents", "webapp.writer.images"}
TELLING = (
    "webapp.publisher.planning.",
    "webapp.publisher.records.",
    "webapp.writer.",
    "webapp.writing.",
)

# A line that one can read, of a template, script or style sheet; and a template that one can.
WIDEST = 140
LONGEST_TEMPLATE = 200

# Each with its folder.
PLATFORMS = {
    "wordpress": "webapp.integrations.wordpress_plugin",
    "headless": "webapp.integrations.headless",
}

Rule = Callable[[Source], list[str]]


def room(name: str) -> str:
    """The room of a module: "publisher.delivery" for webapp.publisher.delivery.claims.

    A feature's pages are a screen, wherever they lie.
    """
    parts = name.split(".")
    if "pages" in parts[2:]:
        return "screens"
    if parts[1:2] == ["publisher"]:
        return ".".join(parts[1:3]) if parts[2:] else ""
    return parts[1] if len(parts) > 1 else ""


def level(name: str) -> int:
    """How high a room lies."""
    return next(number for number, rooms in enumerate(LAYERS) if name in rooms)


def imports_upwards(source: Source) -> list[str]:
    """A room imports from the rooms below it only."""
    own = room(source.name)
    if not own:
        return []
    others = {one: room(one) for one in source.imports if one.startswith("webapp.")}
    return [one for one, its in others.items() if its not in ("", own) and level(its) > level(own)]


def touches_the_world(source: Source) -> list[str]:
    """What calls itself pure in its docstring neither reads nor writes anything, nor the clock."""
    if not re.search(r"\bPure\b", ast.get_docstring(source.tree) or ""):
        return []
    imported = [
        one for one in source.imports for bad in IMPURE if one == bad or one.startswith(f"{bad}.")
    ]
    clocks = (".now", ".utcnow", ".today", "time.time")
    return imported + [_line(call) for call in source.calls if _named(call).endswith(clocks)]


def looks_at_the_wall_clock(source: Source) -> list[str]:
    """Verbs take `system.clock()`; times that only say when a row came are the exception."""
    # A Retry-After date is compared with the real time, whatever a process's clock says.
    allowed = ("webapp.core.clock", "webapp.integrations.wordpress_plugin.refusals")
    if source.name in allowed:
        return []
    return [_line(one) for one in source.calls if _named(one) in ("datetime.now", "date.today")]


def converts_by_itself(source: Source) -> list[str]:
    """core/decoders.py says why: two threads at once would end the process."""
    if source.name == "webapp.core.decoders":
        return []
    return [
        _line(call)
        for call in source.calls
        if _named(call) == "msgspec.convert"
        or (_named(call) == "msgspec.json.decode" and len(call.args + call.keywords) > 1)
    ]


def answers_outside_pages(source: Source) -> list[str]:
    """Handlers stand in `pages.py`, below `pages/`, or in the API."""
    parts = source.name.split(".")
    if "pages" in parts or parts[1:2] == ["api"]:
        return []
    return handlers(source)


def handlers(source: Source) -> list[str]:
    """Names of the functions that answer requests."""
    verb = re.compile(r"(?:litestar\.)?(?:get|post|put|patch|delete|head|route)\(")
    return [
        node.name
        for node in ast.walk(source.tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        if any(verb.match(ast.unparse(one)) for one in node.decorator_list)
    ]


def reaches_past_access(source: Source) -> list[str]:
    """A bare select, get or query of a tenant's table on a screen would show it to strangers.

    Subqueries that are tied to a visible row by its column are fine: they name that column.
    """
    own = room(source.name)
    is_screen = own in LAYERS[-1] or source.name.endswith((".listing", ".reads"))
    if not is_screen or _is_for_operators(source):
        return []
    found = []
    for node in _of_one_tenant(source.tree):
        tables = _tables(node) & tenant_tables() if isinstance(node, ast.Call) else set()
        if tables and not _is_tied(source, node, tables):
            found.append(_line(node))
    return found


def _is_for_operators(source: Source) -> bool:
    """A room of theirs with all below it, and none whose name only begins like theirs."""
    name = source.name.removeprefix("webapp.")
    return any(name == one or name.startswith(f"{one}.") for one in FOR_OPERATORS)


def names_a_platform(source: Source) -> list[str]:
    """Only a platform's own folder names it; others ask its object (integrations/platform.py)."""
    if source.name.startswith(tuple(PLATFORMS.values())):
        return []
    return [
        _line(node)
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Constant) and node.value in PLATFORMS
    ]


def has_a_wide_line(template: Source) -> list[str]:
    """One element a line: of a line that runs out of the screen nobody sees what has changed."""
    lines = enumerate(template.text.splitlines(), 1)
    return [f"line {number}: {line[:80]}" for number, line in lines if len(line) > WIDEST]


def is_a_long_template(template: Source) -> list[str]:
    """What grows is split into parts that say what they are, as in templates/content/panel."""
    lines = len(template.text.splitlines())
    return [f"{lines} lines"] if lines > LONGEST_TEMPLATE else []


@cache
def tenant_tables() -> frozenset[str]:
    """Names of the models that belong to an account."""
    from webapp.models import Base

    return frozenset(
        mapper.class_.__name__
        for mapper in Base.registry.mappers
        if "account_id" in mapper.local_table.c
    )


def _tables(call: ast.Call) -> set[str]:
    """The models that a query is about."""
    named = _named(call).removeprefix("call.")
    if named in ("db.get", "db.get_one", "db.query") and call.args:
        return {ast.unparse(call.args[0]).split(".")[-1]}
    if named in ("sa.select", "select", "sa.update", "sa.delete"):
        return {ast.unparse(argument).split(".")[0] for argument in call.args}
    return set()


def _of_one_tenant(node: ast.AST) -> Iterator[ast.AST]:
    """What a module does for whoever asks; `prune` is for the whole installation."""
    for child in ast.iter_child_nodes(node):
        if not (isinstance(child, ast.FunctionDef) and child.name == "prune"):
            yield child
            yield from _of_one_tenant(child)


def _is_tied(source: Source, node: ast.AST, tables: set[str]) -> bool:
    """Whether the statement around the call ties the table to a row that was found by access:
    `.where(Image.content_id == content.id)`."""
    blocks = (ast.FunctionDef, ast.ClassDef, ast.AsyncFunctionDef)
    keys = r"account_id|content_id|record_id|site_id|document_id|integration_id|user_id|id"
    tie = re.compile(rf"(?:{'|'.join(tables)})\.(?:{keys})(?: ==|\.in_\()")
    return any(
        tie.search(ast.unparse(statement))
        for statement in ast.walk(source.tree)
        if isinstance(statement, ast.stmt) and not isinstance(statement, blocks)
        if any(child is node for child in ast.walk(statement))
    )


def _named(call: ast.Call) -> str:
    return ast.unparse(call.func)


def _line(node: ast.AST) -> str:
    return f"line {getattr(node, 'lineno', 0)}: {ast.unparse(node)[:80]}"


def decides_silently(source: Source) -> list[str]:
    """What people decide goes through planning/decisions.py, which tells pages and scheduler. The
    verbs below it write only, and are for verbs that tell by themselves."""
    if source.name.startswith(TELLING) or _is_for_operators(source):
        return []
    named = {f"webapp.writer.{one}" for one in SILENT}
    return [
        *(f"imports {one}" for one in sorted(source.imports & named)),
        *(f"imports {one} under another name" for one in _renamed(source) if one in SILENT_ROOMS),
        *(
            _line(node)
            for node in ast.walk(source.tree)
            if isinstance(node, ast.Attribute) and ast.unparse(node) in SILENT
        ),
    ]


def _renamed(source: Source) -> list[str]:
    """Full names of what is imported under another name."""
    return [
        f"{node.module}.{alias.name}"
        for node in ast.walk(source.tree)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
        if alias.asname
    ]


RULES: tuple[Rule, ...] = (
    imports_upwards,
    touches_the_world,
    looks_at_the_wall_clock,
    converts_by_itself,
    answers_outside_pages,
    reaches_past_access,
    names_a_platform,
    decides_silently,
)

TEMPLATE_RULES: tuple[Rule, ...] = (has_a_wide_line, is_a_long_template)
