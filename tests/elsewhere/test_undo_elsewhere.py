"""Undo in an account where somebody was at work since the run."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from elsewhere.everything import everything
from elsewhere.play import carried_out
from kills.scenes import CASES
from support.world import World, begun


@pytest.fixture(scope="session")
def founded() -> Iterator[World]:
    """The company, with everything that it has."""
    with begun() as world:
        for _ in range(2):  # some of it is there only once something else was asked for
            world.do(everything)
        yield world


@pytest.mark.parametrize("case", [case for case in CASES if case.startswith(("alb", "aurora", "website", "wordpress"))])
def test_what_is_gone_already_is_told_as_not_found(case: str, founded: World, tmp_path: Path) -> None:
    """Half of what was made is taken away by hand, then the other half: none of it is told as removed."""
    with carried_out(founded, CASES[case], tmp_path / "state") as stage:
        actions = [each.action for each in stage.made]
        wrong = {str(half): stage.taken_away(*half) for half in (actions[::2], actions[1::2]) if half}
    assert not any(wrong.values()), told(wrong)


def told(wrong: dict[str, list[str] | None]) -> str:
    named = {name: complaints for name, complaints in wrong.items() if complaints}
    return "\n".join(f"\n{name}\n  " + "\n  ".join(each[:600] for each in each_) for name, each_ in named.items())
