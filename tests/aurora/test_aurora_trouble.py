"""When AWS says no, or the answer gets lost: a sentence, a way on and a way back."""

from __future__ import annotations

import pytest
from aurora.cases import VARIANTS, picture, session, taken_back
from support.clock import FakeClock
from support.clouds import Between
from support.sessions import carried_out

from flows.engine import Call, Denied, Journal, Lost
from flows.engine.boto import Aws
from flows.engine.refusals import changes, explain
from flows.practice import PracticeAccount


def losing(cloud: Aws, at: int) -> Between:
    """The account, in which the changing call number `at` is done, and its answer lost."""
    count = [0]

    def strike(_: int, call: Call) -> None:
        if changes(call):
            count[0] += 1
            if count[0] == at:
                raise Lost(f"The answer to {call.operation} got lost.")

    return Between(cloud, after=strike)


def denying(cloud: Aws, operation: str) -> Between:
    """The account, in which one operation is not allowed; steps run side by side, so they are not counted."""

    def strike(_: int, call: Call) -> None:
        if call.operation == operation:
            raise explain(call, {"Error": {"Code": "AccessDenied", "Message": "no"}})

    return Between(cloud, before=strike)


@pytest.mark.wild
def test_denied_at_each_step(account: PracticeAccount, cloud: Aws, journal: Journal, clock: FakeClock) -> None:
    """The sentence names the missing permission, and undo leads back to before."""
    before = picture(account.session)
    plan = session(cloud, journal, VARIANTS["sleepy"], clock=clock).review().plan
    operations = dict.fromkeys(action.call.operation for action in plan.actions)
    assert {"ec2.CreateSecurityGroup", "rds.CreateDBSubnetGroup", "rds.CreateDBCluster"} <= operations.keys()
    for operation in operations:
        meddled = denying(cloud, operation)
        made = session(meddled, journal, VARIANTS["sleepy"], clock=clock)
        problems = [event.problem for event in made.apply() if event.problem]
        meddled.before = None
        taken_back(made)
        assert picture(account.session) == before
        assert isinstance(problems[0], Denied)
        assert problems[0].permission in str(problems[0])
        assert problems[0].permission.partition(":")[2] == operation.partition(".")[2]


@pytest.mark.parametrize("variant", ["copies", "servers"])
@pytest.mark.wild
def test_an_answer_that_got_lost_at_each_step(
    account: PracticeAccount, cloud: Aws, journal: Journal, clock: FakeClock, variant: str
) -> None:
    """What was made is recognised by its tags and not made twice; undo leads back to before."""
    before = picture(account.session)
    for at in range(1, 9):
        meddled = losing(cloud, at)
        made = session(meddled, journal, VARIANTS[variant], clock=clock)
        carried_out(made)
        meddled.after = None
        taken_back(made)
        assert picture(account.session) == before
        if sum(changes(call) for call in meddled.calls) < at:
            break


@pytest.mark.wild
def test_what_somebody_else_made_meanwhile_is_theirs(
    account: PracticeAccount, cloud: Aws, journal: Journal, clock: FakeClock
) -> None:
    """A request that never arrived, and somebody took the subnet group's name: it is not adopted and not deleted."""
    rds = account.session.client("rds")
    subnets = [each["SubnetIdentifier"] for each in rds.describe_db_subnet_groups()["DBSubnetGroups"][0]["Subnets"]]
    taken: list[Call] = []

    def lose(_: int, call: Call) -> None:
        if call.operation == "rds.CreateDBSubnetGroup" and not taken:
            taken.append(call)
            rds.create_db_subnet_group(DBSubnetGroupName="shop-db", DBSubnetGroupDescription="x", SubnetIds=subnets)
            raise Lost("It never arrived.")

    made = session(Between(cloud, before=lose), journal, clock=clock)
    assert any(event.problem for event in made.apply())
    list(made.undo({"final_snapshot": "no"}))
    groups = [each["DBSubnetGroupName"] for each in rds.describe_db_subnet_groups()["DBSubnetGroups"]]
    assert "shop-db" in groups
