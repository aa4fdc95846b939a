"""The house rules, read from the source: who imports whom, what stays pure, how long a file is."""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from webapp.accounts import routes
from webapp.app import create_app
from webapp.core.system import System

ROOT = Path(__file__).parents[1]
WEBAPP = ROOT / "webapp"
# "About 300 lines"; tests carry more data than code.
LONGEST = {"webapp": 330, "wordpress-plugin": 335, "bin": 330, "benchmarks": 330, "tests": 385}
TEXTS = {"webapp/demo/pieces.py"}  # prose and not code

# What a layer may import, besides itself: everything in the layers below it.
LAYERS = [
    {"core", "config"},
    {"accounts"},
    {"writer"},
    {"integrations"},
    {"publisher.records"},
    {"publisher.planning"},
    {"publisher.delivery"},
    {"live"},
    # screens, the API, processes: whatever people and programs touch
    {
        "publications",
        "content",
        "review",
        "calendar",
        "queue",
        "sites",
        "people",
        "api",
        "demo",
        "health",
        "doctor",
        "layout",
        "call",
        "authentication",
        "entrance",
        "problems",
        "screens",
        "app",
        "cli",
        "housekeeping",
        "supervisor",
        "worker",
        "models",
        "wire",
    },
]
PURE = [
    "publisher/planning/missed.py",
    "publisher/records/states.py",
    "writer/states.py",
    "core/machine.py",
    "core/words.py",
    "publisher/planning/why.py",
    "queue/filters.py",
    "content/zone_words.py",
    "sites/settings_form.py",
]
IMPURE = {"sqlalchemy", "httpx", "huey", "litestar", "webapp.core.db", "webapp.core.clock"}


def python_files(top: Path = WEBAPP) -> list[Path]:
    """All modules below a directory."""
    return sorted(top.rglob("*.py"))


@cache
def tree(path: Path) -> ast.Module:
    """The file's syntax tree."""
    return ast.parse(path.read_text(), str(path))


def imports(path: Path) -> set[str]:
    """Full names of the modules that a file imports, also inside functions."""
    found: set[str] = set()
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


def room(module: str) -> str:
    """The room of a module: "publisher.delivery" for webapp.publisher.delivery.claims.

    A feature's pages are a screen, wherever they lie.
    """
    parts = module.split(".")
    if "pages" in parts[2:]:
        return "screens"
    if parts[1:2] == ["publisher"]:
        return ".".join(parts[1:3]) if parts[2:] not in ([], ["__init__"]) else ""
    return parts[1] if len(parts) > 1 else ""


def level(name: str) -> int:
    """How high a room lies."""
    return next(number for number, rooms in enumerate(LAYERS) if name in rooms)


def tracked() -> list[Path]:
    """Every file that belongs to the repository, in text."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    ).stdout.decode()
    paths = [ROOT / name for name in listed.split("\0") if name]
    return [path for path in paths if path.is_file() and not _is_binary(path)]


def _is_binary(path: Path) -> bool:
    return b"\0" in path.read_bytes()[:8192]


def test_every_room_is_known() -> None:
    names = {".".join(path.relative_to(ROOT).with_suffix("").parts) for path in python_files()}
    rooms = {room(name) for name in names}
    assert rooms - {"", "__init__"} <= set().union(*LAYERS)


@pytest.mark.parametrize("path", python_files(), ids=lambda path: str(path.relative_to(WEBAPP)))
def test_imports_go_down_only(path: Path) -> None:
    module = ".".join(path.relative_to(ROOT).with_suffix("").parts)
    name = room(module)
    if name == "__init__":
        return
    rooms = {room(one) for one in imports(path) if one.startswith("webapp.")} - {"", name}
    upwards = {one for one in rooms if level(one) > level(name)}
    assert not upwards, f"{name} imports {upwards}"


def handlers(path: Path) -> list[str]:
    """Names of a file's functions that answer requests."""
    verbs = re.compile(r"(?:litestar\.)?(?:get|post|put|patch|delete|head)\(")
    return [
        node.name
        for node in ast.walk(tree(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        if any(verbs.match(ast.unparse(one)) for one in node.decorator_list)
    ]


def test_handlers_are_found() -> None:
    assert "sign_in" in handlers(WEBAPP / "accounts" / "pages.py")
    assert "index" in handlers(WEBAPP / "queue" / "pages.py")


@pytest.mark.parametrize("path", python_files(), ids=lambda path: str(path.relative_to(WEBAPP)))
def test_handlers_stand_in_pages_only(path: Path) -> None:
    parts = path.relative_to(WEBAPP).with_suffix("").parts
    assert "pages" in parts or parts[0] == "api" or handlers(path) == []


@pytest.mark.parametrize("name", PURE)
def test_pure_files_touch_nothing(name: str) -> None:
    path = WEBAPP / name
    touched = {
        one for one in imports(path) for bad in IMPURE if one == bad or one.startswith(f"{bad}.")
    }
    assert not touched
    calls = {ast.unparse(node.func) for node in ast.walk(tree(path)) if isinstance(node, ast.Call)}
    assert not {call for call in calls if call.endswith((".now", ".utcnow", ".today", "time.time"))}


def test_nobody_looks_at_the_wall_clock_but_the_clock() -> None:
    """Verbs take `system.clock()`; times that only say when a row came are the exception."""
    found = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in python_files()
        if path.name != "clock.py"
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call) and ast.unparse(node.func) in ("datetime.now", "date.today")
    ]
    # A Retry-After date is compared with the real time, whatever a process's clock says.
    allowed = "webapp/integrations/wordpress_plugin/refusals.py"
    assert [one for one in found if not one.startswith(allowed)] == []


