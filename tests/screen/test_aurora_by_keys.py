"""The serverless database on the full screen: typed and picked, it is the plan of the answers file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from aurora.cases import SLEEPY, VARIANTS, session
from person import Person, somebody

from flows.engine import Asking, Choice, Cloud, Journal, Picks, Question, Reviewing, Session
from tui.screen.widgets.options import Options
from tui.screen.workspace import Start


async def reply(person: Person, answers: Mapping[str, Any]) -> None:
    """Answer what is asked, by typing, by searching a list and taking what is left, or by marking what was found."""
    assert person.app.workspace.session is not None
    state = person.app.workspace.session.state()
    assert isinstance(state, Asking), person.screen
    said = answers[state.question.id]
    options = state.offer.options if state.offer else ()
    if isinstance(state.question, Picks):
        marked = person.app.screen.query_one(Options).picked
        wanted = {*(said.split(", ") if isinstance(said, str) else said)}
        for at, option in enumerate(options):
            if bool({option.key, option.label} & wanted) != (option.key in marked):
                await person.press("home", *["down"] * at, "space")
    elif isinstance(state.question, Choice):
        named = [o for o in options if said in (o.key, o.label)] or [o for o in options if said in o.key]
        await person.press("slash")
        await person.types(named[0].label[:14])
    else:
        if options and state.offer and state.offer.typed:
            await person.press("end", "enter")  # something else
        await person.press("ctrl+u")
        await person.types(", ".join(said) if isinstance(said, list) else str(said))
    await person.press("enter")
    if "Enter goes on" in person.words:  # there was something to say of it
        await person.press("enter")
    if "goes on like this" in person.words:  # it is a danger
        await person.press("y")


async def answer_all(person: Person, answers: Mapping[str, Any]) -> None:
    """Answer until the review; then what is changed from there, one after the other."""
    made = person.app.workspace.session
    assert made is not None
    for _ in range(12):
        if isinstance(made.state(), Reviewing):
            break
        await reply(person, answers)
    changed = set[str]()
    while question := next((each for each in fine_tuned(made) if each.id in answers.keys() - changed), None):
        await person.press("shift+tab")
        for _ in range(60):
            if f"> {question.label}" in person.screen:
                break
            await person.press("down")
        await person.press("enter")
        await reply(person, answers)
        changed.add(question.id)
        for _ in answers:  # one may bring more questions
            if isinstance(asking := made.state(), Asking):
                changed.add(asking.question.id)
                await reply(person, answers)


def fine_tuned(made: Session) -> list[Question[Any]]:
    """What may be changed from the review."""
    return [line.question for line in made.review().answers if line.question.fine_tuning]


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.wild
async def test_typed_and_picked_it_is_the_plan_of_the_answers_file(cloud: Cloud, variant: str) -> None:
    asked = VARIANTS[variant]
    async with somebody(cloud, Start(flow="aurora")) as person:
        await answer_all(person, asked)
        person.sees("What will be done")
        person.goes_without_clipping()
        assert person.app.workspace.session is not None
        assert person.app.workspace.session.review().plan == session(cloud, None, asked).review().plan


@pytest.mark.wild
async def test_made_and_taken_back_with_a_word_on_the_last_snapshot(cloud: Cloud, journal: Journal) -> None:
    async with somebody(cloud, Start(flow="aurora")) as person:
        await answer_all(person, SLEEPY)
        await person.press("a")
        await person.until("Everything is created.")
        person.goes_without_clipping()
        await person.press("u")
        person.sees("snapshot")
        session_ = person.app.workspace.session
        assert session_ is not None
        (decision,) = session_.to_decide()
        await person.press("home", *["down"] * list(decision.words.values()).index("no"), "enter")
        person.sees("LOST The data of shop-db is deleted for good; no snapshot is kept.")
        await person.press("down", "enter")
        await person.until("1 thing is lost for good.")
    assert [record.status for record in journal.records()] == ["undone"]
