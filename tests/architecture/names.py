"""Names that nothing uses, and functions that ask for too much."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterable, Iterator

from tests.architecture.source import ROOT, Source

# Whatever calls these does not name them: click, and those whose interfaces we implement.
CALLED_BY_OTHERS = {"authenticate_request", "type_annotation_map"}
MANY = 6
WORD = re.compile(r"\b[A-Za-z_]\w*\b")


def everything() -> Counter[str]:
    """How often each word stands in code, templates and migrations; not in what checks them."""
    files = [
        path
        for top in ("webapp", "templates", "tests", "migrations", "benchmarks")
        for path in (ROOT / top).rglob("*")
        if path.suffix in (".py", ".html") and "architecture" not in path.parts
    ]
    return Counter(word for path in files for word in WORD.findall(path.read_text()))


def unused(source: Source, used: Counter[str]) -> list[str]:
    """Functions, classes and constants of a module that nothing names but their own definition."""
    return [
        f"line {line}: {name}"
        for line, name in _defined(source.tree)
        if used[name] < 2 and not name.startswith("__") and name not in CALLED_BY_OTHERS
    ]


def _defined(tree: ast.Module) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and not _is_command(node)
        ) or isinstance(node, ast.ClassDef):
            yield node.lineno, node.name
    for statement in tree.body:
        targets = statement.targets if isinstance(statement, ast.Assign) else []
        for target in targets:
            if isinstance(target, ast.Name):
                yield statement.lineno, target.id


def _is_command(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    return any(".command(" in ast.unparse(one) for one in node.decorator_list)


def parameters(trees: Iterable[ast.Module]) -> list[int]:
    """How many each function takes, besides self."""
    found = []
    for tree in trees:
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                given = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
                found.append(len([one for one in given if one.arg not in ("self", "cls")]))
    return found