@pytest.mark.parametrize("path", python_files(), ids=lambda path: str(path.relative_to(WEBAPP)))
def test_classes_are_converted_into_by_shapes_only(path: Path) -> None:
    """core/shapes.py says why: two threads at once would end the process."""
    bare = [
        node.lineno
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call)
        if ast.unparse(node.func) == "msgspec.convert"
        or (ast.unparse(node.func) == "msgspec.json.decode" and len(node.args + node.keywords) > 1)
    ]
    assert bare == [] or path.name == "shapes.py"


def tenant_tables() -> set[str]:
    """Names of the models that belong to an account."""
    from webapp.models import Base

    return {
        mapper.class_.__name__
        for mapper in Base.registry.mappers
        if "account_id" in mapper.local_table.c
    }


def screens() -> Iterator[Path]:
    """Files that answer people and programs."""
    for name in ("content", "review", "sites", "people", "api"):
        yield from python_files(WEBAPP / name)
    yield from WEBAPP.rglob("pages.py")
    yield from WEBAPP.rglob("pages/*.py")
    yield from WEBAPP.rglob("listing.py")


FOR_OPERATORS = {WEBAPP / "health" / "pages.py"}  # they ask about the whole installation


@pytest.mark.parametrize(
    "path", sorted(set(screens()) - FOR_OPERATORS), ids=lambda p: str(p.relative_to(WEBAPP))
)
def test_screens_reach_tenants_rows_through_access(path: Path) -> None:
    """A bare select, get or query of a tenant's table would show it to strangers.

    Subqueries that are tied to a visible row by its column are fine: they name that column.
    """
    tenants = tenant_tables()
    bare = []
    for node in _of_one_tenant(tree(path)):
        if not isinstance(node, ast.Call):
            continue
        called = ast.unparse(node.func)
        if called in ("db.get", "db.get_one", "db.query") and node.args:
            names = {ast.unparse(node.args[0]).split(".")[-1]}
        elif called in ("sa.select", "select", "sa.update", "sa.delete") and node.args:
            names = {ast.unparse(argument).split(".")[0] for argument in node.args}
        else:
            continue
        if names & tenants and not _is_tied(path, node, names & tenants):
            bare.append(f"line {node.lineno}: {ast.unparse(node)[:80]}")
    assert bare == []


def _of_one_tenant(node: ast.AST) -> Iterator[ast.AST]:
    """What a file does for whoever asks; `prune` is for the whole installation."""
    for child in ast.iter_child_nodes(node):
        if not (isinstance(child, ast.FunctionDef) and child.name == "prune"):
            yield child
            yield from _of_one_tenant(child)


def _is_tied(path: Path, node: ast.Call, tables: set[str]) -> bool:
    """Whether the statement around the call ties the table to a row that was found by access:
    `.where(Image.content_id == content.id)`."""
    blocks = (ast.FunctionDef, ast.ClassDef, ast.AsyncFunctionDef)
    keys = r"account_id|content_id|record_id|site_id|document_id|integration_id|user_id|id"
    tie = re.compile(rf"(?:{'|'.join(tables)})\.(?:{keys})(?: ==|\.in_\()")
    return any(
        tie.search(ast.unparse(statement))
        for statement in ast.walk(tree(path))
        if isinstance(statement, ast.stmt) and not isinstance(statement, blocks)
        if any(child is node for child in ast.walk(statement))
    )


def test_every_route_says_who_may_use_it(system: System) -> None:
    """create_app refuses to start without; and the table names no route that is gone."""
    app = create_app(system=system)
    there = {
        f"{method} {route.path.rstrip('/') or '/'}"
        for route in app.routes
        for handler in getattr(route, "route_handlers", ())
        for method in handler.http_methods
    }
    assert set(routes.ROUTES) - there == set()


@pytest.mark.parametrize(
    "path",
    [
        path
        for top in ("webapp", "tests", "bin", "wordpress-plugin", "benchmarks")
        for path in sorted((ROOT / top).rglob("*"))
        if path.suffix in (".py", ".php", ".sh", ".js", ".css") and "vendor" not in path.parts
    ],
    ids=lambda path: str(path.relative_to(ROOT)),
)
def test_no_file_is_longer_than_one_can_hold_in_the_head(path: Path) -> None:
    name = str(path.relative_to(ROOT))
    lines = len(path.read_text().splitlines())
    fits = lines <= LONGEST[path.relative_to(ROOT).parts[0]]
    assert fits or name in TEXTS, f"{lines} lines: make it a folder of the same name"
