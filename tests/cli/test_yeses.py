"""`--accept`: an id that nothing asks a yes for is refused at once; and whoever tries again leaves no second draft."""

from __future__ import annotations

import re

import pytest
from alb.cases import HTTPS
from support.command import Account, Command
from support.runs import draft

from flows.engine import Journal

ANSWERS = [word for key, value in HTTPS.items() for word in ("--set", f"{key}={value}")]


@pytest.mark.parametrize(
    ("words", "typed", "meant"),
    [
        (("run", "alb", *ANSWERS, "--yes"), "port-to-everybod", "port-to-everybody"),
        (("plan", "alb", *ANSWERS), "hstss", "hsts"),
        (("check", "vpn", "--set", "connection=vpn-1", "--fix", "all"), "trafic", "traffic"),
    ],
)
def test_an_unknown_id_is_refused_with_the_one_that_was_meant(
    handrail: Command, words: tuple[str, ...], typed: str, meant: str
) -> None:
    """Before an account is opened: there is none here."""
    ran = handrail(*words, "--accept", typed, "--output", "json")
    assert (ran.code, ran.error["code"]) == (2, "refused")
    assert f"“{typed}”" in ran.error["message"] and f"Did you mean “{meant}”?" in ran.error["remedy"]


def test_so_it_is_where_a_run_is_gone_on_with_or_put_back(journal: Journal, handrail: Command) -> None:
    run = draft(journal, name="a").id
    assert handrail("resume", run, "--yes", "--accept", "internet-let").code == 2
    ran = handrail("runs", run, "--look", "--put-back", "--accept", "new-id")
    assert ran.code == 2 and "Did you mean “new-ids”?" in ran.err


def test_a_yes_that_another_set_up_asks_for_may_stand_there(handrail: Command) -> None:
    """A script says the same to several."""
    ran = handrail("plan", "vpn", "--accept", "port-to-everybody")
    assert ran.code == 2 and "answers are missing" in ran.err and "--accept" not in ran.err


def test_all_that_is_unknown_is_told_at_once(handrail: Command) -> None:
    told = handrail("plan", "alb", "--accept", "hstss", "--accept", "none").err
    assert "“hstss”" in told and "“none”" in told and "Did you mean “hsts”?" in told


def test_a_plan_names_the_yeses_that_its_run_will_need(museum: Account, handrail: Command) -> None:
    """Whoever has read the plan need not run into a refusal to learn them."""
    words = (*ANSWERS, *museum.at)
    plan, run = handrail("plan", "alb", *words), handrail("run", "alb", *words, "--yes")
    assert (plan.code, run.code) == (0, 3)
    needed = set(re.findall(r"--accept ([a-z-]+)", run.err))
    assert needed and set(re.findall(r"--accept ([a-z-]+)", plan.out)) == needed
    some, *rest = sorted(needed)
    assert set(re.findall(r"--accept ([a-z-]+)", handrail("plan", "alb", *words, "--accept", some).out)) == set(rest)
    assert handrail("plan", "alb", *words, "--output", "json").json["warnings"]


def test_whoever_tries_again_in_batch_leaves_one_draft(company: Account, handrail: Command, journal: Journal) -> None:
    words = ("run", "alb", *ANSWERS, "--yes", *company.at)
    refused = handrail(*words)
    assert refused.code == 3
    (first,) = journal.records()
    going_on, forgetting = f"handrail resume {first.id} --yes", f"handrail runs {first.id} --delete"
    kept_as = f"The answers are kept as the draft {first.id}; to go on: `{going_on}`; to forget it: `{forgetting}`."
    assert kept_as in refused.err
    assert kept_as in handrail(*words, "--output", "json").error["remedy"]
    with journal.run(first.id).held():  # somebody has it open
        assert handrail(*words).code == 3
        assert len(journal.records()) == 2
    assert handrail(*words).code == 3
    assert handrail("run", "alb", *ANSWERS, "--set", "status=302", *company.at).code == 3
    kept = [record.answers["status"] for record in journal.records()]
    assert sorted(kept) == ["301", "301", "302"], "only what has the very same answers is the same"
