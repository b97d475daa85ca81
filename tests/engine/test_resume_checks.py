"""A resume builds upon nothing that somebody took away, or made anew under its name, since the run stopped."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace

import pytest
from engine.test_restore import WITHOUT, begun, plan_for
from kills.scenes import CASES
from support.clock import FakeClock
from support.clouds import Between
from support.colleagues import client, resource
from support.sessions import answered, problems_of

from flows.engine import Action, Call, CloudError, Journal, Place, Session
from flows.engine.apply import apply
from flows.engine.boto import Aws
from flows.engine.refusals import changes
from flows.practice import PracticeAccount


def listener_deleted(account: PracticeAccount, made: Session) -> None:
    client(account, "elbv2").delete_listener(ListenerArn=resource(made, "https-listener"))


def bucket_of_theirs(account: PracticeAccount, made: Session) -> None:
    s3, name = client(account, "s3"), resource(made, "site")
    s3.delete_bucket(Bucket=name)
    s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
    s3.put_bucket_tagging(Bucket=name, Tagging={"TagSet": [{"Key": "owner", "Value": "payroll"}]})


def snapshot_of_theirs(account: PracticeAccount, made: Session) -> None:
    rds, name = client(account, "rds"), resource(made, "copy")
    (ours,) = rds.describe_db_snapshots(DBSnapshotIdentifier=name)["DBSnapshots"]
    rds.delete_db_snapshot(DBSnapshotIdentifier=name)
    rds.create_db_snapshot(DBSnapshotIdentifier=name, DBInstanceIdentifier=ours["DBInstanceIdentifier"])


def role_of_theirs(account: PracticeAccount, made: Session) -> None:
    iam, name = client(account, "iam"), resource(made, "start-role")
    trust = iam.get_role(RoleName=name)["Role"]["AssumeRolePolicyDocument"]
    iam.delete_role(RoleName=name)
    iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(trust))


def distribution_deleted(account: PracticeAccount, made: Session) -> None:
    cloudfront, one = client(account, "cloudfront"), {"Id": resource(made, "distribution")}
    config = cloudfront.get_distribution_config(**one)
    off = {**config["DistributionConfig"], "Enabled": False}
    etag = cloudfront.update_distribution(**one, IfMatch=config["ETag"], DistributionConfig=off)["ETag"]
    cloudfront.delete_distribution(**one, IfMatch=etag)


@pytest.mark.parametrize(
    ("case", "operation", "deed"),
    [
        ("alb, a listener", "elbv2.ModifyListener", listener_deleted),
        ("spa_pipeline", "s3.PutBucketWebsite", bucket_of_theirs),
        ("share_snapshot, with a key", "rds.ModifyDBSnapshotAttribute", snapshot_of_theirs),
        ("s3_pipeline, a new trail", "iam.PutRolePolicy", role_of_theirs),
        ("website, certificate and names", "s3.PutBucketPolicy", distribution_deleted),
    ],
)
@pytest.mark.some(1)
def test_a_resume_looks_first(
    account: PracticeAccount, journal: Journal, clock: FakeClock, case: str, operation: str,
    deed: Callable[[PracticeAccount, Session], None],
) -> None:  # fmt: skip
    scene, cloud = CASES[case], Aws(Place(practice=True), account.session, account.session_of)
    made = answered(scene, cloud, journal, clock)

    def refused(_: int, call: Call) -> None:
        if call.operation == operation:
            raise CloudError("Not yet.")

    made._account = Between(cloud, before=refused)
    assert problems_of(made)
    run = made.run
    assert run is not None and run.plan is not None
    deed(account, made)
    made.close()

    watched = Between(cloud)
    again = Session(made.flow, watched, journal, place=Place(practice=True), run=run, clock=clock)
    (problem, *_) = problems_of(again)
    assert "somebody took it away or changed it since this run made it" in problem.what
    assert operation not in {call.operation for call in watched.calls}
    assert run.record.status == "failed"
    list(again.undo(dict(each.split("=") for each in scene.decided)))
    assert run.record.status == "undone"


def test_a_setting_that_stood_like_that_before_stands(cloud: Aws, journal: Journal, account: PracticeAccount) -> None:
    """Where a run put what was there already, nothing was taken away."""
    plan = plan_for(WITHOUT)
    client(account, "s3").put_bucket_policy(Bucket=WITHOUT, Policy=plan.actions[0].call.params["Policy"])
    nothing = Action("then", "Look", Call("ec2.DescribeVpcs", {"VpcIds": ["vpc-0"]}), after=("policy",))
    further = replace(plan, actions=(*plan.actions, nothing))
    run = begun(journal, further)
    for _ in range(2):
        (problem,) = [each.problem for each in apply(run, further, cloud, clock=FakeClock()) if each.problem]
        assert "vpc-0" in str(problem), "it comes to that step each time"


def test_nothing_is_refused_where_nothing_is_left_to_do(
    account: PracticeAccount, journal: Journal, clock: FakeClock
) -> None:
    """Somebody changed what a run made long ago: it is what it is, and no failure."""
    cloud = Aws(Place(practice=True), account.session, account.session_of)
    made = answered(CASES["alb, a listener"], cloud, journal, clock)
    assert not problems_of(made)
    listener_deleted(account, made)
    watched = made._account = Between(cloud)
    assert not problems_of(made)
    assert made.run is not None and made.run.record.status == "done"
    assert not [call for call in watched.calls if changes(call)]
