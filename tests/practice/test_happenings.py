"""What a set-up waits for can be made to come: the device calls, somebody pushes."""

from __future__ import annotations

from typing import Any

from s3_lambda.cases import PHOTOS
from spa_pipeline.cases import VARIANTS as DELIVERIES
from support.clock import FakeClock
from support.sessions import carried_out
from support.variants import session
from vpn.cases import VARIANTS as OFFICES

from flows.accounts import let_happen
from flows.engine import Cloud, Journal, Session


def done(cloud: Cloud, journal: Journal, clock: FakeClock, flow: str, answers: Any) -> tuple[Session, dict[str, str]]:
    made = session(cloud, flow, answers)
    made._journal, made._clock = journal, clock
    carried_out(made)
    assert made.run is not None
    return made, made.run.record.handover["outputs"]


def test_the_device_calls_and_the_connection_works(cloud: Cloud, journal: Journal, clock: FakeClock) -> None:
    made, outputs = done(cloud, journal, clock, "vpn", next(iter(OFFICES.values())))
    assert made.hand_over().waiting
    assert "has called" in let_happen(cloud, outputs)
    after = made.hand_over()
    assert not after.waiting
    assert not any("practice:" in str(each) for each in (after, *made.look()))


def test_somebody_pushes_and_the_pipeline_runs(cloud: Cloud, journal: Journal, clock: FakeClock) -> None:
    answers = next(each for each in DELIVERIES.values() if each["source"] == "codecommit")
    made, outputs = done(cloud, journal, clock, "spa_pipeline", answers)
    assert "pushed" in let_happen(cloud, outputs)
    assert not made.hand_over().waiting


def test_a_file_lands_where_the_function_listens(cloud: Cloud, journal: Journal, clock: FakeClock) -> None:
    _, outputs = done(cloud, journal, clock, "s3_lambda", PHOTOS)
    assert let_happen(cloud, outputs) == "in/practice.jpg landed in fjord-coffee-files."


def test_where_nothing_is_to_come_nothing_is_said(cloud: Cloud) -> None:
    assert let_happen(cloud, {"distribution": "E1"}) == ""
