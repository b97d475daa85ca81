"""A connection as the source: one that works is used, a new one waits for the browser, with the link to finish it.

The practice account has no connections, so a small stand-in answers for that one service.
"""

from __future__ import annotations

import json

import pytest
from spa_pipeline.cases import CODECOMMIT, Connected, picture, session
from support.clock import FakeClock
from support.sessions import carried_out, taken_back

import flows
from flows.engine import Asking, Journal, Place, Refused, Session
from flows.engine.boto import Aws
from flows.practice import PracticeAccount

GIT = {**CODECOMMIT, "source": "connection", "repository": "fjord-coffee/shop-front"}


def test_a_new_one_waits_for_the_browser(
    account: PracticeAccount, cloud: Aws, journal: Journal, clock: FakeClock
) -> None:
    """Made, named in the role's policy and nothing else, explained, and taken back."""
    connected, before = Connected(cloud), picture(account.session)
    made = session(connected, journal, GIT, clock=clock)
    (new,) = [each for each in made.review().cautions if each.id == "connection-new"]
    page = "https://eu-central-1.console.aws.amazon.com/codesuite/settings/connections?region=eu-central-1"
    assert page in new.message
    assert "codeconnections:PassConnection" in made.review().permissions
    carried_out(made)
    assert made.run is not None
    assert made.run.record.status == "waiting"
    assert any(page in step and "Update pending connection" in step for step in made.run.record.handover["next_steps"])
    arn = connected.connections["shop-front"]["ConnectionArn"]
    policy = account.session.client("iam").get_role_policy(RoleName="shop-front-pipeline", PolicyName="handrail")
    text = json.dumps(policy["PolicyDocument"])
    assert text.count(arn) == 1
    assert "codestar-connections:UseConnection" in text
    taken_back(made)
    assert connected.connections == {}
    assert picture(account.session) == before


@pytest.mark.wild
def test_one_that_works_is_used_and_stays(cloud: Aws, journal: Journal, clock: FakeClock) -> None:
    connected = Connected(cloud, ("waiting", "PENDING"), ("github", "AVAILABLE"))
    made = session(connected, journal, GIT, clock=clock)
    assert {use.resource for use in made.review().plan.uses} == {connected.connections["github"]["ConnectionArn"]}
    carried_out(made)
    taken_back(made)
    assert set(connected.connections) == {"waiting", "github"}


def test_one_that_is_pending_is_said_to_be(cloud: Aws) -> None:
    arn = "arn:aws:codeconnections:eu-central-1:123456789012:connection/waiting"
    made = session(Connected(cloud, ("waiting", "PENDING")), None, {**GIT, "connection": arn})
    assert "connection-pending" in {each.id for each in made.review().cautions}


def test_a_repository_elsewhere_has_its_owner_before_its_name(cloud: Aws) -> None:
    with pytest.raises(Refused) as refused:
        session(Connected(cloud), None, {**GIT, "repository": "shop"})
    assert "“shop” is no repository there. Write owner/name" in str(refused.value)


def test_where_nobody_answers_for_connections_it_is_said_at_the_source(cloud: Aws) -> None:
    """As in practice: not after all the questions, and with a way on."""
    made = Session(flows.find("spa_pipeline"), cloud, None, place=Place(practice=True))
    made.answer("shop-front")
    made.answer("connection")
    state = made.state()
    assert isinstance(state, Asking) and state.question.id == "source" and state.problem is not None
    assert "do not work here" in state.problem.what and "Choose CodeCommit or a zip file" in state.problem.remedy
    made.answer("codecommit")
    assert isinstance(state := made.state(), Asking) and state.question.id == "repository"
