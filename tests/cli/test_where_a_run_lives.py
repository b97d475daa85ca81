"""Where a run lives: it is gone on with and taken back where it was begun, whatever the shell says by then."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from kills.scenes import CASES, FIRST
from s3_lambda.cases import PHOTOS
from support.between import between
from support.clock import FakeClock
from support.command import Account, Answers, Command

from flows.engine import Journal
from flows.practice import ACCOUNT_ID, SECOND_ACCOUNT_ID
from flows.practice.server import Served

HERE, ELSEWHERE = "eu-central-1", "us-east-1"


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("apply", "undo", "run_place"):
        monkeypatch.setattr(f"flows.engine.{module}.RealClock", FakeClock)


@contextmanager
def shell(monkeypatch: pytest.MonkeyPatch, **says: str) -> Iterator[None]:
    """A shell in which these variables are set."""
    with monkeypatch.context() as inside:
        for name, value in says.items():
            inside.setenv(name, value)
        yield


def made(handrail: Command, file: Path, *words: str) -> str:
    """A run of the VPN, without a word on where."""
    ran = handrail("run", "vpn", "--answers", file, "--yes", "--output", "json", *words)
    assert ran.code == 0, ran
    return str(ran.json["run"])


@pytest.fixture
def heard(company: Account) -> Iterator[tuple[str, list[str]]]:
    """The address of the account, and what is sent there."""
    calls: list[str] = []
    with between(company.url, heard=calls) as address:
        yield address, calls


def changing(calls: list[str]) -> list[str]:
    return [call for call in calls if not call.partition(":")[2].startswith(("Describe", "List", "Get", "Simulate"))]


WAYS = {
    "AWS_REGION": {"AWS_REGION": HERE},
    "AWS_DEFAULT_REGION": {"AWS_DEFAULT_REGION": HERE},
    "a profile": {"AWS_PROFILE": "work"},
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.wild
def test_where_it_is_is_written_down_whatever_says_so(
    handrail: Command, heard: tuple[str, list[str]], company: Account, answers: Answers, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch, way: str,
) -> None:  # fmt: skip
    """Account, partition, region and address: with the draft already, and then with the run; and there it is undone."""
    before, (address, calls) = company.picture(), heard
    (tmp_path / "config").write_text(f"[profile work]\nregion = {HERE}\nendpoint_url = {address}\n")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    says = WAYS[way] | ({} if way == "a profile" else {"AWS_ENDPOINT_URL": address})
    with shell(monkeypatch, **says):
        draft = handrail("run", "vpn", "--answers", answers(), "--output", "json")
        assert draft.code == 2
        (kept,) = handrail("runs", "--output", "json").json
        where = {"account": ACCOUNT_ID, "partition": "aws", "region": HERE, "endpoint_url": address, "endpoints": {}}
        assert where.items() <= kept.items()
    with shell(monkeypatch, AWS_REGION=ELSEWHERE):
        resumed = handrail("resume", kept["run"], "--yes", "--output", "json")
        assert (resumed.code, resumed.json["status"]) == (0, "waiting")
        assert f"Your surroundings say {ELSEWHERE}; this was begun in {HERE}" in resumed.err
        assert where.items() <= handrail("runs", kept["run"], "--output", "json").json.items()
        shown = handrail("runs", kept["run"]).out
        assert f"In account {ACCOUNT_ID} · {HERE} · at {address}" in shown
        undone = handrail("undo", kept["run"], "--yes", "--output", "json")
        assert (undone.code, undone.json["status"]) == (0, "undone")
        assert any("connection" in what for what in undone.json["removed"])
        assert f"this was begun in {HERE}" in undone.err and address in undone.err
        (told,) = [line for line in undone.err.splitlines() if line.startswith(f"Taking back {kept['run']}: ")]
        assert f"{ACCOUNT_ID} · {HERE}" in told
    assert company.picture() == before
    assert "ec2:DeleteVpnConnection" in calls


def test_a_profile_that_says_otherwise_is_said_and_not_heeded(
    handrail: Command, company: Account, answers: Answers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The run is begun with one profile; the shell has another one by then, or the command names it."""
    keys = "aws_access_key_id = AKIAVISITOR000000000\naws_secret_access_key = x"
    (tmp_path / "config").write_text(
        f"[profile work]\nregion = {HERE}\nendpoint_url = {company.url}\n{keys}\n"
        f"[profile private]\nregion = {ELSEWHERE}\nendpoint_url = {company.url}\n{keys}\n"
    )
    with shell(monkeypatch, AWS_CONFIG_FILE=str(tmp_path / "config")):
        run = made(handrail, answers(), "--profile", "work")
        assert "surroundings" not in handrail("runs", run, "--look", "--output", "json").err
        region = f"Your surroundings say {ELSEWHERE}; this was begun in {HERE}, and is gone on with there."
        with shell(monkeypatch, AWS_PROFILE="private"):
            looked = handrail("runs", run, "--look", "--output", "json")
            assert looked.json["region"] == HERE and region in looked.err
            assert "Your surroundings say the profile private; this was begun with work" in looked.err
        named = handrail("undo", run, "--yes", "--output", "json", "--profile", "private")
        assert (named.code, named.json["status"]) == (0, "undone")
        assert region in named.err and "the profile" not in named.err
        assert any("connection" in what for what in named.json["removed"])


