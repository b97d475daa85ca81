"""Sharing a machine image on the full screen: typed and picked, it is the plan of the answers file."""

from __future__ import annotations

import pytest
from person import somebody
from share_ami.cases import VARIANTS
from test_aurora_by_keys import answer_all

import flows
from flows.engine import Cloud, Place, Session
from tui.screen.workspace import Start


@pytest.mark.parametrize("variant", ["stop"])
@pytest.mark.wild
async def test_typed_and_picked_it_is_the_plan_of_the_answers_file(cloud: Cloud, variant: str) -> None:
    asked = VARIANTS[variant]
    by_file = Session(flows.find("share_ami"), cloud, place=Place(practice=True))
    by_file.accepted |= {"compare-the-number", "stops", "address-changes"}
    by_file.fill(asked)
    async with somebody(cloud, Start(flow="share_ami")) as person:
        await answer_all(person, asked)
        person.sees("What will be done")
        person.goes_without_clipping()
        assert person.app.workspace.session is not None
        assert person.app.workspace.session.review().plan == by_file.review().plan
