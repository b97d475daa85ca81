"""A run that is begun on one machine and taken back where the surroundings say otherwise."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from elsewhere.everything import everything, parts_of
from elsewhere.hand import services
from elsewhere.trouble import STRANGER, Surroundings
from kills.scenes import CASES, FIRST
from support.killed import Case
from support.world import REGION, Ended, World

pytestmark = pytest.mark.xdist_group("elsewhere")
KEYS = {"AWS_ACCESS_KEY_ID": "AKIAHERE000000000000", "AWS_SECRET_ACCESS_KEY": "x"}
HERE = Surroundings({**KEYS, "AWS_REGION": REGION})
PROFILES = f"""
[profile office]
aws_access_key_id = AKIAHERE000000000000
aws_secret_access_key = x
region = {REGION}
[profile travels]
aws_access_key_id = AKIAHERE000000000000
aws_secret_access_key = x
region = us-east-1
[profile stranger]
aws_access_key_id = {STRANGER}
aws_secret_access_key = x
region = {REGION}
"""


@pytest.fixture
def world(founded: World) -> Iterator[World]:
    with founded.branch() as world:
        yield world


def ran(world: World, case: Case, state: Path, where: Surroundings, die_at: int = 0) -> Ended:
    state.mkdir(exist_ok=True)
    answers = state / "answers.json"
    answers.write_text(json.dumps(dict(case.answers)))
    accepted = [word for name in case.accept for word in ("--accept", name)]
    words = ("run", case.flow, "--answers", str(answers), *accepted, "--yes", "--output", "json")
    return world.handrail(*words, state=state, under=where, die_at=die_at)


def undone(world: World, case: Case, state: Path, run: str, where: Surroundings, *words: str) -> Ended:
    decided = [word for said in case.decided for word in ("--set", said)]
    return world.handrail("undo", run, *decided, *words, "--yes", "--output", "json", state=state, under=where)


@pytest.mark.parametrize("flow", FIRST)
def test_a_run_is_taken_back_where_it_was_made(world: World, tmp_path: Path, flow: str) -> None:
    """Whatever region this shell names; another account, or a flag that says otherwise, changes nothing."""
    case, state = CASES[FIRST[flow]], tmp_path / "state"
    with world.branch() as aside:  # its clients are not for the commands below
        parts = parts_of(aside.do(services, flow, case.answers))
    before = world.do(everything, parts)
    made = ran(world, case, state, HERE)
    assert (made.code, made.json["status"]) == (0, case.ends), made
    run, applied = made.json["run"], world.do(everything, parts)
    profiles = tmp_path / "config"
    profiles.write_text(PROFILES)
    file = {"AWS_CONFIG_FILE": str(profiles)}
    stranger = undone(world, case, state, run, Surroundings({**file, "AWS_PROFILE": "stranger"}))
    flag = undone(world, case, state, run, HERE, "--region", "us-east-1")
    assert (stranger.code, flag.code) == (4, 2), (stranger, flag)
    assert world.do(everything, parts) == applied
    travels = undone(world, case, state, run, Surroundings({**file, "AWS_PROFILE": "travels"}))
    assert (travels.code, travels.json["status"]) == (0, "undone"), travels
    assert world.do(everything, parts) == before
    assert REGION in travels.err, "that the run's own region is used is said"


@pytest.mark.parametrize(
    "elsewhere",
    [
        {**KEYS, "AWS_REGION": "us-east-1"},
        {**KEYS, "AWS_DEFAULT_REGION": "us-east-1"},
        KEYS,
    ],
    ids=["AWS_REGION", "AWS_DEFAULT_REGION", "no region"],
)
def test_a_run_is_gone_on_with_where_it_was_begun(world: World, tmp_path: Path, elsewhere: Mapping[str, str]) -> None:
    """A process that was killed, resumed and taken back in a shell that names another region, or none."""
    case, state = CASES["vpn"], tmp_path / "state"
    before = world.do(everything)
    killed = ran(world, case, state, HERE, die_at=35)
    assert killed.code is None
    (run,) = [each["run"] for each in world.handrail("runs", "--output", "json", state=state, under=HERE).json]
    resumed = world.handrail("resume", run, "--yes", "--output", "json", state=state, under=Surroundings(elsewhere))
    assert (resumed.code, resumed.json["status"]) == (0, case.ends), resumed
    undo = undone(world, case, state, run, Surroundings(elsewhere))
    assert (undo.code, undo.json["status"]) == (0, "undone")
    assert world.do(everything) == before


@pytest.mark.parametrize(("zone", "hours"), [("Pacific/Kiritimati", -30), ("America/St_Johns", 30)])
def test_neither_time_zones_nor_clocks_matter(world: World, tmp_path: Path, zone: str, hours: int) -> None:
    """Begun in one zone by a clock that is off, gone on with and taken back in another by a right one."""
    case, state = CASES["vpn"], tmp_path / "state"
    before = world.do(everything)
    there = Surroundings({**KEYS, "AWS_REGION": REGION, "TZ": zone}, hours)
    made = ran(world, case, state, there)
    assert (made.code, made.json["status"]) == (0, case.ends), made
    here = Surroundings({**KEYS, "AWS_REGION": REGION, "TZ": "UTC"})
    undo = undone(world, case, state, made.json["run"], here)
    assert (undo.code, undo.json["status"]) == (0, "undone"), undo
    assert world.do(everything) == before
