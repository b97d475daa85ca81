"""When AWS says no, or the answer gets lost: a sentence, a way on and a way back."""

from __future__ import annotations

import pytest
from support.aurora import VARIANTS, carried_out, picture, session, taken_back
from support.clock import FakeClock
from support.clouds import Between

from flows.engine import Call, Denied, Journal, Lost
from flows.engine.cloud import Aws, changes, explain
from flows.practice import PracticeAccount


def meddling(cloud: Aws, at: int, *, lost: bool = False) -> Between:
    """The account, in which the changing call number `at` is refused; or done, and its answer lost."""
    count = [0]

    def strike(_: int, call: Call) -> None:
        if changes(call):
            count[0] += 1
            if count[0] == at:
                if lost:
                    raise Lost(f"The answer to {call.operation} got lost.")
                raise explain(call, {"Error": {"Code": "AccessDenied", "Message": "no"}})

    return Between(cloud, after=strike) if lost else Between(cloud, before=strike)


def test_denied_at_each_step(account: PracticeAccount, cloud: Aws, journal: Journal, clock: FakeClock) -> None:
    """The sentence names the missing permission, and undo leads back to before."""
    before = picture(account.session)
    wanted = set()
    for at in range(1, 9):
        meddled = meddling(cloud, at)
        made = session(meddled, journal, VARIANTS["sleepy"], clock=clock)
        problems = [event.problem for event in made.apply() if event.problem]
        meddled.before = None
        taken_back(made)
        assert picture(account.session) == before
        if not problems:
            break
        assert isinstance(problems[0], Denied)
        assert problems[0].permission in str(problems[0])
        wanted.add(problems[0].permission)
    assert {
        "ec2:CreateSecurityGroup",
        "rds:CreateDBSubnetGroup",
        "rds:CreateDBCluster",
        "rds:CreateDBInstance",
    } <= wanted


@pytest.mark.parametrize("variant", ["copies", "servers"])
def test_an_answer_that_got_lost_at_each_step(
    account: PracticeAccount, cloud: Aws, journal: Journal, clock: FakeClock, variant: str
) -> None:
    """What was made is recognised by its tags and not made twice; undo leads back to before."""
    before = picture(account.session)
    for at in range(1, 9):
        meddled = meddling(cloud, at, lost=True)
        made = session(meddled, journal, VARIANTS[variant], clock=clock)
        carried_out(made)
        meddled.after = None
        taken_back(made)
        assert picture(account.session) == before
        if sum(changes(call) for call in meddled.calls) < at:
            break


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
