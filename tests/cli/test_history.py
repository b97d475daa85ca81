"""The list of drafts and runs: what they are of, where, since when, what they cost now; and a draft that is deleted."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from support.command import Command
from support.runs import GATEWAY, HERE, draft, made

import flows
from flows.aws import aurora_prices
from flows.engine import Cost, Journal, Place, Plan
from flows.engine.look import Looked, State
from tui import history, looking_again


def test_a_line_says_what_a_run_is_of_and_what_it_costs_now(journal: Journal, handrail: Command) -> None:
    run = made(journal, "waiting", name="office-berlin")
    told = f"waiting for you · just now · about 36.50 USD a month · 111122223333 · eu-central-1 · {run.id}"
    assert handrail("runs").out == f"vpn: office-berlin  {told}\n"
    (listed,) = handrail("runs", "--output", "json").json
    assert (listed["subject"], listed["state"], listed["usd_per_month"]) == (
        "office-berlin",
        "waiting for you",
        "36.50",
    )
    assert listed["status"] == "waiting", "the word that programs compare stays"
    about = handrail("runs", run.id, "--output", "json").json
    assert (about["usd_per_month"], about["usd_per_month_most"]) == ("36.50", "36.50")
    assert handrail("runs", run.id).out.startswith(f"{run.id}: waiting for you\noffice-berlin\n")


def test_what_was_never_made_has_no_price_and_what_is_asked_instead_of_aws_is_told(
    journal: Journal, handrail: Command
) -> None:
    """A step that was stopped before it was sent costs nothing; and a run at an emulator does not look like AWS."""
    price = Cost("The second one", Decimal("0.07"), "2026-11", "somewhere")
    second = replace(GATEWAY, id="second", costs=(price,))
    run = draft(journal, place=Place(region="eu-central-1", endpoint_url="http://127.0.0.1:5555"), name="office")
    run.confirm(Plan((GATEWAY, second)), "111122223333", run.record.place)
    run.note("gateway", "ready")
    run.set_status("failed")
    shown = handrail("runs", run.id)
    assert "36.50 USD" in shown.out and "The second one" not in shown.out
    assert [each["what"] for each in handrail("runs", run.id, "--output", "json").json["costs"]] == [
        each.what for each in GATEWAY.costs
    ]
    assert " · eu-central-1 · at http://127.0.0.1:5555 · " in handrail("runs").out
    run.note("second", "intent")
    assert "The second one" in handrail("runs", run.id).out, "in doubt it may be there, and cost"


def test_what_costs_by_how_much_it_is_used_is_told_from_least_to_most(journal: Journal, handrail: Command) -> None:
    """A database that may sleep is awake when it was just made: the least alone would be said of what is not so."""
    database = replace(GATEWAY, costs=aurora_prices.card(Decimal(0), Decimal(4), "aurora", 1, public=False))
    run = made(journal, "done", "aurora", action=database, name="shop-db")
    assert f" · about 0.40 to 351 USD a month · 111122223333 · eu-central-1 · {run.id}" in handrail("runs").out
    (listed,) = handrail("runs", "--output", "json").json
    assert (listed["usd_per_month"], listed["usd_per_month_most"]) == ("0.40", "350.80")


def test_with_practice_only_what_is_practice_is_listed(journal: Journal, handrail: Command) -> None:
    real, played = draft(journal, name="office"), draft(journal, place=Place(practice=True), name="try")
    assert {each["run"] for each in handrail("runs", "--output", "json").json} == {real.id, played.id}
    assert [each["run"] for each in handrail("runs", "--practice", "--output", "json").json] == [played.id]
    assert real.id not in handrail("runs", "--practice").out


def test_of_what_cannot_be_told_nothing_is_said() -> None:
    unknown = Looked("gateway", "The gateway", State.UNKNOWN, "", "It may not be read.")
    seen = replace(unknown, state=State.AS_LEFT)
    assert looking_again.how_it_stands([unknown, unknown]) == (
        "Whether it is as this run left it is not known: of 2 steps 2 cannot be told."
    )
    assert looking_again.how_it_stands([seen, unknown]).startswith(
        "What could be seen is as this run left it: of 2 steps 1"
    )


def test_what_was_taken_back_costs_nothing(journal: Journal) -> None:
    made(journal, "undone", name="office")
    (entry,) = history.entries(journal)
    assert entry.usd_per_month is None and entry.costs == ""


@pytest.mark.parametrize(
    ("flow", "answers", "subject"),
    [
        (
            "vpn",
            {"vpc": "vpc-0abc", "gateway_ip": "198.51.100.7", "networks": ["10.0.0.0/8"]},
            "vpc-0abc · 198.51.100.7",
        ),
        (
            "vpn",
            {"vpc": "vpc-37c9e7c194a9400cf", "gateway_ip": "198.51.100.7", "networks": ["10.0.0.0/8"]},
            "198.51.100.7 · 10.0.0.0/8",
        ),
        ("website", {"bucket": "shop", "origin": "shop.s3-website.eu-central-1.amazonaws.com", "domain": []}, "shop"),
        ("website", {"bucket": "shop", "domain": ["www.fjord-coffee.example"]}, "www.fjord-coffee.example · shop"),
        ("share_ami", {"image": "new", "instance": "i-0abc", "launch": "yes"}, "i-0abc"),
        ("s3_lambda", {"function": "arn:aws:lambda:eu-central-1:111122223333:function:thumb"}, "function:thumb"),
        (
            "alb",
            {
                "load_balancer": "arn:aws:elasticloadbalancing:eu-central-1:111122223333:loadbalancer/app/shop/"
                "eea848c74486bbe2",
                "action": "fixed_response",
            },
            "shop · a fixed response",
        ),
        (
            "alb",
            {"x": "arn:aws:elasticloadbalancing:eu-central-1:1:listener/app/shop/eea848c74486bbe2/0123456789abcdef"},
            "shop",
        ),
        ("wordpress", {"mode": "new_instance", "instance_type": "t4g.small"}, "a new machine · t4g.small"),
        ("vpn", {}, "nothing answered yet"),
        ("website", {"domain": "[]", "bucket": "fjord-site", "price": "100"}, "fjord-site · 100"),
        ("peering", {"vpc": "shop", "whose": "mine", "peer_region": "eu-west-1", "peer_vpc": "b"}, "shop · b"),
        ("alb", {"put_back": "alb-abc"}, "alb-abc put back"),
    ],
)
def test_drafts_are_told_apart_by_what_was_answered_first(
    journal: Journal, flow: str, answers: dict[str, object], subject: str
) -> None:
    (entry,) = history.entries(journal, [draft(journal, flow, **answers).record])
    assert (entry.subject, entry.title) == (subject, f"{flow}: {subject}")


def test_an_answer_to_choose_is_told_in_words() -> None:
    """Where it is asked in any case, it may stand in the title of a draft."""
    asked = (question for flow in flows.every() for question in flow.questions if not question.fine_tuning)
    offered = {option.key for question in asked for option in getattr(question, "written", ())}
    assert {each for each in offered if "_" in each} == history.IN_WORDS.keys()


def test_how_long_ago(journal: Journal) -> None:
    record = draft(journal).record
    for later, said in ((59, "just now"), (60, "1 minute ago"), (7200, "2 hours ago"), (90000, "1 day ago")):
        now = datetime.fromisoformat(record.changed) + timedelta(seconds=later)
        assert history.entries(journal)[0].told(now)[1] == said


def test_practice_is_told_from_an_account(journal: Journal) -> None:
    draft(journal, place=Place(practice=True, region="eu-central-1"))
    assert "PRACTICE" in history.lines(history.entries(journal))[0]


def test_a_draft_is_deleted_and_a_run_never(journal: Journal, handrail: Command) -> None:
    left, gone, run = draft(journal, name="a"), draft(journal, name="b"), made(journal, "done", name="c")
    assert handrail("runs", gone.id, "--delete").out == f"{gone.id} is deleted. It had created nothing.\n"
    assert {each.id for each in journal.records()} == {left.id, run.id}
    refused = handrail("runs", run.id, "--delete")
    assert refused.code == 2 and f"handrail undo {run.id}" in refused.err
    refused = handrail("runs", made(journal, "undone", name="d").id, "--delete")
    assert refused.code == 2 and "was taken back" in refused.err and "handrail undo" not in refused.err
    assert handrail("runs", left.id, "--delete", "--output", "json").json["status"] == "deleted"
    assert handrail("runs", "--delete").code == 2


def test_a_draft_that_somebody_has_open_is_not_deleted(journal: Journal, handrail: Command) -> None:
    open_ = draft(journal, name="a")
    with open_.held():
        refused = handrail("runs", open_.id, "--delete")
    assert refused.code == 3 and "is being driven by another Handrail" in refused.err
    assert len(journal.records()) == 1


def test_what_was_begun_and_stopped_before_it_was_sent_is_not_told_as_never_begun(
    journal: Journal, handrail: Command
) -> None:
    run = draft(journal, name="office")
    run.confirm(Plan((GATEWAY, replace(GATEWAY, id="next", sentence="Create the next"))), "111122223333", HERE)
    run.note("gateway", "intent")
    run.note("gateway", "refused", why="stopped")
    run.set_status("failed")
    shown = handrail("runs", run.id).out
    assert f"  stopped    {GATEWAY.sentence}\n  to do      Create the next\n" in shown and "USD" not in shown
