"""Each rule that can be broken says why it matters, in a sentence of its own, and every face shows it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

import flows
from flows.engine import Finding, Grade, Place
from flows.engine.boto import Aws
from flows.engine.cache import CachedCloud
from flows.engine.checking import look
from tui import verdicts
from tui.cli.json_output import checked
from tui.screen.screens.finding_rows import one_finding

ROOT = Path(flows.__file__).parent
ELSEWHERE = {"checks.py", "transit_rules.py", "answers.py", "handover.py", "repairs.py"}
"""Rooms of what is found beforehand, by a run, or by a repair."""
MAKERS = {"broken", "caution", "waits"}
WRONG = ("REFUSED", "CAUTION", "WAITING")


def begun(node: ast.expr, within: ast.AST) -> Iterator[str]:
    """How the id of a finding begins, as far as it is written down."""
    if isinstance(node, ast.IfExp):
        yield from (*begun(node.body, within), *begun(node.orelse, within))
    elif isinstance(node, ast.Name):
        for each in ast.walk(within):
            if isinstance(each, ast.Assign) and any(
                isinstance(to, ast.Name) and to.id == node.id for to in each.targets
            ):
                yield from begun(each.value, within)
    elif isinstance(first := node.values[0] if isinstance(node, ast.JoinedStr) else node, ast.Constant):
        yield str(first.value).rstrip("-")


@cache
def functions(set_up: str) -> list[ast.FunctionDef]:
    """All that looks at something in a set-up."""
    rooms = [path for path in (ROOT / set_up).glob("*.py") if path.name not in ELSEWHERE]
    trees = [ast.parse(path.read_text()) for path in rooms]
    return [each for tree in trees for each in ast.walk(tree) if isinstance(each, ast.FunctionDef)]


def rules(set_up: str) -> Iterator[str]:
    """The rules of a set-up that can be broken."""
    for function in functions(set_up):
        yield from broken_in(function)


def broken_in(function: ast.FunctionDef) -> Iterator[str]:
    """The rules that one function finds broken."""
    for call in (each for each in ast.walk(function) if isinstance(each, ast.Call) and len(each.args) > 1):
        name = getattr(call.func, "id", "")
        graded = name == "Finding" and any(word in ast.unparse(call.args[1]) for word in WRONG)
        if name in MAKERS or graded:
            yield from begun(call.args[0], function)


@pytest.mark.parametrize("set_up", flows.CHECKS)
def test_each_rule_that_can_be_broken_says_why_it_matters(set_up: str) -> None:
    matters, found = flows.find(set_up).matters, set(rules(set_up))
    assert len(found) >= min(len(matters), 4), "they are looked for where they are no more"
    assert [rule for rule in found if not Finding(rule, Grade.REFUSED, "").of_rule(matters)] == []
    for why in matters.values():
        assert why.endswith(".") and why[0].isupper() and len(why) < 120, why


PLANNED = {"route-table-full:"}
"""What is only looked at before anything is made, in a room that both share."""
MENDING = ("mended_by", "repairs.", "_led(", "beyond=")


def unmended(set_up: str) -> Iterator[str]:
    """The rules of a set-up that can be broken where nothing is spoken of that would mend it."""
    for function in functions(set_up):
        if not any(word in ast.unparse(function) for word in MENDING):
            yield from broken_in(function)


@pytest.mark.parametrize("set_up", flows.CHECKS)
def test_each_rule_that_can_be_broken_is_mended_or_says_why_it_is_not(set_up: str) -> None:
    beyond = flows.find(set_up).beyond
    unsaid = {rule for rule in unmended(set_up) if not Finding(rule, Grade.REFUSED, "").of_rule(beyond)}
    assert unsaid - PLANNED == set()
    assert all(why.endswith(".") for why in beyond.values())


def test_the_longest_beginning_counts_and_ends_at_a_part_of_the_id() -> None:
    said = {"key": "a", "key-state": "b"}
    told = {
        id: Finding(id, Grade.PROVED, "").of_rule(said) for id in ("key", "key:1", "key-state:1", "key-use", "keys")
    }
    assert told == {"key": "a", "key:1": "a", "key-state:1": "b", "key-use": "a", "keys": ""}


def test_every_face_says_why_it_matters(cloud: Aws) -> None:
    alb, place = flows.find("alb"), Place(practice=True)
    told = look(alb, CachedCloud(cloud), {"load_balancer": "office"}, place)
    (wrong,) = [each for each in told.findings if each.id == told.cause]
    assert f"          why it matters: {wrong.why}" in verdicts.checked(alb, told, place)
    said = {each["id"]: each["why"] for each in checked(told)["findings"]}
    assert said[wrong.id] == wrong.why
    assert [row.text for row in one_finding(wrong, told) if row.lead == "it matters"] == [wrong.why]
