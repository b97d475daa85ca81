"""What keeps a bucket's files from their function is mended, and is as before once that is undone."""

from __future__ import annotations

from typing import Any

import pytest
from s3_lambda.cases import BUCKET, NAME, picture
from s3_lambda.standing import QUEUE, Bucket
from s3_lambda.states import STATES
from support.clock import FakeClock
from support.repairs import check, mended_and_back, mended_or_why_not, repairing
from support.sessions import carried_out, taken_back

from flows.engine import Journal
from flows.engine.boto import Aws
from flows.practice import PracticeAccount

MENDED = {
    "without_permission": "permission",
    "rule_that_may_not_call": "permission",
    "rule_without_bridge": "way",
    "rule_switched_off": "way",
    "queue_not_fetched": "way",
    "never_runs": "function",
}
"""The states that a repair mends, and the rule that finds each."""


@pytest.mark.parametrize("state", MENDED)
@pytest.mark.some("without_permission")
def test_mended_and_taken_back(
    account: PracticeAccount, cloud: Aws, journal: Journal, clock: FakeClock, state: str
) -> None:
    STATES[state].made(Bucket(account))
    mended_and_back(
        "s3_lambda", cloud, journal, clock, {"bucket": BUCKET, "function": NAME}, lambda: seen(account),
        cause=MENDED[state],
    )  # fmt: skip


@pytest.mark.wild
def test_a_dead_receiver_is_taken_out_and_put_back(
    account: PracticeAccount, cloud: Aws, journal: Journal, clock: FakeClock
) -> None:
    bucket = Bucket(account)
    bucket.calls()
    bucket.put(QueueConfigurations=[{"Id": "dead", "QueueArn": QUEUE, "Events": ["s3:ObjectRemoved:*"]}])
    mended_and_back(
        "s3_lambda", cloud, journal, clock, {"bucket": BUCKET, "function": NAME}, lambda: seen(account), cause="other:",
    )  # fmt: skip


def test_of_two_dead_receivers_none_comes_back_and_no_colleagues_goes(
    account: PracticeAccount, cloud: Aws, journal: Journal, clock: FakeClock
) -> None:
    bucket = Bucket(account)
    bucket.calls()
    ours, first, second, theirs = (
        {"Id": name, "QueueArn": f"{QUEUE}-{name}", "Events": ["s3:ObjectRemoved:*"], "Filter": filtered(name)}
        for name in ("ours", "first", "second", "theirs")
    )
    account.session.client("sqs").create_queue(QueueName=f"{QUEUE.rpartition(':')[2]}-ours")

    def stand() -> Any:
        told = account.session.client("s3").get_bucket_notification_configuration(Bucket=BUCKET)
        return [each["Id"] for each in told["QueueConfigurations"]]

    bucket.put(QueueConfigurations=[ours, first, second])
    named = {"bucket": BUCKET, "function": NAME}
    made = repairing("s3_lambda", cloud, journal, clock, named, "other:first", "other:second")
    made.review()
    bucket.put(QueueConfigurations=[ours, first, second, theirs])
    carried_out(made)
    assert stand() == ["ours", "theirs"]
    bucket.put(QueueConfigurations=[theirs])
    taken_back(made)
    assert sorted(stand()) == ["first", "second", "theirs"]


def filtered(folder: str) -> Any:
    return {"Key": {"FilterRules": [{"Name": "prefix", "Value": f"{folder}/"}]}}


def seen(account: PracticeAccount) -> Any:
    lambdas: Any = account.session.client("lambda")
    events: Any = account.session.client("events")
    mappings = [(each["UUID"], each["State"]) for each in lambdas.list_event_source_mappings()["EventSourceMappings"]]
    rules = [(each["Name"], each["State"]) for each in events.list_rules()["Rules"]]
    concurrency = lambdas.get_function_concurrency(FunctionName=NAME).get("ReservedConcurrentExecutions")
    return picture(account.session), mappings, rules, concurrency


@pytest.mark.parametrize("state", [name for name, each in STATES.items() if each.status not in ("works", "unknown")])
@pytest.mark.some(every=5)
def test_every_state_has_a_repair_or_a_reason(account: PracticeAccount, cloud: Aws, state: str) -> None:
    STATES[state].made(Bucket(account))
    assert mended_or_why_not("s3_lambda", check("s3_lambda", cloud, {"bucket": BUCKET, "function": NAME})) == []
