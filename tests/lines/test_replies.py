"""How a reply by lines is read: what Enter alone means, and the words that stand for a value."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from s3_lambda.cases import PHOTOS, session
from support.command import Command

import flows
from flows.engine import (
    Asking,
    Caution,
    Cloud,
    Journal,
    Listed,
    Many,
    Offer,
    Option,
    Picks,
    Place,
    Question,
    Refused,
    Text,
)
from tui import history
from tui.lines import question, reading


def asked_for(
    asked: Question[Any], said: object, replies: list[str], problem: Refused | None = None, **more: Any
) -> tuple[Any, list[str]]:
    """What is answered when these are the replies, and every prompt with what Enter alone means in it."""
    prompts, answered = list[str](), list[object]()

    def reply(prompt: str, start: str) -> str:
        prompts.append(reading.asked(prompt, start))
        return replies.pop(0) or start

    session = SimpleNamespace(answer=answered.append, remarks=lambda _: (), place=Place())
    question.Questioner(session, reply).put(Asking(asked, more.pop("offer", None), said, problem, **more))  # type: ignore[arg-type]
    return answered[0], prompts


def test_a_word_offers_the_example_and_another_leaves_a_field_empty() -> None:
    name = flows.find("aurora").question("name")
    assert isinstance(name, Text)
    assert asked_for(name, None, ["example", ""]) == ("shop-db", ["Name:", "Name [shop-db]:"])
    assert asked_for(name, "beans", ["none"]) == ("", ["Name [beans]:"])


def test_what_was_refused_stands_beside_the_field_and_not_in_it() -> None:
    name = flows.find("aurora").question("name")
    assert isinstance(name, Text)
    refused = Refused("“1.2.3” cannot be its name.")
    assert asked_for(name, "1.2.3", ["beans"], refused) == ("beans", ["Name [1.2.3]:"])


EMPTY_TOO = [
    pytest.param(each, id=f"{made.id} {each.id}")
    for name in flows.SET_UPS
    for made in (flows.find(name), flows.find(name).check)
    for each in made.questions
    if each.may_be_empty
]
"""Every question of a set-up and of its check to which nothing is an answer, too."""
NONES = Offer(Listed.ITEMS, (Option("g-1", "g-1", "none"), Option("g-2", "g-2", "web")))
"""Something there is called like the word for nothing."""


@pytest.mark.parametrize("asked", EMPTY_TOO)
def test_none_is_nothing_wherever_that_is_an_answer(asked: Question[Any]) -> None:
    picked = isinstance(asked, Picks)
    for said in (None, "beans"):
        for word in ("none", "None"):
            told, _ = asked_for(asked, said, [word], offer=NONES if picked else None)
            assert told == ([] if picked else "")
    assert asked_for(asked, None, ["none"], cautions=(Caution("why", "Is that so?", confirm=True),))[0] in ("", [])
    gone = Offer(Listed.DENIED, way_out="You may not see them.")
    assert not picked or asked_for(asked, None, ["none"], offer=gone)[0] == ""


@pytest.mark.parametrize("asked", EMPTY_TOO)
def test_in_quotes_it_is_the_word_itself(asked: Question[Any]) -> None:
    picked = isinstance(asked, Picks)
    for word in ('"none"', "'none'", "“none”"):
        told, _ = asked_for(asked, None, [word], offer=NONES if picked else None)
        assert told == (["g-1"] if picked else "none")


def test_where_something_is_needed_none_is_nothing_too_and_it_says_how_to_mean_the_word(
    capsys: pytest.CaptureFixture[str],
) -> None:
    name = flows.find("aurora").question("name")
    assert not name.may_be_empty
    assert asked_for(name, None, ["none"])[0] == ""
    assert "in quotes it is the word itself" in capsys.readouterr().out
    assert asked_for(name, None, ['"none"'])[0] == "none"


@pytest.mark.parametrize("asked", EMPTY_TOO)
def test_what_is_empty_never_reads_like_something_that_was_entered(asked: Question[Any]) -> None:
    nothing = "" if isinstance(asked, Text) else ()
    assert asked.told(nothing, "").startswith("(empty")
    assert asked.told(nothing, None).startswith("(empty")


def test_no_better_value_is_worked_out_of_none(cloud: Cloud, handrail: Command) -> None:
    flow = flows.find("alb")
    paths = flow.question("paths")
    assert isinstance(paths, Many)
    for raw in ("none", ["None"], "/old/*, none"):
        with pytest.raises(Refused) as refused:
            paths.read(raw, flow(cloud))
        assert (refused.value.suggestion, refused.value.remedy) == ("", "Paths may be left empty.")
    with pytest.raises(Refused) as refused:
        paths.read("old", flow(cloud))
    assert refused.value.suggestion == "/old"
    assert "Did you mean" not in handrail("plan", "vpn", "--set", "none=x").err


def test_the_review_and_a_draft_show_what_is_empty(cloud: Cloud, journal: Journal) -> None:
    made = session(cloud, journal, {**PHOTOS, "prefix": "none", "suffix": ""})
    shown = {each.question.id: each.shown for each in made.trail()}
    assert (shown["prefix"], shown["suffix"]) == ("none", "(empty: every kind)")
    assert made.run
    assert {"  prefix: none", "  suffix: (empty)"} <= {*history.details(made.run)}
