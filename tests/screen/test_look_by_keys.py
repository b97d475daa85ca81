"""What a run made, looked at again on the full screen: put back, or accepted."""

from __future__ import annotations

import pytest
from person import somebody
from s3_lambda.cases import NAME, PHOTOS, session
from support.colleagues import client, resource
from support.sessions import carried_out

from flows.engine import Journal
from flows.engine.boto import Aws
from flows.practice import PracticeAccount
from tui.screen.workspace import Start


@pytest.fixture
def run(account: PracticeAccount, cloud: Aws, journal: Journal, monkeypatch: pytest.MonkeyPatch) -> str:
    """A run of which somebody took the permission away."""
    made = session(cloud, journal, PHOTOS)
    carried_out(made)
    statement = resource(made, "permission")
    client(account, "lambda").remove_permission(FunctionName=NAME, StatementId=statement)
    made.close()
    monkeypatch.setattr("flows.engine.sending.FRESH", 0)
    assert made.run is not None
    return made.run.id


async def test_what_is_gone_is_put_back(cloud: Aws, journal: Journal, run: str) -> None:
    async with somebody(cloud, Start(run=run)) as person:
        await person.press("l")
        await person.until("It is not as this run left it: of 2 steps 1 is gone.")
        person.sees("GONE Let S3 call", "was: handrail-", "Put back", "Accept")
        person.goes_without_clipping()
        await person.press("p")
        await person.until("Again: let S3 call")
        await person.press("a")
        await person.until("This needs your yes first")
        await person.press("enter")
        await person.until("You said yes. Enter takes that back.")
        await person.press("enter", "a")
        await person.until("This needs your yes first")
        await person.press("enter", "a")
        await person.until("Everything is created.")
        await person.press("l")
        await person.until("Everything is as this run left it (1 looked at).")
        person.goes_without_clipping()
    assert len(journal.records()) == 2


@pytest.mark.wild
async def test_esc_in_the_review_of_putting_back_leads_to_the_run(cloud: Aws, journal: Journal, run: str) -> None:
    async with somebody(cloud, Start(run=run)) as person:
        await person.press("l")
        await person.until("Put back")
        await person.press("p")
        await person.until("Again: let S3 call")
        await person.press("escape")
        await person.until("last changed")
        await person.press("l")
        await person.until("It is not as this run left it: of 2 steps 1 is gone.")
    assert len(journal.records()) == 1


@pytest.mark.wild
async def test_what_is_gone_is_accepted(cloud: Aws, run: str) -> None:
    async with somebody(cloud, Start(run=run)) as person:
        await person.press("l", "a")
        await person.until("Everything is as this run left it (1 looked at).")
        await person.press("escape")
        person.sees("last changed")
        await person.reads_on_to("What it cost when it was made")
