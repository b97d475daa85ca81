"""The serverless database on the full screen: typed and picked, it is the plan of the answers file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from person import Person, somebody
from support.aurora import VARIANTS, session

from flows.engine import Asking, Choice, Cloud, Picks
from tui.desk import Start


async def answer_all(person: Person, answers: Mapping[str, Any]) -> None:
    """Answer what is asked until the review, by typing, or by searching a list and taking what is left."""
    for _ in range(12):
        assert person.app.desk.session is not None
        state = person.app.desk.session.state()
        if not isinstance(state, Asking):
            return
        reply = answers[state.question.id]
        text = ", ".join(reply) if isinstance(reply, list) else str(reply)
        if isinstance(state.question, Choice) and not isinstance(state.question, Picks):
            option = next(o for o in (state.offer.options if state.offer else ()) if text in (o.key, o.label))
            await person.press("slash")
            await person.types(option.label[:14])
        else:
            await person.press("ctrl+u")
            await person.types(text)
        await person.press("enter")
    raise AssertionError(person.screen)


@pytest.mark.parametrize("variant", ["sleepy", "awake", "nobody"])
async def test_typed_and_picked_it_is_the_plan_of_the_answers_file(cloud: Cloud, variant: str) -> None:
    asked = VARIANTS[variant]
    async with somebody(cloud, Start(flow="aurora")) as person:
        await answer_all(person, asked)
        person.sees("What will be done")
        person.goes_without_clipping()
        assert person.app.desk.session is not None
        assert person.app.desk.session.review().plan == session(cloud, None, asked).review().plan
