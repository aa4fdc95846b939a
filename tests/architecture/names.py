"""Names that nothing uses, and functions that ask for too much."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections import Counter
from collections.abc import Iterable, Iterator

from tests.architecture.source import ROOT, Source, application

# Whatever calls these does not name them: click, and those whose interfaces we implement.
CALLED_BY_OTHERS = {
    *("authenticate_request", "type_annotation_map", "emit"),
    *("_serialize", "_deserialize"),
}
# A journal is taken back by platforms that are not atomic, of which the tests have one; pieces are
# shared with clients in the database only, so far.
ONLY_IN_TESTS = {"take_back", "ContentShare"}
MANY = 6
WORD = re.compile(r"\b[A-Za-z_]\w*\b")


def everything() -> Counter[str]:
    """How often each name stands in the code, and each word in templates and migrations. What only
    tests name is used by nobody."""
    found: Counter[str] = Counter()
    for source in application():
        found.update(_named(source.text))
    for top in ("templates", "webapp", "migrations", "benchmarks"):
        for path in (ROOT / top).rglob("*"):
            if path.suffix == ".html" or (path.suffix == ".py" and top not in ("webapp",)):
                found.update(WORD.findall(path.read_text()))
    return found


def _named(text: str) -> Iterator[str]:
    """The names of a module, without what stands in comments and docstrings."""
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.NAME:
            yield token.string
        elif token.type == tokenize.STRING and not token.string.startswith('"""'):
            yield from WORD.findall(token.string)


def unused(source: Source, used: Counter[str]) -> list[str]:
    """Functions, classes and constants of a module that nothing names but their own definition."""
    return [
        f"line {line}: {name}"
        for line, name in _defined(source.tree)
        if used[name] < 2
        and not name.startswith("__")
        and name not in CALLED_BY_OTHERS | ONLY_IN_TESTS
    ]


def _defined(tree: ast.Module) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and not _is_command(node)
        ) or isinstance(node, ast.ClassDef):
            yield node.lineno, node.name
    for statement in tree.body:
        targets = statement.targets if isinstance(statement, ast.Assign) else []
        if isinstance(statement, ast.AnnAssign):
            targets = [statement.target]
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
