"""From text to YAML's nodes."""

from __future__ import annotations

from dataclasses import dataclass

import yaml
from yaml import MappingNode, Node

from .mistakes import Mistake
from .nodes import lines
from .stumbles import tab, tabbed, told, whole


@dataclass(frozen=True)
class Read:
    """The nodes of a file, or None, and the mistakes in its writing."""

    root: MappingNode | None
    mistakes: tuple[Mistake, ...]


def read(text: str) -> Read:
    """Take the file apart."""
    if not text.strip():
        return Read(None, (whole("The file is empty. Its first line must be: version: 0.2"),))
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError as error:
        return Read(None, told(error, text))
    except RecursionError:
        return Read(None, (whole("The file is nested too deeply to be read."),))
    if root is None:
        return Read(None, (whole("The file holds nothing but comments. Its first line must be: version: 0.2"),))
    if not isinstance(root, MappingNode):
        kind = "a list" if isinstance(root, yaml.SequenceNode) else "a text"
        return Read(None, (whole(f"The file is {kind}. It must be keys with values, beginning with: version: 0.2"),))
    inside = _inside(root)
    return Read(root, tuple(tab(at) for at, line in enumerate(lines(text), 1) if tabbed(line) and at not in inside))


def _inside(root: Node) -> set[int]:
    """The lines that are text of blocks and quotes, where a tab is a tab."""
    seen, todo, inside = set[int](), [root], set[int]()
    while todo:
        node = todo.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        if isinstance(node, yaml.ScalarNode) and node.style:
            inside |= set(range(node.start_mark.line + 2, node.end_mark.line + 2))
        elif isinstance(node, yaml.SequenceNode):
            todo += node.value
        elif isinstance(node, MappingNode):
            todo += [part for pair in node.value for part in pair]
    return inside
