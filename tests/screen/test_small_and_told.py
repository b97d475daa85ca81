"""What a newcomer needs and small screens or short lists left out: ways out, what a machine costs, where inside is."""

from __future__ import annotations

from typing import Any

import pytest
from aurora.cases import SLEEPY
from person import somebody
from support.sessions import carried_out

from flows import find, glossary
from flows.aws import aurora_clusters, instances
from flows.engine import Cloud, Flow, Journal, Place, Plan, Session, Text, Use
from flows.engine.boto import Aws
from tui.lines.review import Reviewer


class Small(Flow):
    """One question, and nothing is made."""

    title = "Something small"
    name = Text("What should it be called?", str, label="Name", why="Everything has a name.")

    def plan(self) -> Plan:
        return Plan.of([Use("name", "Use that name", "AWS::EC2::VPC", "vpc-1")])


@pytest.mark.parametrize("columns", [60, 64, 70])
async def test_the_ways_out_stand_on_a_small_screen(columns: int, cloud: Cloud) -> None:
    """At home, at a question and on the review: with F1 they come before what else there is."""
    async with somebody(cloud, size=(columns, 20), flow=Small) as person:
        assert {"q", "F1"} <= {*person.screen.splitlines()[-1].split()}
        await person.press("enter")
        assert {"Esc", "Ctrl-C", "F1"} <= {*person.screen.splitlines()[-1].split()}
        await person.types("calm")
        await person.press("enter")
        person.sees("What will be done")
        assert {"Esc", "F1"} <= {*person.screen.splitlines()[-1].split()}


def test_a_machine_is_chosen_by_what_it_has_and_costs() -> None:
    told = {each.key: each.hint for each in instances.usual_types()}
    assert told["t3.small"].endswith("about 15 USD a month (2026-11)")
    assert told["t4g.micro"].endswith("about 6 USD a month (2026-11)")
    assert [key for key, hint in told.items() if "USD a month" not in hint] == []


def test_by_lines_the_screens_word_for_it_does_it(cloud: Cloud, journal: Journal) -> None:
    session = Session(Small, cloud, journal, place=Place(practice=True))
    session.answer("calm")
    applied: list[int] = []

    def apply() -> int:
        applied.append(1)
        return 0

    assert Reviewer(session, lambda _, __: "apply", apply).put(session.review()) == 0 and applied


def test_where_inside_is_and_what_shows_the_password(cloud: Aws, journal: Journal, clock: Any) -> None:
    made = Session(find("aurora"), cloud, journal, place=Place(region="eu-central-1"), clock=clock)
    made.fill(SLEEPY)
    carried_out(made)
    connect, password, *_ = made.hand_over().next_steps
    assert connect.startswith("Connect from a machine in its VPC that may reach it: psql ")
    assert " secretsmanager get-secret-value --secret-id" in password
    assert "SecretString" in password and "password=" not in password


def test_a_vpn_says_what_its_words_are_and_how_its_address_is_learned() -> None:
    question = find("vpn").question("gateway_ip")
    assert "VPN device" in {word.name for word in glossary.standing_in([question.ask])}
    assert "checkip.amazonaws.com" in question.why
    assert "0.0.0.0/0" in {word.name for word in glossary.standing_in([find("alb").question("visitors").why])}


@pytest.mark.parametrize("room", [instances, aurora_clusters])
def test_what_is_kept_says_how_it_is_used_again_and_deleted(room: Any) -> None:
    """Whoever keeps a last image or snapshot finds it on the receipt, with both ways."""
    assert "`aws " in room.AGAIN and " console under " in room.AGAIN and "deleted" in room.AGAIN
