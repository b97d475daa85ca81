"""What an earlier release wrote down is still gone on with, and taken back, as it was begun."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

import pytest
from kills.scenes import CASES
from support.clock import FakeClock
from support.former import FOLDER, HALF_WAY, RUNS, Former, company, decided

import flows
from flows.engine import Journal, Place, Session
from flows.engine.boto import Aws
from flows.practice import PracticeAccount


def test_every_set_up_of_that_release_is_among_them() -> None:
    """One that was added since has no runs of it."""
    text = (FOLDER / "first" / "journal.sql").read_text(encoding="utf-8")
    made = {CASES[case].flow for case in RUNS.values()}
    assert made == {flow for flow in flows.SET_UPS if f"'{flow}'" in text} and len(made) == 10


@pytest.fixture(scope="module")
def account() -> Iterator[PracticeAccount]:
    """One for all: each run is taken back in the end."""
    with PracticeAccount(None, region="eu-central-1", hurry=True) as account:
        account.session.client = cache(account.session.client)  # type: ignore[method-assign]
        yield account


@pytest.fixture(scope="module")
def now(account: PracticeAccount) -> Mapping[str, str]:
    return company(account.session)


@pytest.fixture
def former(now: Mapping[str, str], tmp_path: Path) -> Former:
    return Former(tmp_path / "state" / "handrail", now)


def session(former: Former, run: str, cloud: Aws, clock: FakeClock) -> Session:
    """Where somebody goes on with it who says where it was made."""
    kept = Journal(former.folder).run(run)
    place = Place(practice=True, region="eu-central-1")
    return Session(flows.find(kept.record.flow), cloud, Journal(former.folder), place=place, run=kept, clock=clock)


@pytest.mark.parametrize("run", RUNS)
@pytest.mark.some("s3-lambda-thdsm99e", "share-ami-mzz78990", "vpn-5crr070y")
def test_a_run_of_the_first_release_is_taken_back(
    run: str, former: Former, account: PracticeAccount, cloud: Aws, clock: FakeClock
) -> None:
    """From its kept plan alone, whether it was done, stopped half-way, killed, or taken back in part."""
    case = CASES[RUNS[run]]
    before = case.picture(account)
    former.relive(run, cloud, clock)
    assert case.picture(account) != before
    made = session(former, run, cloud, clock)
    list(made.undo(decided(made.run, case)))
    assert made.receipt().complete
    assert case.picture(account) == before


@pytest.mark.parametrize("run", HALF_WAY)
@pytest.mark.some("aurora-2fyje0w0")
def test_a_run_of_the_first_release_is_gone_on_with(
    run: str, former: Former, account: PracticeAccount, cloud: Aws, clock: FakeClock
) -> None:
    """What it has is not made again, the rest is made, and all of it can be taken back."""
    case = CASES[RUNS[run]]
    before = case.picture(account)
    former.relive(run, cloud, clock)
    made = session(former, run, cloud, clock)
    assert not [event.problem for event in made.apply() if event.problem]
    made.hand_over()
    assert made.run is not None and made.run.record.status == case.ends
    list(made.undo(decided(made.run, case)))
    assert made.receipt().complete
    assert case.picture(account) == before
