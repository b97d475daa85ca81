"""A run that is begun on one machine, and gone on with and taken back where the surroundings say otherwise."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from elsewhere.everything import everything, parts_of
from elsewhere.hand import services
from elsewhere.trouble import STRANGER, Surroundings
from kills.scenes import CASES, FIRST
from support.killed import Case, the_run
from support.world import REGION, Ended, World

pytestmark = pytest.mark.xdist_group("elsewhere")
KEYS = {"AWS_ACCESS_KEY_ID": "AKIAHERE000000000000", "AWS_SECRET_ACCESS_KEY": "x"}
SHELLS: list[dict[str, str]] = [{"AWS_REGION": "us-east-1"}, {"AWS_DEFAULT_REGION": "us-east-1"}, {}]
SOME = 15
"""By that moment every set-up has made something, and none is done."""
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


def ran(world: World, case: Case, state: Path, where: Surroundings) -> Ended:
    """It is killed when something has been made."""
    state.mkdir()
    answers = state / "answers.json"
    answers.write_text(json.dumps(dict(case.answers)))
    words = ("run", case.flow, "--answers", str(answers), *case.agreed, "--yes", "--output", "json")
    return world.handrail(*words, state=state, under=where, die_at=SOME)


def going_on(world: World, state: Path, run: str, where: Surroundings) -> Ended:
    return world.handrail("resume", run, "--yes", "--output", "json", state=state, under=where)


def undone(world: World, case: Case, state: Path, run: str, where: Surroundings, *words: str) -> Ended:
    decided = [word for said in case.decided for word in ("--set", said)]
    return world.handrail("undo", run, *decided, *words, "--yes", "--output", "json", state=state, under=where)


@pytest.mark.parametrize("flow", FIRST)
@pytest.mark.wild
def test_a_run_goes_on_and_back_where_it_was_begun(world: World, tmp_path: Path, flow: str) -> None:
    """Killed, gone on with and taken back on three machines, each of which names another place, and has its own time.

    Another account, or a flag that says otherwise, changes nothing.
    """
    case, state, profiles = CASES[FIRST[flow]], tmp_path / "state", tmp_path / "config"
    profiles.write_text(PROFILES)
    file = {"AWS_CONFIG_FILE": str(profiles)}
    with world.branch() as aside:  # its clients are not for the commands below
        parts = parts_of(aside.do(services, flow, case.answers))
    before = world.do(everything, parts)
    killed = ran(world, case, state, Surroundings({**KEYS, "AWS_REGION": REGION, "TZ": "Pacific/Kiritimati"}, -30))
    assert killed.code is None
    run, half = the_run(state), world.do(everything, parts)
    stranger = going_on(world, state, run, Surroundings({**file, "AWS_PROFILE": "stranger"}))
    flag = undone(world, case, state, run, Surroundings({**KEYS, "AWS_REGION": REGION}), "--region", "us-east-1")
    assert (stranger.code, flag.code) == (4, 2), (stranger, flag)
    assert world.do(everything, parts) == half
    travels = {**file, "AWS_PROFILE": "travels", "TZ": "America/St_Johns"}
    resumed = going_on(world, state, run, Surroundings(travels, 30))
    assert (resumed.code, resumed.json["status"]) == (0, case.ends), resumed
    back = undone(
        world, case, state, run, Surroundings({**KEYS, **SHELLS[[*FIRST].index(flow) % len(SHELLS)], "TZ": "UTC"})
    )
    assert (back.code, back.json["status"]) == (0, "undone"), back
    assert world.do(everything, parts) == before
    assert REGION in resumed.err, "that the run's own region is used is said"