@pytest.mark.wild
def test_an_address_of_one_service_stays_that_of_the_run(
    handrail: Command, company: Account, answers: Answers, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`AWS_ENDPOINT_URL_EC2` is gone from the shell by the time of the undo, and another one is there."""
    ec2, rest, stranger = list[str](), list[str](), list[str]()
    before = company.picture()
    with (
        between(company.url, heard=ec2) as for_ec2,
        between(company.url, heard=rest) as for_all,
        between(company.url, heard=stranger) as for_nobody,
    ):
        with shell(monkeypatch, AWS_ENDPOINT_URL=for_all, AWS_ENDPOINT_URL_EC2=for_ec2, AWS_REGION=HERE):
            planned = handrail("plan", "vpn", "--answers", answers())
            assert f"at {for_all} · at {for_ec2} for ec2" in planned.out
            run = made(handrail, answers())
        assert {call.partition(":")[0] for call in ec2} == {"ec2"} and "ec2" not in {c.partition(":")[0] for c in rest}
        with shell(monkeypatch, AWS_ENDPOINT_URL=for_nobody, AWS_ENDPOINT_URL_STS=for_nobody):
            undone = handrail("undo", run, "--yes", "--output", "json")
        assert (undone.code, undone.json["status"]) == (0, "undone")
        assert stranger == []
        assert "ec2:DeleteVpnConnection" in ec2 and "ec2:DeleteVpnConnection" not in rest
    assert company.picture() == before


@pytest.mark.parametrize("command", ["resume", "undo"])
@pytest.mark.parametrize(("flag", "value"), [("--region", ELSEWHERE), ("--endpoint-url", "http://127.0.0.1:9")])
@pytest.mark.wild
def test_a_flag_that_says_otherwise_is_refused(
    handrail: Command, heard: tuple[str, list[str]], answers: Answers, command: str, flag: str, value: str
) -> None:
    """Exit 2, with both values, and nothing is sent; the same values as the run's are fine."""
    address, calls = heard
    run = made(handrail, answers(), "--region", HERE, "--endpoint-url", address)
    calls.clear()
    ran = handrail(command, run, "--yes", "--output", "json", flag, value)
    assert ran.code == 2
    error = ran.json["error"]
    assert value in error["message"] and f"Leave out {flag}" in error["remedy"]
    assert (HERE if flag == "--region" else address) in error["message"]
    assert calls == []
    assert handrail("undo", run, "--yes", "--region", HERE, "--endpoint-url", f"{address}/").code == 0


@pytest.mark.parametrize("command", ["resume", "undo"])
@pytest.mark.parametrize("what", ["account", "partition"])
@pytest.mark.wild
def test_another_account_is_refused(
    handrail: Command, heard: tuple[str, list[str]], answers: Answers, command: str, what: str
) -> None:
    """Exit 4, naming both, and nothing is sent but the question who is signed in."""
    address, calls = heard
    run = made(handrail, answers(), "--region", HERE, "--endpoint-url", address)
    journal = Journal()
    if what == "account":
        journal.write("UPDATE runs SET account = ?", (SECOND_ACCOUNT_ID,))
    else:
        journal.write("""UPDATE runs SET place = replace(place, '"partition": "aws"', '"partition": "aws-cn"')""")
    calls.clear()
    ran = handrail(command, run, "--yes", "--output", "json")
    assert ran.code == 4
    error = ran.json["error"]
    assert (SECOND_ACCOUNT_ID if what == "account" else "aws-cn") in error["message"]
    assert "--profile" in error["remedy"]
    assert set(calls) <= {"sts:GetCallerIdentity", "iam:ListAccountAliases"}


@pytest.mark.wild
def test_practice_and_the_real_world_do_not_mix(
    handrail: Command, heard: tuple[str, list[str]], answers: Answers
) -> None:
    address, calls = heard
    run = made(handrail, answers(), "--region", HERE, "--endpoint-url", address)
    calls.clear()
    ran = handrail("undo", run, "--yes", "--practice", "--output", "json")
    assert (ran.code, calls) == (4, [])
    assert "not in practice" in ran.json["error"]["message"]


@pytest.mark.parametrize("flow", FIRST)
@pytest.mark.some("s3_lambda")
def test_every_set_up_is_taken_back_where_it_is(
    handrail: Command, served: Served, signed_in: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, flow: str
) -> None:
    """Made with the region of one shell, undone in another that says another region: as before, and it is told."""
    case = CASES[FIRST[flow]]
    before, file = case.picture(served.account), tmp_path / "answers.json"
    file.write_text(json.dumps(dict(case.answers)))
    with shell(monkeypatch, AWS_REGION=HERE, AWS_ENDPOINT_URL=served.url):
        ran = handrail("run", flow, "--answers", file, "--yes", "--output", "json", *case.agreed)
        assert (ran.code, ran.json["status"]) == (0, case.ends), ran
    decided = [word for said in case.decided for word in ("--set", said)]
    with shell(monkeypatch, AWS_REGION=ELSEWHERE, AWS_DEFAULT_REGION=ELSEWHERE):
        undone = handrail("undo", ran.json["run"], "--yes", "--output", "json", *decided)
    assert (undone.code, undone.json["status"]) == (0, "undone"), undone
    assert undone.json["removed"] or undone.json["restored"]
    assert f"say {ELSEWHERE}; this was begun in {HERE}" in undone.err
    assert case.picture(served.account) == before


def test_what_is_to_be_pasted_afterwards_reaches_where_the_run_is(
    handrail: Command, company: Account, tmp_path: Path
) -> None:
    """An aws line beside handrail's own: pasted into another shell it would go to another account."""
    (tmp_path / "answers.json").write_text(json.dumps(dict(PHOTOS)))
    ran = handrail("run", "s3_lambda", "--answers", tmp_path / "answers.json", "--yes", "--output", "json", *company.at)
    pasted = [step for step in ran.json["next_steps"] if " aws " in step]
    assert len(pasted) == 3
    assert all(f"aws --region {HERE} --endpoint-url " in step for step in pasted)


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("--profile", "partner"), 4, "Practice is always in the company's account, and --profile says partner."),
        (("--profile", "nosuch"), 4, "Practice is always in the company's account, and --profile says nosuch."),
        (("--endpoint-url", "http://127.0.0.1:9"), 2, "Practice is asked at no address"),
    ],
)
def test_practice_knows_no_profile_and_no_address(
    handrail: Command, answers: Answers, words: tuple[str, ...], code: int, said: str
) -> None:
    for command in (
        ("run", "vpn", "--answers", answers(), "--yes"),
        ("check",),
        ("plan", "vpn", "--answers", answers()),
    ):
        ran = handrail("--practice", *command, *words, "--output", "json")
        assert ran.code == code and ran.error["message"].startswith(said)
    assert handrail("runs", "--output", "json").json == []


def test_a_run_of_practice_is_not_taken_back_as_somebody_else(process: Command) -> None:
    redirect = ("alb", "--set", "load_balancer=shop", "--set", "status=302", "--accept", "port-to-everybody")
    ran = process("--practice", "run", *redirect, "--yes", "--output", "json")
    assert ran.code == 0, ran
    run = ran.json["run"]
    for command in (("undo", run), ("resume", run), ("runs", run, "--look")):
        ran = process(
            *command, *(["--yes"] if command[0] != "runs" else []), "--profile", "partner", "--output", "json"
        )
        assert ran.code == 4 and "--profile says partner" in ran.error["message"]
    assert process("undo", run, "--yes", "--output", "json").json["status"] == "undone"
