"""What only the person can do stands on the full screen while it is waited for, to be copied."""

from __future__ import annotations

from person import somebody
from support.certified import NotEntered
from website.cases import VARIANTS, session

from flows.engine import Journal
from flows.engine.boto import Aws
from tui.screen.workspace import Start

NAME = "_d930b28be6c5927595552b219965053e.www.tea.test."


async def test_records_are_shown_copied_and_told_again(cloud: Aws, journal: Journal) -> None:
    draft = session(cloud, journal, VARIANTS["dns-elsewhere"])
    draft.review()
    assert draft.run is not None
    id = draft.run.id
    draft.close()
    acm = NotEntered(cloud)
    async with somebody(acm, Start(run=id)) as person:
        await person.until("Press a to apply")
        await person.pilot.press("a")
        await person.until("What to do now: Enter this record")
        person.sees(f"name {NAME}", "y Copy", "usually 60 min")
        assert "., " not in person.words, "nothing is glued to a value"
        person.goes_without_clipping()
        await person.pilot.press("down", "y")
        assert person.app.clipboard == NAME
        await person.pilot.press("ctrl+c")
        await person.until("stopped half-way")
        person.sees("What to do now", f"name {NAME}")
        acm.entered = True
        await person.pilot.press("enter")
        await person.until("Everything is created.")
        await person.reads_on_to("proof value")
