"""A module of the application, or a template of its pages, as a rule reads it."""

from __future__ import annotations

import ast
import subprocess
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

ROOT = Path(__file__).parents[2]
WEBAPP = ROOT / "webapp"


@dataclass(frozen=True)
class Source:
    """`name` is the dotted name of the module, "webapp.queue.pages"; `text` its source."""

    name: str
    text: str

    @classmethod
    def of(cls, path: Path) -> Source:
        return cls(
            ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"),
            path.read_text(),
        )

    def __str__(self) -> str:
        return self.name.removeprefix("webapp.")

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text, self.name)

    @cached_property
    def imports(self) -> set[str]:
        """Full names of what it imports, also inside functions."""
        found: set[str] = set()
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                found |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
        return found

    @property
    def calls(self) -> list[ast.Call]:
        return [node for node in ast.walk(self.tree) if isinstance(node, ast.Call)]


@cache
def application() -> list[Source]:
    """Every module of the application."""
    return [Source.of(path) for path in sorted(WEBAPP.rglob("*.py"))]


def templates() -> list[Source]:
    """Every template of a page: beside the application, and in the platforms' folders."""
    folders = (ROOT / "templates", WEBAPP)
    return [Source.of(path) for folder in folders for path in sorted(folder.rglob("*.html"))]


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
