"""Applied, the database is as the answers say; undone, the account is as it was before."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from aurora.cases import AWAKE, SLEEPY, VARIANTS, picture, session, taken_back
from support.clock import FakeClock
from support.sessions import carried_out, there_and_back

from flows.aurora.handover import hand_over
from flows.engine import Journal, Refused, Session
from flows.engine.boto import Aws
from flows.practice import PracticeAccount
from tui import history
from tui.costs import total


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.some("servers")
@pytest.mark.quick
def test_undone_is_as_before(
    account: PracticeAccount, cloud: Aws, journal: Journal, clock: FakeClock, variant: str
) -> None:
    """Both engines, every way of access, with copies and protection; answering and reviewing only read."""
    made = session(cloud, journal, VARIANTS[variant], clock=clock)
    there_and_back(made, lambda: picture(account.session), final_snapshot="no")


@pytest.mark.wild
def test_a_database_that_sleeps(cloud: Aws, journal: Journal, clock: FakeClock, rds: Any) -> None:
    """One cluster and one instance of the serverless class, limits and pause as said, its password kept by AWS."""
    made = session(cloud, journal, SLEEPY, clock=clock)
    carried_out(made)
    (found,) = rds.describe_db_clusters(DBClusterIdentifier="shop-db")["DBClusters"]
    assert found["ServerlessV2ScalingConfiguration"] == {
        "MinCapacity": 0.0,
        "MaxCapacity": 4.0,
        "SecondsUntilAutoPause": 600,
    }
    assert found["MasterUserSecret"]["SecretStatus"] == "active"
    (member,) = found["DBClusterMembers"]
    (instance,) = rds.describe_db_instances(DBInstanceIdentifier=member["DBInstanceIdentifier"])["DBInstances"]
    assert (instance["DBInstanceClass"], instance["PubliclyAccessible"]) == ("db.serverless", False)
    create = next(action for action in made.review().plan.actions if action.id == "cluster").call.params
    assert "EngineMode" not in create
    assert "MasterUserPassword" not in create


@pytest.mark.wild
def test_a_database_that_never_sleeps_has_no_pause(cloud: Aws, journal: Journal, clock: FakeClock, rds: Any) -> None:
    carried_out(session(cloud, journal, AWAKE, clock=clock))
    (found,) = rds.describe_db_clusters(DBClusterIdentifier="shop-db")["DBClusters"]
    assert "SecondsUntilAutoPause" not in found["ServerlessV2ScalingConfiguration"]


@pytest.mark.wild
def test_what_can_carry_tags_says_whose_it_is(
    account: PracticeAccount, cloud: Aws, journal: Journal, clock: FakeClock, rds: Any
) -> None:
    """Name, run and set-up are on the cluster, the instance, the subnet group and the security group."""
    made = session(cloud, journal, clock=clock)
    carried_out(made)
    assert made.run is not None
    cluster = rds.describe_db_clusters(DBClusterIdentifier="shop-db")["DBClusters"][0]
    instance = rds.describe_db_instances(DBInstanceIdentifier="shop-db-1")["DBInstances"][0]
    group = rds.describe_db_subnet_groups(DBSubnetGroupName="shop-db")["DBSubnetGroups"][0]
    names = [{"Name": "group-name", "Values": ["shop-db-db"]}]
    firewall = account.session.client("ec2").describe_security_groups(Filters=names)["SecurityGroups"][0]
    listed = rds.list_tags_for_resource(ResourceName=group["DBSubnetGroupArn"])["TagList"]
    for tags in (cluster["TagList"], instance["TagList"], listed, firewall["Tags"]):
        found = {tag["Key"]: tag["Value"] for tag in tags}
        assert found["handrail:run"] == made.run.id
        assert found["handrail:flow"] == "aurora"
        assert found["Name"].startswith("shop-db")


def test_undo_wants_a_word_on_the_last_snapshot(
    account: PracticeAccount, cloud: Aws, journal: Journal, clock: FakeClock
) -> None:
    """Without it nothing is taken back; a word that is none is refused."""
    made = session(cloud, journal, clock=clock)
    carried_out(made)
    stands = picture(account.session)
    for decisions in ({}, {"final_snapshot": "maybe"}, {"last": "no"}):
        with pytest.raises(Refused):
            list(made.undo(decisions))
    assert picture(account.session) == stands
    (decision,) = made.to_decide()
    assert decision.default == "yes"


@pytest.mark.wild
def test_a_last_snapshot_is_kept_and_said(
    account: PracticeAccount, cloud: Aws, journal: Journal, clock: FakeClock, rds: Any
) -> None:
    """It is all that is left, the receipt names it and what it costs, and the undo is whole."""
    before = picture(account.session)
    made = session(cloud, journal, clock=clock)
    carried_out(made)
    taken_back(made, "yes")
    assert made.run is not None
    assert made.to_decide() == (), "nothing is there any more of which that could be decided"
    list(made.undo())
    name = f"shop-db-final-{made.run.id}"
    (left,) = made.receipt().left
    assert name in left.what
    assert "USD per GB" in left.costs
    after = picture(account.session)
    assert after["snapshots"].pop(name) == "shop-db"
    assert after == before
    shown = "\n".join(history.details(made.run))
    assert f"{name}: You asked to keep it. In the RDS console under Snapshots it is restored" in shown
    assert "Still costs money" in shown and "It costs" not in shown


@pytest.mark.wild
def test_what_the_hand_over_says(cloud: Aws, journal: Journal, clock: FakeClock) -> None:
    """Addresses, lines with time-outs that outlast waking, and proof that it answers."""
    made = session(cloud, journal, clock=clock)
    list(made.apply())
    told = made.hand_over()
    assert told.outputs["endpoint"].startswith("shop-db.cluster-")
    text = "\n".join(told.next_steps)
    assert "connect_timeout=30" in text
    assert "handrail --practice task database-awake --set cluster=shop-db" in text
    assert {finding.id: finding.grade.value for finding in told.findings} == {"capacity": "proved", "answers": "proved"}


def test_the_password_is_nowhere(account: PracticeAccount, cloud: Aws, journal: Journal, clock: FakeClock) -> None:
    """Not on disk, not in the plan, not in what is handed over: only AWS has it."""
    made = session(cloud, journal, clock=clock)
    list(made.apply())
    told = made.hand_over()
    secrets = account.session.client("secretsmanager")
    text = secrets.get_secret_value(SecretId=told.outputs["secret"])["SecretString"]
    password = json.loads(text)["password"].encode()
    assert password not in repr((told, made.review().plan)).encode()
    assert "every 7 days" in next(each.message for each in made.review().cautions if each.id == "password-changes")
    for path in Path(journal.folder).rglob("*"):
        assert not path.is_file() or password not in path.read_bytes()


@pytest.mark.parametrize("answers", [SLEEPY, VARIANTS["office hours"]])
def test_the_hand_over_tells_the_sum_of_the_review(
    cloud: Aws, answers: Mapping[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = session(cloud, None, answers).review().plan
    span = plan.facts["monthly"]
    assert total(plan.costs).startswith(f"About {span} USD a month, by how much it is used")
    outputs = dict.fromkeys(("cluster", "endpoint", "port", "database", "user", "arn", "secret"), "")
    monkeypatch.setattr(cloud, "make", lambda call: {"DBClusters": [{}]})
    told = hand_over(cloud, outputs, {**plan.facts, "outside": False, "data_api": False}).notes
    assert any(each.startswith(f"It costs about {span} USD a month, by how much it is used") for each in told)


@pytest.mark.wild
def test_the_cost_card(cloud: Aws) -> None:
    """Smallest, largest and asleep, each with its date, beside a provisioned one and what sleep still costs."""
    costs = session(cloud, None).review().plan.costs
    shown = {cost.what: cost.usd_per_hour for cost in costs}
    assert [str(shown[what]) for what in ("Awake, at its smallest (0.5 ACU)", "At its largest (4 ACU)")] == [
        "0.06",
        "0.48",
    ]
    assert shown["Asleep, compute"] == 0
    assert all(cost.as_of for cost in costs)
    notes = " ".join(cost.note for cost in costs)
    assert "db.t4g.medium" in notes
    assert "also while it is asleep" in notes
    assert "Asleep, compute" not in {cost.what for cost in session(cloud, None, AWAKE).review().plan.costs}


@pytest.mark.wild
def test_no_look_up_is_made_twice(account: PracticeAccount, cloud: Aws) -> None:
    """Answering and reviewing ask AWS each thing once."""
    from support.clouds import Between

    counted = Between(cloud)
    made: Session = session(counted, None, VARIANTS["copies"])
    made.review()
    asked = [(call.operation, repr(call.params)) for call in counted.calls]
    assert len(asked) == len(set(asked))
    assert len([name for name, _ in asked if name != "iam.SimulatePrincipalPolicy"]) < 15
