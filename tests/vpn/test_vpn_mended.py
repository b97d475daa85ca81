"""A repair of what a run made is a run of its own: an undo of the one says that the other stands, and how to end it."""

from __future__ import annotations

from support.clock import FakeClock
from support.repairs import repairing
from support.sessions import carried_out, taken_back
from vpn.cases import STATIC

import flows
from flows.engine import Journal, Place, Session, irrevocable
from flows.engine.boto import Aws
from flows.engine.checking import about
from flows.practice import PracticeAccount


def test_a_repair_that_stands_is_named_before_an_undo_and_on_its_receipt(
    account: PracticeAccount, cloud: Aws, journal: Journal, clock: FakeClock
) -> None:
    made = Session(flows.find("vpn"), cloud, journal, place=Place(practice=True), clock=clock)
    made.fill(STATIC)
    carried_out(made)
    made.hand_over()
    assert made.run is not None and made.run.plan is not None
    assert irrevocable.left_to_you(made.run, made.run.plan) == before(made)
    mended = repairing("vpn", cloud, journal, clock, about(made))
    carried_out(mended)
    mended.close()
    assert mended.run is not None
    *_, told = irrevocable.left_to_you(made.run, made.run.plan)
    assert told.startswith("What was mended of it stays: ")
    assert told.endswith(f"Take that back, too: handrail undo {mended.run.id}")
    taken_back(made)
    assert made.receipt().yours[-1] == told
    assert made.receipt().mended
    again = Session(flows.find("vpn"), cloud, journal, place=Place(practice=True), clock=clock, run=mended.run)
    taken_back(again)
    assert told not in made.receipt().yours
    assert not made.receipt().mended


def before(made: Session) -> list[str]:
    """What is a person's own to do of a run that nobody has mended: nothing of repairs."""
    assert made.run is not None and made.run.plan is not None
    return [each for each in irrevocable.left_to_you(made.run, made.run.plan) if "mended" not in each]
