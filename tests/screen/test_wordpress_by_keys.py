"""WordPress on the full screen: typed and picked, it is the plan of the answers file."""

from __future__ import annotations

import pytest
from person import somebody
from test_aurora_by_keys import answer_all
from wordpress.cases import EXISTING, NEW, session

from flows.engine import Cloud
from tui.screen.workspace import Start

VARIANTS = {"new": NEW, "existing": EXISTING}


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.wild
async def test_typed_and_picked_it_is_the_plan_of_the_answers_file(cloud: Cloud, variant: str) -> None:
    asked = VARIANTS[variant]
    async with somebody(cloud, Start(flow="wordpress")) as person:
        await answer_all(person, asked)
        person.sees("What will be done")
        person.goes_without_clipping()
        assert person.app.workspace.session is not None
        assert person.app.workspace.session.review().plan == session(cloud, None, asked).review().plan
