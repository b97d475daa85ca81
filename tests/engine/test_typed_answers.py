"""What is typed: nothing, examples, and what no name can be. AWS is never asked about what it cannot be."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

import flows
from flows.engine import Choice, Cloud, Flow, Many, Place, Question, Refused, Reviewing, Session, Text, Yes
from flows.engine.checking import Checking
from flows.engine.questionnaire import Questionnaire

PRACTICE = Place(practice=True)
NOT_SENT = "was not sent"
"""How a request reads that botocore itself would not send."""
HOSTILE = (
    "", "   ", "My Bucket", "x" * 300, "ä/ö", "a\x01b", "a\nb", "arn:aws:s3:::x", "a..b", "-", "0", "../x", "i-xyz",
    "https://x/y", "*", "'\"{}",
)  # fmt: skip
Asked = Questionnaire[Any]


def every(flow: type[Flow], cloud: Cloud) -> Iterator[Asked]:
    """A set-up's and its check's questions, each closed choice forced every way."""
    for question in (None, *flow.questions):
        closed = question.written if isinstance(question, Choice) else ()
        for key in (
            [option.key for option in closed] or ["yes", "no"] * isinstance(question, Yes) or [""] * (not question)
        ):
            session = Session(flow, cloud, None, place=PRACTICE)
            session.suggest({question.id: key} if question else {})
            yield session
    yield Checking(flow, cloud, PRACTICE)


def goes_on(asked: Asked) -> Iterator[Question[Any]]:
    """Enter, and yes where a conscious one is needed, as long as it leads on."""
    before = None
    while (asking := asked.asking()) and (asking.cautions or (asking.question.id, asking.problem) != before):
        yield asking.question
        for caution in asking.cautions:
            asked.accept(caution.id)
        if not asking.cautions:
            before = asking.question.id, None
            asked.answer(asking.said)
            if asked.asking() and (now := asked.asking()) and now.question.id == asking.question.id and now.problem:
                return


@pytest.mark.parametrize("flow", flows.SET_UPS)
@pytest.mark.some(1)
def test_what_no_name_can_be_is_refused_before_aws_is_asked(cloud: Cloud, flow: str) -> None:
    tried = set[tuple[type[Any], str]]()
    for asked in every(flows.find(flow), cloud):
        for question in goes_on(asked):
            if isinstance(question, Text | Many | Choice) and (asked.flow, question.id) not in tried:
                tried.add((asked.flow, question.id))
                for text in HOSTILE:
                    problem, _ = asked.try_out(text)
                    assert NOT_SENT not in str(problem), f"{flow}, {question.id}: “{text}”: {problem}"
        for line in asked.trail() if isinstance(asked, Session) else ():
            if line.question.fine_tuning and (asked.flow, line.question.id) not in tried:
                tried.add((asked.flow, line.question.id))
                asked.revisit(line.question.id)
                for text in HOSTILE:
                    problem, _ = asked.try_out(text)
                    assert NOT_SENT not in str(problem), f"{flow}, {line.question.id}: “{text}”: {problem}"
                asked.back()
    assert len(tried) > 2


@pytest.mark.parametrize("flow", flows.SET_UPS)
@pytest.mark.some("vpn", "spa_pipeline")
def test_in_practice_enter_leads_through_every_set_up(cloud: Cloud, flow: str) -> None:
    session = Session(flows.find(flow), cloud, None, place=PRACTICE)
    for _ in goes_on(session):
        pass
    assert isinstance(session.state(), Reviewing), session.asking()


def test_elsewhere_nobody_is_given_an_example_for_an_answer(cloud: Cloud) -> None:
    session = Session(flows.find("aurora"), cloud, None)
    asking = session.asking()
    assert asking and (asking.question.example, asking.said, asking.example) == ("shop-db", None, False)


@pytest.mark.parametrize("flow", flows.SET_UPS)
def test_an_empty_field_is_told_what_is_needed(cloud: Cloud, flow: str) -> None:
    """Not that “” is no address, of a field that nobody filled in."""
    made = flows.find(flow)
    for asks in (made, made.check):
        for question in asks.questions:
            if isinstance(question, Text):
                try:
                    question.read("", asks(cloud))
                except (Refused, ValueError) as refused:
                    assert str(refused).startswith(f"{question.wanted} is needed. Enter"), f"{question.id}: {refused}"
                    assert question.wanted


def test_a_bucket_is_told_a_name_that_it_can_have(cloud: Cloud) -> None:
    question = flows.find("spa_pipeline").question("site_bucket")
    with pytest.raises(Refused) as refused:
        question.read("My Bucket", flows.find("spa_pipeline")(cloud))
    assert refused.value.suggestion == "my-bucket"
