"""When AWS says no, or the answer gets lost: a sentence, and a way on and a way back."""

from __future__ import annotations

import pytest
from alb.cases import OFFICE, VARIANTS, Front, picture, session
from support.clock import FakeClock
from support.clouds import Between
from support.sessions import carried_out, taken_back

from flows.aws.listeners import REFUSALS
from flows.engine import Call, CloudError, Denied, Journal, Lost
from flows.engine.boto import Aws
from flows.engine.refusals import changes, explain
from flows.practice import PracticeAccount


def meddling(cloud: Aws, error: str, at: int, *, lost: bool = False) -> Between:
    """The account, in which the changing call number `at` is refused; or done, and its answer lost."""
    count = [0]

    def strike(_: int, call: Call) -> None:
        if changes(call):
            count[0] += 1
            if count[0] == at:
                if lost:
                    raise Lost(f"The answer to {call.operation} got lost.")
                raise explain(call, {"Error": {"Code": error, "Message": "no"}})

    return Between(cloud, after=strike) if lost else Between(cloud, before=strike)


@pytest.mark.parametrize("variant", ["https", "office"])
@pytest.mark.some("https")
def test_denied_at_each_step(
    account: PracticeAccount, cloud: Aws, journal: Journal, clock: FakeClock, variant: str
) -> None:
    """The sentence names the missing permission, and undo leads back to before."""
    before = picture(account)
    for at in range(1, 9):
        meddled = meddling(cloud, "AccessDenied", at)
        made = session(meddled, journal, VARIANTS[variant], clock=clock)
        problems = [event.problem for event in made.apply() if event.problem]
        meddled.before = None
        if not problems:
            taken_back(made)
            break
        (problem,) = problems
        assert isinstance(problem, Denied)
        service = problem.permission.partition(":")[0]
        assert service in ("elasticloadbalancing", "ec2")
        assert problem.permission in str(problem)
        taken_back(made)
        assert picture(account) == before
    assert at > 3


@pytest.mark.parametrize("variant", ["https", "office", "moved", "maintenance"])
@pytest.mark.wild
def test_an_answer_that_got_lost_at_each_step(
    account: PracticeAccount, cloud: Aws, journal: Journal, clock: FakeClock, variant: str
) -> None:
    """What was made is recognised by its tags and not made twice; the end is as without the loss, and so is undo."""
    before = picture(account)
    for at in range(1, 9):
        meddled = meddling(cloud, "", at, lost=True)
        made = session(meddled, journal, VARIANTS[variant], clock=clock)
        carried_out(made)
        meddled.after = None
        front = Front(account, str(VARIANTS[variant]["load_balancer"]))
        assert len(front.listeners) == len(set(front.listeners))
        taken_back(made)
        assert picture(account) == before
        if sum(changes(call) for call in meddled.calls) < at:
            break


@pytest.mark.parametrize("theirs", ["listener", "rule"])
@pytest.mark.some("rule")
def test_what_somebody_else_made_in_the_same_place_is_not_ours(
    account: PracticeAccount, cloud: Aws, journal: Journal, clock: FakeClock, theirs: str
) -> None:
    """A request that never arrived, and meanwhile somebody took the port or the priority: it is theirs."""
    shop = Front(account)
    variant = {"listener": "https", "rule": "gone"}[theirs]
    operation = {"listener": "elbv2.CreateListener", "rule": "elbv2.CreateRule"}[theirs]

    def lose(_: int, call: Call) -> None:
        if call.operation == operation and not lost:
            lost.append(call)
            if theirs == "listener":
                shop.listen(443, https=True)
            else:
                shop.rule(int(call.params["Priority"]), paths=["/theirs"])
            raise Lost("It never arrived.")

    lost: list[Call] = []
    made = session(Between(cloud, before=lose), journal, VARIANTS[variant], clock=clock)
    problems = [event.problem for event in made.apply() if event.problem]
    (problem,) = [problem for problem in problems if isinstance(problem, CloudError)]
    own = REFUSALS[{"listener": "DuplicateListener", "rule": "PriorityInUse"}[theirs]]
    assert f"{problem.what} {problem.remedy}" == own, "one way on, and none that leads nowhere"
    assert problem.why, "AWS's own words are there too"
    list(made.undo())
    assert 80 in shop.listeners
    if theirs == "listener":
        assert 443 in shop.listeners
    else:
        rules = shop.elbv2.describe_rules(ListenerArn=shop.listeners[80]["ListenerArn"])["Rules"]
        assert [each["Conditions"][0]["Values"] for each in rules if not each["IsDefault"]] == [["/theirs"]]


def test_stopped_and_undone(account: PracticeAccount, cloud: Aws, journal: Journal, clock: FakeClock) -> None:
    before = picture(account)
    made = session(cloud, journal, OFFICE, clock=clock)
    for _ in made.apply():
        made.stop()
    taken_back(made)
    assert picture(account) == before
