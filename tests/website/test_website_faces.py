"""The central warning in all three faces, with the key that switches; and what is written for others."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from support.clock import FakeClock
from support.clouds import Between
from support.sessions import taken_back
from website.cases import (
    BUCKET,
    BUCKET_OF_SITE,
    NAMED,
    SITE,
    VARIANTS,
    WEBSITE,
    WEBSITE_OF_SITE,
    picture,
    session,
)  # fmt: skip

import flows
from flows.engine import Call, Denied, Journal, Place, Session
from flows.engine.boto import Aws
from flows.engine.refusals import changes
from flows.export.cli import script
from flows.practice import PracticeAccount
from flows.practice.server import serve
from tui.cli.main import main
from tui.lines.conversation import Conversation

MISTAKEN = {**WEBSITE, "origin": BUCKET_OF_SITE}
WARNING = "has website hosting turned on, but you chose the bucket itself"


# -- the warning -----------------------------------------------------------------------------------------------


def run(capfd: pytest.CaptureFixture[str], *words: str) -> tuple[int, Any]:
    capfd.readouterr()
    with pytest.raises(SystemExit) as ending:
        main([*words, "--output", "json"])
    code = ending.value.code
    assert isinstance(code, int)
    return code, json.loads(capfd.readouterr().out)


@pytest.mark.wild
def test_in_batch_it_must_be_accepted_by_its_id(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Else exit 3 with nothing created; accepted, it is listed among the warnings."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAVISITOR000000000")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "x")
    file = tmp_path / "answers.yaml"
    file.write_text(yaml.safe_dump(dict(MISTAKEN)))
    with serve() as served:
        at = ("--endpoint-url", served.url, "--region", "eu-central-1")
        before = picture(served.account.session)
        code, told = run(capfd, "run", "website", "--answers", str(file), "--yes", *at)
        assert (code, picture(served.account.session)) == (3, before)
        assert WARNING in told["error"]["message"]
        assert "--accept bucket-instead-of-website" in told["error"]["remedy"]
        code, told = run(
            capfd, "run", "website", "--answers", str(file), "--yes", "--accept", "bucket-instead-of-website", *at
        )
        assert (code, told["status"]) == (0, "done")
        assert "bucket-instead-of-website" in {warning["id"] for warning in told["warnings"]}
        code, told = run(capfd, "undo", told["run"], "--yes", *at)
        assert (code, told["status"], picture(served.account.session)) == (0, "undone", before)


def test_in_the_conversation_a_word_switches(cloud: Aws, journal: Journal, capsys: pytest.CaptureFixture[str]) -> None:
    """The same warning, and after “switch” the website is the answer."""
    said = iter([SITE, BUCKET_OF_SITE, "switch", "quit"])
    made = Session(flows.find("website"), cloud, journal, place=Place(practice=True))
    assert Conversation(made, lambda prompt, start: next(said)).hold() == 0
    shown = " ".join(capsys.readouterr().out.split())
    assert WARNING in shown
    assert made.answers()["origin"] == WEBSITE_OF_SITE


def test_the_switch_leads_to_the_plan_that_was_meant(cloud: Aws) -> None:
    """What every face does when it is pressed: the same as if the website had been chosen at once."""
    made = Session(flows.find("website"), cloud, None, place=Place(practice=True))
    made.suggest(MISTAKEN)
    state: Any = made.state()
    assert (state.question.id, [caution.id for caution in state.cautions]) == ("origin", ["bucket-instead-of-website"])
    made.answer(state.cautions[0].switch)
    assert made.review().plan == session(cloud, None, WEBSITE).review().plan


# -- trouble ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("variant", ["website-that-is-none", "bucket-named-app"])
@pytest.mark.wild
def test_denied_at_any_call_it_says_which_and_is_taken_back(
    account: PracticeAccount, cloud: Aws, journal: Journal, clock: FakeClock, variant: str
) -> None:
    """Access is denied at each changing call in turn: the permission is named, and undo leaves nothing."""
    before = picture(account.session)
    watched = Between(cloud)
    made = session(watched, journal, VARIANTS[variant], clock=clock)
    list(made.apply())
    taken_back(made)
    changing = list(dict.fromkeys(call.operation for call in watched.calls if changes(call)))
    applied = [action.call.operation for action in made.run.plan.actions if changes(action.call)]  # type: ignore[union-attr]
    assert set(applied) <= set(changing)
    for operation in dict.fromkeys(applied):
        denying = [True]

        def deny(_: int, call: Call, operation: str = operation, denying: list[bool] = denying) -> None:
            if call.operation == operation and denying:
                raise Denied(f"You are not allowed to {operation}.", permission=operation, aws_code="AccessDenied")

        again = session(Between(cloud, before=deny), journal, VARIANTS[variant], clock=clock)
        problems = [event.problem for event in again.apply() if event.problem]
        assert any(operation in str(problem) for problem in problems)
        denying.clear()
        taken_back(again)
        assert picture(account.session) == before


# -- what is written for others --------------------------------------------------------------------------------


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.wild
def test_the_script_is_clean(cloud: Aws, tmp_path: Path, variant: str) -> None:
    """shellcheck has nothing to say, and the secret is made up where it runs."""
    plan = session(cloud, None, VARIANTS[variant]).review().plan
    text = script(plan, flow="website", title="A website", region="eu-central-1")
    file = tmp_path / "script.sh"
    file.write_text(text)
    subprocess.run(["bash", "-n", str(file)], check=True)
    assert ("openssl rand" in text) is bool(plan.secrets)
    if shutil.which("shellcheck") is None:
        pytest.skip("there is no shellcheck on this machine to ask")
    checked = subprocess.run(["shellcheck", str(file)], check=False, capture_output=True, text=True)
    assert checked.stdout == ""


def test_the_policy_allows_both_regions(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The certificate is requested elsewhere; a policy for one region would refuse that."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAVISITOR000000000")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "x")
    file, out = tmp_path / "answers.yaml", tmp_path / "policy.json"
    file.write_text(yaml.safe_dump({**BUCKET, **NAMED}))
    with serve() as served, pytest.raises(SystemExit) as ending:
        at = ("--endpoint-url", served.url, "--region", "eu-central-1")
        main(["export", "website", "--answers", str(file), "--format", "policy", "--out", str(out), *at])
    assert ending.value.code == 0
    assert "?" not in out.read_text()
    written = json.loads(out.read_text())
    policies = written if isinstance(written, list) else [written]
    statements = [each for policy in policies for each in policy["Statement"]]
    limits = [each.get("Condition", {}).get("StringEquals", {}) for each in statements]
    regions = {region for each in limits for region in _listed(each.get("aws:RequestedRegion", []))}
    assert regions == {"eu-central-1", "us-east-1"}
    actions = {action for each in statements for action in _listed(each["Action"])}
    assert {"cloudfront:TagResource", "acm:AddTagsToCertificate", "s3:PutBucketPolicy"} <= actions


def _listed(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value
