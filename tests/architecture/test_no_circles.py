"""No module needs another that needs it: each can be read, and changed, knowing only what is below it.

An import inside a function or for the type checker alone is one as any other: it only hides that the two cannot do
without each other. That a module's own package is loaded before it is no import of it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping

import pytest
from support.sources import SOURCES, imports

Graph = Mapping[str, frozenset[str]]


def graph_of(package: str) -> Graph:
    """Every module of a package with those of the same package that it imports."""
    modules = {name for name in SOURCES if name.partition(".")[0] == package}
    return {name: imports(name) & modules for name in modules}


def round_trip(graph: Graph, start: str) -> tuple[str, ...]:
    """The shortest way from a module back to itself; empty if there is none."""
    ways, seen = deque([(start,)]), set[str]()
    while ways:
        way = ways.popleft()
        for target in sorted(graph[way[-1]]):
            if target == start:
                return (*way, start)
            if target not in seen:
                seen.add(target)
                ways.append((*way, target))
    return ()


def circles(graph: Graph) -> Iterator[str]:
    """The shortest circle of every knot of modules that can all reach each other."""
    found = {module: way for module in sorted(graph) if (way := round_trip(graph, module))}
    told: set[str] = set()
    for module, way in sorted(found.items(), key=lambda each: len(each[1])):
        if module not in told:
            knot = {other for other in found if reaches(graph, module, other) and reaches(graph, other, module)}
            told |= knot
            yield f"{len(knot)} modules in a knot, of which {' → '.join(way)}"


def reaches(graph: Graph, start: str, end: str) -> bool:
    known, ahead = {start}, [start]
    while ahead:
        new = graph[ahead.pop()] - known
        known |= new
        ahead.extend(new)
    return end in known


@pytest.mark.parametrize("package", ["flows", "tui"])
def test_nothing_imports_in_a_circle(package: str) -> None:
    assert list(circles(graph_of(package))) == []


def test_a_circle_is_found_and_told_by_its_shortest_way() -> None:
    graph = {
        "a": frozenset("b"), "b": frozenset("ca"), "c": frozenset("d"), "d": frozenset("b"), "e": frozenset("a"),
        "x": frozenset("yz"), "y": frozenset(), "z": frozenset("x"),
    }  # fmt: skip
    assert list(circles(graph)) == [
        "4 modules in a knot, of which a → b → a",
        "2 modules in a knot, of which x → z → x",
    ]
