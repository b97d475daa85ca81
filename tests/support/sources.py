"""The source of both packages: each file read and parsed once, with what it imports."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
SOURCES = {
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path
    for package in ("flows", "tui")
    for path in sorted((ROOT / package).rglob("*.py"))
}
"""Every module of the two packages, by its name."""


def name_of(path: Path) -> str:
    """A file as it is called from the root of the project."""
    return str(path.relative_to(ROOT))


@cache
def text(path: Path) -> str:
    return path.read_text()


@cache
def nodes(path: Path) -> tuple[ast.AST, ...]:
    """Every node of a file's syntax tree, the module itself first."""
    return tuple(ast.walk(ast.parse(text(path))))


@cache
def imports(module: str) -> frozenset[str]:
    """What a module of ours imports anywhere in it: modules of ours by their full names, others as they are written.

    Inside a function and for the type checker alone count as well. `from a import b` means `a.b` where that is one of
    our modules, and else `a`.
    """
    return frozenset(found for found in _imported(module) if found != module)


def _imported(module: str) -> Iterator[str]:
    path = SOURCES[module]
    package = module.split(".") if path.name == "__init__.py" else module.split(".")[:-1]
    for node in nodes(path):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else []
            base = ".".join([*above, *([node.module] if node.module else [])])
            for alias in node.names:
                inner = f"{base}.{alias.name}"
                yield inner if inner in SOURCES else base
