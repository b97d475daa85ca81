"""A source whose bucket keeps no versions is mended, and paused again once that is undone."""

from __future__ import annotations

from typing import Any

import pytest
from s3_pipeline.cases import BUCKET, KEY, PIPELINE
from s3_pipeline.cases import picture as with_versions
from spa_pipeline.cases import picture
from spa_pipeline.delivery import Delivery
from spa_pipeline.standing import Answers
from spa_pipeline.standing import check as look
from spa_pipeline.states import STATES
from support.clock import FakeClock
from support.repairs import check, mended_or_why_not, repairing
from support.sessions import carried_out, taken_back

from flows.engine import Journal
from flows.engine.boto import Aws
from flows.practice import PracticeAccount

NAMED, ID = {"pipeline": PIPELINE}, f"file:{BUCKET}"


@pytest.mark.wild
def test_versions_are_kept_and_paused_again(
    account: PracticeAccount, cloud: Aws, journal: Journal, clock: FakeClock
) -> None:
    account.session.client("s3").put_object(Bucket=BUCKET, Key=KEY, Body=b"PK")
    before = with_versions(account.session), picture(account.session)
    found = check("spa_pipeline", cloud, NAMED)
    assert {each.id: each.grade.value for each in found.findings}[ID] == "refused"
    assert mended_or_why_not("spa_pipeline", found) == []
    made = repairing("spa_pipeline", cloud, journal, clock, NAMED, ID)
    carried_out(made)
    assert {each.id: each.grade.value for each in check("spa_pipeline", cloud, NAMED).findings}[ID] == "proved"
    taken_back(made)
    assert (with_versions(account.session), picture(account.session)) == before


def test_versions_that_somebody_else_reads_by_then_are_kept(
    account: PracticeAccount, cloud: Aws, journal: Journal, clock: FakeClock
) -> None:
    account.session.client("s3").put_object(Bucket=BUCKET, Key=KEY, Body=b"PK")
    made = repairing("spa_pipeline", cloud, journal, clock, NAMED, ID)
    carried_out(made)
    pipelines: Any = account.session.client("codepipeline")
    pipelines.create_pipeline(pipeline={**pipelines.get_pipeline(name=PIPELINE)["pipeline"], "name": "theirs"})
    list(made.undo())
    assert account.session.client("s3").get_bucket_versioning(Bucket=BUCKET)["Status"] == "Enabled"
    assert "Pipelines of others work with it: theirs." in made.receipt().left[0].why


@pytest.mark.parametrize("state", [name for name, each in STATES.items() if each.status not in ("works", "unknown")])
@pytest.mark.some(every=8)
def test_every_state_has_a_repair_or_a_reason(account: PracticeAccount, cloud: Aws, state: str) -> None:
    made = STATES[state]
    made.made(Delivery(account))
    found = look(Answers(cloud, made.answers, made.denied))
    assert mended_or_why_not("spa_pipeline", found) == []
