"""Whatever stands in a name, a shell reads the shown command as the words that were meant."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.engine import shell
from flows.place import Place

HOSTILE = (
    "$(touch PWNED)", "`touch PWNED`", ";touch PWNED", "a'b", 'a"b', "a b", " a  b ", "", "a\nb", "a\ttouch PWNED\r\n",
    "-rf", "--", "~root", "=ls", "!!", "!!\n", "\\", "\\\n'", "*", "{a,b}", "#x", "a|b&c", "<x>y", "\u202etxt.exe",
    "\u2028", "ü→日本", "🧵\u200d🧶", "%1", "a=b", "$HOME", "^x^y", "\x1b[2J", "[ab]", "?",
)  # fmt: skip
SHELLS = ("bash", "zsh", "fish")
PRINTING = 'printf "%s\\0" '


def argv(told: str, program: str, folder: Path) -> list[str]:
    """The words that a shell makes of what follows `printf`, in a folder of its own."""
    env = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "HOME": str(folder)}
    done = subprocess.run([program, "-c", told], cwd=folder, capture_output=True, check=True, env=env)
    return done.stdout.decode().split("\0")[:-1]


@pytest.fixture(params=SHELLS)
def program(request: pytest.FixtureRequest) -> str:
    if not shutil.which(request.param):
        pytest.skip(f"there is no {request.param} on this machine to ask")
    return str(request.param)


def test_a_shell_reads_the_very_words(program: str, tmp_path: Path) -> None:
    plain = [word for word in HOSTILE if "\\" not in word and not shell.quoted(word).startswith("$'")]
    words = plain if program == "fish" else list(HOSTILE)
    assert argv(PRINTING + " ".join(map(shell.quoted, words)), program, tmp_path) == words
    assert not (tmp_path / "PWNED").exists()


@settings(max_examples=40, deadline=None)
@given(st.lists(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])), min_size=20, max_size=60))
def test_a_shell_reads_any_words(words: list[str]) -> None:
    told = " ".join(map(shell.quoted, words))
    assert told.isprintable() and "  " not in told, "a paste would be more than one line, or hide something"
    assert argv(PRINTING + told, "bash", Path("/")) == words


def test_a_value_that_looks_like_an_option_stays_a_value() -> None:
    assert shell.aws("events", "enable-rule", name="-rf") == "aws events enable-rule --name=-rf"
    assert shell.aws("events", "enable-rule", name="a b") == "aws events enable-rule --name 'a b'"
    assert shell.command("aws", "s3", "cp", shell.here("-rf"), "s3://a/-rf") == "aws s3 cp ./-rf s3://a/-rf"
    assert shell.handrail("check", "s3_lambda", function="$(x)") == "handrail check s3_lambda --set 'function=$(x)'"


@pytest.mark.parametrize(
    ("place", "said"),
    [
        (Place(practice=True), "handrail --practice check vpn"),
        (Place("shop", "eu-west-1"), "handrail --profile shop --region eu-west-1 check vpn"),
        (
            Place(region="eu-west-1", endpoint_url="http://[::1]:1"),
            "--region eu-west-1 --endpoint-url 'http://[::1]:1'",
        ),
        (Place(), "See: handrail check vpn --set connection=vpn-1"),
    ],
)
def test_what_is_pasted_elsewhere_looks_where_the_run_is(place: Place, said: str) -> None:
    text = f"See: {shell.handrail('check', 'vpn', connection='vpn-1')} (then: {shell.handrail('undo', 'vpn-x')})"
    told = shell.placed(text, place)
    assert said in told
    assert "(then: handrail undo vpn-x)" in told  # a run knows where it is


OPS = Place("ops", "eu-west-1", "http://[::1]:1", endpoints=(("s3", "http://[::1]:2"), ("cloudwatch_logs", "")))
ALL = "--profile ops --region eu-west-1 --endpoint-url 'http://[::1]:1'"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (shell.aws("rds", "start-db-cluster", db_cluster_identifier="a"), f"aws {ALL} rds start-db-cluster"),
        (
            f"Try it: echo test | {shell.aws('s3', 'cp', '-', 's3://a/b')}",
            "| aws --profile ops --region eu-west-1 --endpoint-url 'http://[::1]:2' s3 cp - s3://a/b",
        ),
        (
            shell.aws("logs", "tail", "/aws/lambda/a"),
            "aws --profile ops --region eu-west-1 logs tail /aws/lambda/a",  # that one is asked at AWS itself
        ),
        (
            shell.aws("ec2", "create-tags", region="us-east-1"),
            "aws --profile ops --endpoint-url 'http://[::1]:1' ec2 create-tags --region us-east-1",
        ),
        (
            shell.aws("ec2", "create-route", region="us-east-1", profile="theirs"),
            "aws --endpoint-url 'http://[::1]:1' ec2 create-route --region us-east-1 --profile theirs",
        ),
        (
            f"“{shell.aws('kms', 'enable-key', key_id='k')}”, or {shell.aws('kms', 'x', region='us-east-1')}",
            f"“aws {ALL} kms enable-key --key-id k”, or aws --profile ops --endpoint-url 'http://[::1]:1' kms x",
        ),
        (
            f"Ask its owner for: {shell.aws_of('210987654321', 'ec2', 'describe-route-tables')}",
            "for: aws --profile OF-210987654321 ec2 describe-route-tables",
        ),
        ("See /aws/lambda/a and aws-tunnels.", "See /aws/lambda/a and aws-tunnels."),
    ],
)
def test_what_is_pasted_elsewhere_reaches_the_account_that_was_worked_in(text: str, said: str) -> None:
    assert said in shell.placed(text, OPS)
    assert shell.placed(text, Place()) == text


def test_what_the_owner_of_another_account_does_is_for_aws_in_practice() -> None:
    told = shell.aws_of("210987654321", "ec2", "describe-route-tables")
    assert shell.placed(told, Place(practice=True)) == f"On AWS: {told}"


STEPS = (
    "Upload: aws s3 sync build/ s3://site",
    "See whether it works: handrail check website --set distribution=E1",
    "Push: git push codecommit://shop",
)


def test_in_practice_all_but_its_own_commands_are_for_aws_and_stay_in_their_order() -> None:
    """A command for the real account must not look like the next thing to paste."""
    assert shell.next_steps(STEPS, Place(practice=True)) == (
        "On AWS you would now: Upload: aws s3 sync build/ s3://site",
        "See whether it works: handrail --practice check website --set distribution=E1",
        "On AWS you would now: Push: git push codecommit://shop",
    )
    assert shell.placed("Make it first: aws s3 mb s3://a", Place(practice=True)).startswith("On AWS: ")


def test_elsewhere_the_steps_stay_in_their_order() -> None:
    assert shell.next_steps(STEPS, Place()) == STEPS
    assert "handrail --region eu-west-1 check" in shell.next_steps(STEPS, Place(region="eu-west-1"))[1]
