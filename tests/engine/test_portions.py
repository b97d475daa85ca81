"""What can only be done in portions or seen elsewhere: emptying a bucket, and watching something run."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from spa_pipeline.cases import picture, session
from support.clock import FakeClock
from support.clouds import Between
from support.sessions import carried_out, taken_back

from flows.engine import Call, Happening, Journal
from flows.engine.boto import Aws
from flows.practice import PracticeAccount


@pytest.mark.wild
def test_a_bucket_is_emptied_in_portions(
    account: PracticeAccount, cloud: Aws, journal: Journal, clock: FakeClock
) -> None:
    """However many files there are, and with what was deleted in versions."""

    class Small(Between):
        def make(self, call: Call) -> dict[str, Any]:
            if call.operation == "s3.ListObjectVersions":
                call = Call(call.operation, {**call.params, "MaxKeys": 2}, call.region)
            return super().make(call)

    before = picture(account.session)
    made = session(Small(cloud), journal, clock=clock)
    carried_out(made)
    s3: Any = account.session.client("s3")
    s3.put_bucket_versioning(Bucket="fjord-shop-front", VersioningConfiguration={"Status": "Enabled"})
    for number in range(5):
        s3.put_object(Bucket="fjord-shop-front", Key=f"{number}.html", Body=b"")
    s3.delete_object(Bucket="fjord-shop-front", Key="0.html")
    taken_back(made, files="delete")
    assert picture(account.session) == before


@pytest.mark.wild
def test_a_run_is_watched_where_its_stages_are(cloud: Aws, journal: Journal, clock: FakeClock) -> None:
    """The poll says when it is over, the watch how it is; where that cannot be read, the poll's own word is shown."""
    words: Iterator[str] = iter(["InProgress", "InProgress", "Succeeded"])

    class Running(Between):
        def make(self, call: Call) -> dict[str, Any]:
            answer = super().make(call)
            if call.operation == "codepipeline.ListPipelineExecutions":
                answer["pipelineExecutionSummaries"][0]["status"] = next(words, "Succeeded")
            return answer

    events = carried_out(session(Running(cloud), journal, clock=clock))
    waits = [event.now for event in events if event.kind is Happening.WAITING and event.action == "first-run"]
    assert waits
    assert all(now.startswith("Source ") for now in waits)
