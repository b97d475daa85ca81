"""Undo in an account where somebody was at work since the run."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import pytest
from elsewhere.colleague import DEEDS, NOBODY, Deed
from elsewhere.hand import Made
from elsewhere.play import Stage, carried_out
from kills.scenes import CASES, FIRST
from support.world import World

pytestmark = pytest.mark.xdist_group("elsewhere")
ONE = pytest.mark.parametrize("stage", FIRST.values(), indirect=True)
"""One case of each set-up."""
EVERY = pytest.mark.parametrize("stage", CASES, indirect=True)


@pytest.fixture(scope="module")
def stage(request: pytest.FixtureRequest, founded: World, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with carried_out(founded, CASES[request.param], tmp_path_factory.mktemp("stage") / "state") as stage:
        yield stage


@ONE
@pytest.mark.wild
def test_what_is_gone_already_is_told_as_not_found(stage: Stage) -> None:
    """Every other thing that was made is taken away by hand, and what leans on it: none of it is told as removed."""
    assert stage.taken_away(*[each.action for each in stage.made][::2]) == []


@pytest.mark.wild
@EVERY
def test_whatever_one_thing_is_gone_already(stage: Stage) -> None:
    """Each thing is taken away by hand, one at a time: it is not told as removed, and the rest is as before."""
    wrong = {each.action: stage.taken_away(each.action) for each in stage.made}
    assert not any(wrong.values()), told(wrong)


@ONE
@pytest.mark.some("s3_lambda")
def test_what_others_did_is_left(stage: Stage) -> None:
    """What is somebody else's, and what that needs, is left and named; undo ends.

    One deed of each kind is tried, but for those that nobody would miss.
    """
    others_at_work(stage, [each for each in stage.deeds() if not each[1].mere], lambda made, deed: deed.kind)


@pytest.mark.wild
@EVERY
def test_whatever_others_did_is_left(stage: Stage) -> None:
    """The same with every deed, to the first thing of each operation."""
    others_at_work(stage, stage.deeds(), lambda made, deed: (made.operation, deed))


def others_at_work(stage: Stage, deeds: Iterable[tuple[Made, Deed]], alike: Callable[[Made, Deed], object]) -> None:
    """Of deeds that are alike one is tried, the first to which there is something that it can be done to."""
    operations = {made.operation for made in stage.made}
    assert operations <= DEEDS.keys() | NOBODY.keys(), "say what a colleague may do to the work of a new operation"
    wrong: dict[str, list[str] | None] = {}
    done = set[object]()
    for made, deed in deeds:
        if alike(made, deed) in done:
            continue
        found = wrong[f"{made.action}: {deed.name}"] = stage.done_to(made, deed)
        if found is not None:
            done.add(alike(made, deed))
    assert done, "nothing was done to it"
    assert not any(wrong.values()), told(wrong)


def told(wrong: dict[str, list[str] | None]) -> str:
    named = {name: complaints for name, complaints in wrong.items() if complaints}
    return "\n".join(f"\n{name}\n  " + "\n  ".join(each[:600] for each in each_) for name, each_ in named.items())
