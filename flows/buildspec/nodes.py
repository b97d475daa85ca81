"""YAML's nodes, as the rules see them: with their places, each visited once, merged keys where they are used."""

from __future__ import annotations

import re
from collections.abc import Iterator

from yaml import MappingNode, Node, ScalarNode, SequenceNode

from .mistakes import Place

YAML = "tag:yaml.org,2002:"
BREAKS = re.compile(r"\r\n|[\r\n\x85\u2028\u2029]")
"""What YAML takes for the end of a line."""
DEPTH = 4
"""How far merged keys are followed: a file may merge a mapping into itself."""


def place(node: Node) -> Place:
    """Where a node stands. A block that begins on one line and ends on another is meant by its first line."""
    start, end = node.start_mark, node.end_mark
    if end.line != start.line:
        return Place(start.line + 1, start.column + 1, start.line + 1, start.column + 2)
    return Place(start.line + 1, start.column + 1, end.line + 1, max(end.column, start.column + 1) + 1)


def pairs(node: Node | None, depth: int = 0) -> Iterator[tuple[ScalarNode, Node]]:
    """The keys of a mapping and their values; nothing for anything else."""
    if not isinstance(node, MappingNode):
        return
    for key, value in node.value:
        if key.tag == f"{YAML}merge" and depth < DEPTH:
            for each in value.value if isinstance(value, SequenceNode) else [value]:
                yield from pairs(each, depth + 1)
        elif isinstance(key, ScalarNode):
            yield key, value


def items(node: Node | None) -> list[Node]:
    """The elements of a list, and a single value as a list of one, as CodeBuild takes it; nothing for anything else."""
    if isinstance(node, ScalarNode):
        return [] if empty(node) else [node]
    return list(node.value) if isinstance(node, SequenceNode) else []


def get(node: Node | None, *path: str) -> Node | None:
    """What stands behind keys, one in the other."""
    for name in path:
        node = next((value for key, value in pairs(node) if key.value == name), None)
    return node


def text(node: Node | None) -> str:
    """The text of a scalar; empty for anything else."""
    return str(node.value) if isinstance(node, ScalarNode) else ""


def kind(node: Node) -> str:
    """What YAML takes a node for: str, int, float, bool, null, timestamp, map, seq, or a tag of its own."""
    return str(node.tag).removeprefix(YAML)


def empty(node: Node) -> bool:
    return kind(node) == "null" or (isinstance(node, ScalarNode) and not node.value.strip())


def quoted(said: str) -> str:
    """A text in quotes in which YAML reads nothing else."""
    return "'" + said.replace("'", "''") + "'"


def lines(text: str) -> list[str]:
    """The lines of a file, as YAML counts them."""
    return BREAKS.split(text)
