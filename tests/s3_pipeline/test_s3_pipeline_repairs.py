"""What keeps a file from starting its pipeline is mended, and is as before once that is undone."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from s3_pipeline.cases import BUCKET, PIPELINE, picture
from s3_pipeline.standing import OLD, STARTS, Delivery, WithPolicies
from s3_pipeline.states import STATES
from s3_pipeline.what_starts_it import any_file, in_circles
from support.clock import FakeClock
from support.repairs import check, mended_and_back, mended_or_why_not, repairing
from support.sessions import carried_out, taken_back

from flows.engine import Journal
from flows.engine.boto import Aws
from flows.practice import ACCOUNT_ID, PracticeAccount

Breaks = Callable[[Delivery], None]


def no_versions(delivery: Delivery) -> None:
    delivery.client("s3").put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Suspended"})


def tells_nobody(delivery: Delivery) -> None:
    delivery.client("s3").put_bucket_notification_configuration(Bucket=BUCKET, NotificationConfiguration={})


def switched_off(delivery: Delivery) -> None:
    delivery.client("events").disable_rule(Name=OLD)


def another_file(delivery: Delivery) -> None:
    delivery.listens(key="another.zip")


def may_not_start(delivery: Delivery) -> None:
    iam = delivery.client("iam")
    for each in iam.list_role_policies(RoleName=STARTS)["PolicyNames"]:
        iam.delete_role_policy(RoleName=STARTS, PolicyName=each)


def asks_too(delivery: Delivery) -> None:
    pipelines = delivery.client("codepipeline")
    one = pipelines.get_pipeline(name=PIPELINE)["pipeline"]
    one["stages"][0]["actions"][0]["configuration"]["PollForSourceChanges"] = "true"
    pipelines.update_pipeline(pipeline=one)


def nobody_watches(delivery: Delivery) -> None:
    tells_nobody(delivery)
    delivery.client("events").remove_targets(Rule=OLD, Ids=["deliver-shop"])


REALLY: dict[str, tuple[str, Breaks]] = {
    each.__name__: (cause, each)
    for cause, each in (
        ("versioning", no_versions), ("bucket-events", tells_nobody), ("rule-on", switched_off),
        ("pattern", another_file), ("role", may_not_start), ("", asks_too), ("watched", nobody_watches),
        ("loop", in_circles), ("other-files", any_file),
    )
}  # fmt: skip
"""The states that a repair mends, and the rule that finds each."""


@pytest.mark.parametrize("state", REALLY)
@pytest.mark.some("another_file")
def test_mended_and_taken_back(
    account: PracticeAccount, cloud: Aws, journal: Journal, clock: FakeClock, state: str
) -> None:
    cause, breaks = REALLY[state]
    breaks(Delivery(account))
    made = mended_and_back(
        "s3_pipeline", cloud, journal, clock, {"pipeline": PIPELINE}, lambda: seen(account), cause=cause,
    )  # fmt: skip
    makes = {tells_nobody, may_not_start, nobody_watches}  # all else was there before: it is put back, not taken away
    assert bool(made.receipt().removed) is (breaks in makes)


def asked(account: PracticeAccount) -> Any:
    one = account.session.client("codepipeline").get_pipeline(name=PIPELINE)["pipeline"]
    return one["stages"][0]["actions"][0]["configuration"].get("PollForSourceChanges")


@pytest.mark.parametrize("breaks", [another_file, switched_off, may_not_start], ids=lambda each: each.__name__)
@pytest.mark.some(1)
def test_what_starts_it_is_not_taken_away_while_no_rule_works(
    account: PracticeAccount, cloud: Aws, journal: Journal, clock: FakeClock, breaks: Breaks
) -> None:
    """It works by its own asking, so the rule beside that is a caution; once the rule is right, asking can end."""
    delivery = Delivery(account)
    asks_too(delivery)
    breaks(delivery)
    before = check("s3_pipeline", cloud, {"pipeline": PIPELINE})
    assert before.status == "works_but"
    assert "polling" not in {each.repair for each in before.findings}
    made = repairing("s3_pipeline", cloud, journal, clock, {"pipeline": PIPELINE})
    carried_out(made)
    assert asked(account) == "true"
    after = check("s3_pipeline", cloud, {"pipeline": PIPELINE})
    assert "polling" in {each.repair for each in after.findings}
    made.close()


@pytest.mark.parametrize(
    ("breaks", "kept"), [(another_file, "The rule"), (asks_too, "The pipeline"), (no_versions, "The bucket")]
)
def test_who_keeps_what_is_changed_is_told_and_needs_a_yes(
    account: PracticeAccount, cloud: Aws, journal: Journal, clock: FakeClock, breaks: Breaks, kept: str
) -> None:
    delivery, tag = Delivery(account), {"Key": "ManagedBy", "Value": "terraform"}
    breaks(delivery)
    rule = f"arn:aws:events:eu-central-1:{ACCOUNT_ID}:rule/{OLD}"
    pipeline = f"arn:aws:codepipeline:eu-central-1:{ACCOUNT_ID}:{PIPELINE}"
    delivery.client("events").tag_resource(ResourceARN=rule, Tags=[tag])
    delivery.client("codepipeline").tag_resource(resourceArn=pipeline, tags=[{"key": "iac", "value": "terraform"}])
    delivery.client("s3").put_bucket_tagging(Bucket=BUCKET, Tagging={"TagSet": [tag]})
    made = repairing("s3_pipeline", cloud, journal, clock, {"pipeline": PIPELINE})
    said = [each for each in made.review().cautions if each.id == "managed"]
    assert [each.message.partition(" is managed by ")[0].startswith(kept) for each in said] == [True]
    assert all(each.confirm for each in said)
    made.close()


def test_what_a_rule_is_besides_stays_with_it(
    account: PracticeAccount, cloud: Aws, journal: Journal, clock: FakeClock
) -> None:
    """Its schedule, its switch and its words are its own, also what a colleague makes of them since."""
    another_file(Delivery(account))
    events: Any = account.session.client("events")
    heard = events.describe_rule(Name=OLD)["EventPattern"]
    events.put_rule(Name=OLD, EventPattern=heard, ScheduleExpression="rate(1 day)")
    before = rule(account)
    made = repairing("s3_pipeline", cloud, journal, clock, {"pipeline": PIPELINE}, f"pattern:{OLD}")
    made.review()
    events.put_rule(
        Name=OLD, EventPattern=heard, ScheduleExpression="rate(2 days)", Description="theirs", State="DISABLED"
    )
    theirs = {**before, "ScheduleExpression": "rate(2 days)", "Description": "theirs", "State": "DISABLED"}
    carried_out(made)
    mended = rule(account)
    assert mended["EventPattern"] != heard and {**mended, "EventPattern": heard} == theirs
    role = f"arn:aws:iam::{ACCOUNT_ID}:role/{STARTS}"
    events.put_rule(Name=OLD, EventPattern=mended["EventPattern"], RoleArn=role)
    unscheduled = {name: each for name, each in before.items() if name != "ScheduleExpression"}
    taken_back(made)
    assert rule(account) == {**unscheduled, "RoleArn": role}


def test_a_rule_is_switched_on_once_it_hears_the_right_file(
    account: PracticeAccount, cloud: Aws, journal: Journal, clock: FakeClock
) -> None:
    delivery = Delivery(account)
    another_file(delivery)
    switched_off(delivery)
    before = rule(account)
    made = repairing("s3_pipeline", cloud, journal, clock, {"pipeline": PIPELINE})
    hears, on = f"pattern-{OLD}", f"enable-{OLD}"
    assert [each.id for each in made.review().plan.actions] == [hears, on]
    assert made.review().plan.actions[1].needs == {hears}
    carried_out(made)
    assert rule(account)["State"] == "ENABLED" and rule(account)["EventPattern"] != before["EventPattern"]
    taken_back(made)
    assert rule(account) == before


def rule(account: PracticeAccount) -> dict[str, Any]:
    told: dict[str, Any] = account.session.client("events").describe_rule(Name=OLD)
    return {name: each for name, each in told.items() if name != "ResponseMetadata"}


def seen(account: PracticeAccount) -> Any:
    events: Any = account.session.client("events")
    rule = events.describe_rule(Name=OLD)
    targets = events.list_targets_by_rule(Rule=OLD)["Targets"]
    return picture(account.session), json.loads(rule["EventPattern"]), rule["State"], rule.get("Description"), targets


@pytest.mark.parametrize("state", [name for name, each in STATES.items() if each.status not in ("works", "unknown")])
@pytest.mark.some(every=4)
def test_every_state_has_a_repair_or_a_reason(account: PracticeAccount, cloud: Aws, state: str) -> None:
    STATES[state].made(Delivery(account))
    found = check("s3_pipeline", WithPolicies(cloud, STATES[state].policies), {"pipeline": PIPELINE})
    assert mended_or_why_not("s3_pipeline", found) == []
