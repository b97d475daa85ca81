"""A bucket that calls a function on the full screen: typed and picked, it is the plan of the answers file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from person import Person, somebody
from s3_lambda.cases import PHOTOS, VARIANTS, session
from test_aurora_by_keys import answer_all, reply

from flows.aws.notifications import CREATED, EVENTS
from flows.engine import Cloud, Journal
from tui.screen.workspace import Start


async def answered(person: Person, asked: Mapping[str, Any]) -> None:
    """The first event is marked already."""
    for _ in range(2):
        await reply(person, asked)
    for event in {CREATED} ^ set(asked["events"]):
        await person.press("home", *["down"] * list(EVENTS).index(event), "space")
    await person.press("enter")
    await answer_all(person, asked)


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.wild
async def test_typed_and_picked_it_is_the_plan_of_the_answers_file(cloud: Cloud, variant: str) -> None:
    asked = VARIANTS[variant]
    async with somebody(cloud, Start(flow="s3_lambda")) as person:
        await answered(person, asked)
        person.sees("What will be done")
        person.goes_without_clipping()
        assert person.app.workspace.session is not None
        assert person.app.workspace.session.review().plan == session(cloud, None, asked).review().plan


@pytest.mark.wild
async def test_made_and_taken_back(cloud: Cloud, journal: Journal) -> None:
    async with somebody(cloud, Start(flow="s3_lambda")) as person:
        await answered(person, PHOTOS)
        await person.press("a")
        await person.until("Everything is created.")
        person.goes_without_clipping()
        await person.press("u")
        await person.press("down", "enter")
        await person.until("Everything is as it was before.")
    assert [record.status for record in journal.records()] == ["undone"]
