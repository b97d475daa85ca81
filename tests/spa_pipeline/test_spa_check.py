"""What the check and the hand-over say about a pipeline: healthy, waiting, broken, and with what in the log."""

from __future__ import annotations

from typing import Any

import pytest
from spa_pipeline.cases import CODECOMMIT, ZIP, session
from support.clock import FakeClock
from support.sessions import carried_out

import flows
from flows.engine import Journal
from flows.engine.boto import Aws
from flows.practice import PracticeAccount


def with_zip(account: PracticeAccount) -> None:
    s3: Any = account.session.client("s3")
    s3.put_bucket_versioning(Bucket="fjord-coffee-artifacts", VersioningConfiguration={"Status": "Enabled"})
    s3.put_object(Bucket="fjord-coffee-artifacts", Key="source.zip", Body=b"PK")


def check(cloud: Aws, pipeline: str = "shop-front") -> dict[str, str]:
    found = flows.find("spa_pipeline").diagnose(cloud, {"pipeline": pipeline})
    return {each.id: f"{each.grade} {each.sentence} {each.remedy}" for each in found}


def test_a_healthy_one(account: PracticeAccount, cloud: Aws, journal: Journal, clock: FakeClock) -> None:
    with_zip(account)
    made = session(cloud, journal, ZIP, clock=clock)
    events = carried_out(made)
    assert any(event.action == "first-run" for event in events)
    assert made.run is not None
    assert made.run.record.status == "done"
    said = check(cloud)
    assert said["stage-source"].startswith("proved The stage Source succeeded.")
    assert said["stage-build"].startswith("proved The stage Build succeeded.")


@pytest.mark.wild
def test_an_empty_repository_waits_for_a_push(cloud: Aws, journal: Journal, clock: FakeClock) -> None:
    made = session(cloud, journal, CODECOMMIT, clock=clock)
    carried_out(made)
    assert made.run is not None
    assert made.run.record.status == "waiting"
    assert check(cloud)["branch"] == "waiting shop-front is empty. Push a first commit."
    assert check(cloud)["stage-source"].startswith("waiting")


@pytest.mark.wild
def test_the_wrong_folder(account: PracticeAccount, cloud: Aws, journal: Journal, clock: FakeClock) -> None:
    """The failing phase, the command, what it means and what to do; nothing of what went before."""
    with_zip(account)
    carried_out(session(cloud, journal, {**ZIP, "build_output": "build"}, clock=clock))
    said = check(cloud)["build"]
    assert said.startswith("refused The build failed in POST_BUILD at “test -f")
    assert "COMMAND_EXECUTION_ERROR" in said
    assert "The build left no index.html in the folder." in said
    assert said.endswith("Answer build_output with the folder it makes.")


def test_one_that_is_not_there(cloud: Aws) -> None:
    assert "There is no pipeline nope here." in check(cloud, "nope")["pipeline"]
