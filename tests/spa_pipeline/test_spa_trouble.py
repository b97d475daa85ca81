"""Denied at any call, a run can be taken back whole; and a plain moto without our gaps is enough."""

from __future__ import annotations

import boto3
import pytest
from support.clock import FakeClock
from support.clouds import Between
from support.spa import CODECOMMIT, carried_out, picture, session, taken_back

import flows
from flows.engine import Call, Journal, Place, Session
from flows.engine.cloud import Aws, changes, explain
from flows.practice import PracticeAccount


def changing(cloud: Aws) -> list[str]:
    return [each.call.operation for each in session(cloud, None).review().plan.actions if changes(each.call)]


def test_denied_at_each_call(account: PracticeAccount, cloud: Aws, journal: Journal, clock: FakeClock) -> None:
    """Each operation in turn: a sentence with the permission, and undo leaves the account as it was."""
    before = picture(account.session)
    for operation in dict.fromkeys(changing(cloud)):

        def strike(_: int, call: Call, operation: str = operation) -> None:
            if call.operation == operation:
                raise explain(call, {"Error": {"Code": "AccessDenied", "Message": "no"}})

        made = session(Between(cloud, before=strike), journal, clock=clock)
        problems = [event.problem for event in made.apply() if event.problem]
        assert "You are not allowed to " in str(problems[0]), operation
        assert made.run is not None
        assert made.run.record.status == "failed"
        made.close()
        again = Session(
            flows.find("spa_pipeline"), cloud, journal, place=Place(practice=True), run=made.run, clock=clock
        )
        taken_back(again)
        again.close()
        assert picture(account.session) == before, operation


def test_without_the_practice_account(journal: Journal, clock: FakeClock, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another emulator, which runs no pipelines: done, nothing is claimed, and undone as before."""
    moto = pytest.importorskip("moto")
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    with moto.mock_aws():
        account = boto3.Session(region_name="eu-central-1")
        before = picture(account)
        made = session(Aws(Place(), account), journal, CODECOMMIT, clock=clock)
        carried_out(made)
        taken_back(made)
        assert picture(account) == before
