"""The settings file: what it may say, what wins over it, and how a bad one is told. And the log for support."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from support.command import Account, Command

from flows.engine import Journal, Place
from flows.engine.problems import Refused
from tui import preferences
from tui.screen.theme import THEMES


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The settings file, which is not there yet; the environment says nothing."""
    for name in (*preferences.PROFILES, preferences.KEYS, *preferences.REGIONS, "HANDRAIL_PLAIN"):
        monkeypatch.delenv(name, raising=False)
    file = preferences.path()
    assert file.is_relative_to(tmp_path)
    file.parent.mkdir(parents=True)
    return file


BOTH = 'profile = "work"\nregion = "eu-west-1"\n'


@pytest.mark.parametrize(
    ("said", "environment", "profile", "region"),
    [
        (Place(), {}, "work", "eu-west-1"),
        (Place(region="us-east-1"), {}, "work", "us-east-1"),
        (Place(profile="other"), {}, "other", ""),
        (Place(profile="work"), {}, "work", "eu-west-1"),
        (Place(), {"AWS_PROFILE": "other"}, "", ""),
        (Place(), {"AWS_DEFAULT_REGION": "us-east-1"}, "work", ""),
        (Place(), {"AWS_ACCESS_KEY_ID": "AKIA"}, "", "eu-west-1"),
        (Place(practice=True), {}, "", ""),
    ],
)
def test_what_wins(
    write: Path, monkeypatch: pytest.MonkeyPatch, said: Place, environment: dict[str, str], profile: str, region: str
) -> None:
    write.write_text(BOTH)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    found = preferences.here(said)
    assert (found.profile, found.region) == (profile, region)
    assert preferences.here(found) == found


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('regoin = "eu-west-1"', "says “regoin”, which is not known"),
        ("region = eu-west-1", "is broken: Invalid value"),
        ("plain = 'yes'", "says plain = yes. It takes true or false."),
        ("region = 3", "says region = 3. It takes a text in quotation marks."),
    ],
)
def test_a_bad_file_is_a_sentence(handrail: Command, write: Path, text: str, told: str) -> None:
    write.write_text(text)
    ran = handrail("plan", "vpn", "--set", "name=x", "--region", "eu-central-1")
    assert (ran.code, ran.out) == (2, "") and str(write) in ran.err
    assert told in " ".join(ran.err.split())
    assert handrail("list").code == 0, "what needs no settings does not read them"


def test_a_theme_that_is_none_names_the_nearest(write: Path) -> None:
    write.write_text('theme = "handrail-lite"')
    with pytest.raises(Refused, match="handrail-lite") as refused:
        preferences.theme([theme.name for theme in THEMES])
    assert "handrail-light" in refused.value.remedy
    write.write_text('theme = "handrail-light"')
    assert preferences.theme([theme.name for theme in THEMES]) == "handrail-light"


def test_lines_are_preferred(write: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write.write_text("plain = true")
    assert preferences.plain()
    monkeypatch.setenv("HANDRAIL_PLAIN", "0")
    assert not preferences.plain()


def test_a_run_is_gone_on_with_where_it_was_begun_whatever_is_preferred(handrail: Command, write: Path) -> None:
    run = Journal().begin("vpn", Place(profile="nobody", region="eu-central-1"), "111122223333")
    write.write_text(BOTH)
    assert "nobody" in handrail("resume", run.id, "--yes").err


def test_the_log_has_each_call_and_nothing_that_was_sent(
    handrail: Command, museum: Account, tmp_path: Path, answers: object
) -> None:
    log = tmp_path / "support.log"
    assert callable(answers)
    assert handrail("plan", "vpn", "--answers", answers(name="berlin"), "--log", log, *museum.at).code == 0
    text = log.read_text()
    assert log.stat().st_mode & 0o777 == 0o600
    first, *calls = text.splitlines()
    assert re.match(r"\d{4}-\d\d-\d\dT[\d:]+Z handrail \S+, Python ", first)
    assert all(re.match(r"\S+Z [a-z0-9-]+\.[A-Z]\w+ [a-z0-9-]+ \w+ \d+\.\d\ds ", line) for line in calls)
    assert " ec2.DescribeVpcs eu-central-1 200 " in text and "berlin" not in text and "203.0.113" not in text


def test_a_log_that_cannot_be_written_is_a_sentence(handrail: Command, tmp_path: Path) -> None:
    ran = handrail("plan", "vpn", "--set", "name=x", "--log", tmp_path / "none" / "log")
    assert ran.code == 2 and "There is no folder" in ran.err and "Give another file with --log." in ran.err
