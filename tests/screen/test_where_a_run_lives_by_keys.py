"""Where a run lives, on the full screen: asked for where nobody wrote it down, shown, and not changed by the shell."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from person import WIDE, somebody
from support.clock import FakeClock
from support.former import Former
from vpn.cases import STATIC

import flows
from flows.engine import Cloud, Journal, Place, Session
from flows.engine.boto import Aws
from flows.practice.server import Served
from tui.screen.workspace import Start

HERE, ELSEWHERE = "eu-central-1", "us-east-1"
RUN = "vpn-k9yacnta"


@pytest.fixture(autouse=True)
def shell(former: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    """A shell that says another region than the runs are in."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAVISITOR000000000")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "x")
    monkeypatch.setenv("AWS_ENDPOINT_URL", former.url)
    monkeypatch.setenv("AWS_REGION", ELSEWHERE)
    for module in ("apply", "undo", "run_place"):
        monkeypatch.setattr(f"flows.engine.{module}.RealClock", FakeClock)


def opened(place: Place) -> Cloud:
    return Aws(place)


@pytest.mark.wild
async def test_an_early_run_is_asked_for_its_region(
    former: Served, former_names: Mapping[str, str], tmp_path: Path, clock: FakeClock
) -> None:
    """Before anything else; with a wrong one it is asked again, and nothing is done."""
    runs = Former(tmp_path / "state" / "handrail", former_names)
    runs.relive(RUN, Aws(Place(practice=True), former.account.session), clock)
    async with somebody(opened, Start(run=RUN), place=Place(), size=WIDE) as person:
        person.sees("was made by an early Handrail", "Which region?")
        await person.press("slash")
        await person.types(ELSEWHERE)
        await person.press("enter")
        person.sees(f"Nothing of {RUN} was found in {ELSEWHERE}", "Which region?")
        await person.press("slash")
        await person.types(HERE)
        await person.press("enter")
        person.sees(f"{RUN}: waiting for you", f"· {HERE} · at {former.url}", "Check again")
        await person.press("u")
        await person.press("down", "enter")
        await person.until("Everything is as it was before.")
    assert Journal().run(RUN).record.place.region == HERE


@pytest.mark.parametrize("stage", ["draft", "failed", "done"])
@pytest.mark.wild
async def test_the_shell_does_not_move_it_and_that_is_said(
    former: Served, clock: FakeClock, journal: Journal, stage: str
) -> None:
    """Visibly, wherever somebody comes to it: at its questions, where it stopped, and when it is done."""
    made = Session(flows.find("vpn"), Aws(Place(region=HERE)), journal, clock=clock)
    made.fill(STATIC)
    if stage != "draft":
        for event in made.apply():
            if stage == "failed" and event.kind == "done":
                made.stop()
    if stage == "done":
        made.hand_over()
    made.close()
    assert made.run is not None
    async with somebody(opened, Start(run=made.run.id), place=Place(), size=WIDE) as person:
        person.sees(f"Your surroundings say {ELSEWHERE}; this was begun in {HERE}, and is gone on with there.")
        person.sees(f"· {HERE} · at {former.url}")
    if stage != "draft":
        again = Session(
            flows.find("vpn"), Aws(made.run.record.place), journal, place=made.run.record.place,
            run=journal.run(made.run.id), clock=clock,
        )  # fmt: skip
        list(again.undo())
        assert again.receipt().complete
