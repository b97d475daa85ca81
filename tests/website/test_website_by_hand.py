"""What only the person can do is told while it is waited for, and again wherever the run is looked at meanwhile."""

from __future__ import annotations

import json
import os
import signal

import pytest
from support.certified import NotEntered
from support.clock import FakeClock
from support.clouds import Between
from support.sessions import carried_out, taken_back
from website.cases import VARIANTS, session

from flows.engine import Finding, Grade, Journal, Page, Session
from flows.engine.boto import Aws
from flows.engine.by_hand import to_do
from flows.engine.verdict import Status, verdict
from flows.website import diagnosis
from tui import history
from tui.cli import json_output, results
from tui.lines.conversation import Conversation
from tui.screen.farewell import farewell
from tui.taking_back import not_brought_back

ELSEWHERE = {**VARIANTS["dns-elsewhere"], "domain": ["www.tea.test", "tea.test"]}
NAME = "_d930b28be6c5927595552b219965053e.www.tea.test."


def waiting(cloud: Aws, journal: Journal, clock: FakeClock) -> Session:
    """A session in which somebody presses Ctrl-C while it waits for the records."""
    made = session(cloud, journal, ELSEWHERE, clock=clock)
    made.review()
    made._account = NotEntered(cloud, stops=lambda: os.kill(os.getpid(), signal.SIGINT))
    return made


def alone(text: str) -> bool:
    """Whether name and value stand on lines of their own, where nothing is glued to them."""
    lines = [line.strip() for line in text.splitlines()]
    return (
        "What to do now:" in lines and NAME in lines and any(each.endswith(".acm-validations.aws.") for each in lines)
    )


def test_the_review_says_that_something_is_to_be_entered(cloud: Aws, journal: Journal, clock: FakeClock) -> None:
    (step,) = (each for each in session(cloud, journal, ELSEWHERE, clock=clock).review().plan.actions if each.by_hand)
    assert "you enter these records in DNS" in step.sentence


def test_by_lines_while_it_waits_and_once_it_is_stopped(
    cloud: Aws, journal: Journal, clock: FakeClock, capsys: pytest.CaptureFixture[str]
) -> None:
    made = waiting(cloud, journal, clock)
    code = Conversation(made, lambda _, __: "keep").apply()
    told = capsys.readouterr().out
    _, while_waiting, stopped = told.split("What to do now:")
    assert code == 130
    assert alone(f"What to do now:{while_waiting}") and alone(f"What to do now:{stopped}")
    assert made.run is not None
    assert alone("\n".join(history.details(made.run))), "handrail runs RUN"
    assert alone("\n".join(farewell(made))), "left on the full screen"


@pytest.mark.parametrize("output", ["text", "ndjson"])
def test_where_nobody_is_asked(
    cloud: Aws, journal: Journal, clock: FakeClock, capsys: pytest.CaptureFixture[str], output: str
) -> None:
    made = waiting(cloud, journal, clock)
    assert results.carry_out(made, [], output) == 130
    told = capsys.readouterr()
    assert made.run is not None
    if output == "text":
        assert told.err.count("What to do now:") == 2 and alone(told.err)
    else:
        *events, document = map(json.loads, told.out.splitlines())
        (asked,) = next(each["to_do"] for each in events if each.get("to_do"))
        assert document["to_do"] == json_output.about_run(made.run)["to_do"] == [asked]
        assert {"label": "Name", "value": NAME} in asked["rows"]


def test_once_it_is_done_the_records_to_keep_are_told(cloud: Aws, journal: Journal, clock: FakeClock) -> None:
    made = session(cloud, journal, ELSEWHERE, clock=clock)
    carried_out(made)
    assert made.run is not None and made.run.plan is not None
    assert to_do(made.run, made.run.plan) == []
    outputs = made.run.record.handover["outputs"]
    assert NAME in (outputs["proof_name"], outputs["proof_name_2"])
    steps = made.run.record.handover["next_steps"]
    enter = next(each for each in steps if "Enter CNAME records" in each)
    assert all(each in enter for each in (*ELSEWHERE["domain"], outputs["cloudfront_name"]))
    names = [value for key, value in outputs.items() if key.startswith("record_name")]
    values = {value for key, value in outputs.items() if key.startswith("record_value")}
    assert names == ELSEWHERE["domain"]
    assert values == {outputs["cloudfront_name"]}, "each is copied by itself"
    assert any("Keep the certificate's CNAME records" in each for each in made.run.record.handover["next_steps"])


def test_it_works_only_once_somebody_got_there_by_its_names(cloud: Aws, journal: Journal, clock: FakeClock) -> None:
    """Nobody here can read the records: the ending waits for them, and a check does not claim that they are there."""
    made = session(cloud, journal, ELSEWHERE, clock=clock)
    carried_out(made)
    told = made.hand_over()
    assert verdict(told.findings).status is Status.WAITING
    (outside,) = [each.remedy for each in told.findings if each.id == "outside"]
    assert outside.endswith(f"check website --set distribution={told.outputs['distribution']} --set probe=yes")
    assert {each.grade for each in told.findings if each.id.startswith("records-")} == {Grade.WAITING}
    assert "waits for your DNS record" in told.waiting

    class Outside(Between):
        def look_at(self, url: str) -> Page:
            return Page(200, {"via": "1.1 cloudfront.net (CloudFront)"}, b"<h1>")

    def name_is(probe: str) -> Finding:
        subject = {"distribution": told.outputs["distribution"], "probe": probe}
        return {each.id: each for each in diagnosis.diagnose(Outside(cloud), subject)}["records-tea.test"]

    assert not name_is("no").aside and name_is("no").grade is Grade.NOT_CHECKED, "on the way, and not looked at"
    assert told.outputs["cloudfront_name"] in name_is("no").remedy
    assert name_is("yes").aside, "a visitor got there by it"


def test_once_it_is_taken_back_the_records_that_lead_nowhere_are_told(
    cloud: Aws, journal: Journal, clock: FakeClock
) -> None:
    made = session(cloud, journal, ELSEWHERE, clock=clock)
    carried_out(made)
    assert made.run is not None
    host = made.run.record.handover["outputs"]["cloudfront_name"]
    asked = not_brought_back(made.run, {}, made.claims())["What is yours to do:"]
    taken_back(made)
    told = made.receipt().yours
    assert {what for _, what in asked} == set(told)
    assert any(f"www.tea.test CNAME {host}; tea.test CNAME {host}." in each for each in told)
    assert any("certificate's CNAME records" in each and NAME in each for each in told)


@pytest.mark.parametrize("variant", ["bucket-named", "certificate-that-exists"])
def test_what_the_run_wrote_itself_is_nobody_elses_to_delete(
    cloud: Aws, journal: Journal, clock: FakeClock, variant: str
) -> None:
    made = session(cloud, journal, VARIANTS[variant], clock=clock)
    assert not [each.yours for each in made.review().plan.actions if each.yours]
