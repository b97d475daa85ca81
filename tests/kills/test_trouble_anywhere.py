"""Something goes wrong at every request and at every write of a run, and a second process comes in between.

What is told of it is true, and then the run can be gone on with, or taken back, as if nothing had been.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from elsewhere.trouble import Answered, Cut, Full, reached
from kills.scenes import CASES
from support.killed import Scene, answers, status, the_run
from support.world import Ended, Trouble

HERE = ("vpn", "s3_lambda")
"""Of these a few moments are tried whenever the tests run; of all, every one by `make test-wild`."""
TROUBLE: Mapping[str, Callable[[int], Trouble]] = {
    "cut before it arrived": lambda n: Cut(n, arrived=False),
    "cut after it arrived": lambda n: Cut(n, arrived=True),
    "the credentials end": lambda n: Answered(n, "ExpiredToken", 403, lasts=True),
    "no capacity": lambda n: Answered(n, "InsufficientInstanceCapacity", 500),
    "AWS breaks off": lambda n: Answered(n, "InternalFailure", 500),
    "denied": lambda n: Answered(n, "AccessDenied", 403),
    "a limit": lambda n: Answered(n, "LimitExceeded", 400),
    "the clock is wrong": lambda n: Answered(n, "RequestTimeTooSkewed", 403),
    "the journal is full": Full,
}


@pytest.mark.parametrize("case", ["s3_lambda"])
@pytest.mark.wild
def test_trouble_somewhere(scene: Scene, tmp_path: Path) -> None:
    """Every fourth moment, with one trouble after the other."""
    assert troubled(scene, tmp_path, taking_turns(0), step=4) > 5


@pytest.mark.wild
@pytest.mark.parametrize("case", CASES)
def test_trouble_anywhere(scene: Scene, tmp_path: Path) -> None:
    """Every moment, with one trouble after the other; each case begins with another one."""
    assert troubled(scene, tmp_path, taking_turns([*CASES].index(scene.name))) > 12


def taking_turns(first: int) -> Callable[[int], Trouble]:
    kinds = itertools.islice(itertools.cycle(TROUBLE.values()), first, None)
    return lambda n: next(kinds)(n)


def troubled(scene: Scene, folder: Path, trouble: Callable[[int], Trouble], step: int = 1) -> int:
    """Let it come at one moment after the other; how many there were."""
    expected = scene.uninterrupted(folder / "uninterrupted")
    for n in itertools.count(2, step):
        state = folder / str(n)
        with scene.branch(state) as there:
            ended = there.run(state, under=trouble(n))
            if not reached(state):
                assert there.ended_well(ended)
                return n // step
            run = the_run(state)
            truly_told(there, ended, run, n)
            if not run or not answers(state):
                there.as_before(state)
                continue
            with there.branch(state) as other:
                if status(state) == "draft":
                    other.as_before(state)
                else:
                    other.undone(run, state)
            if not there.ended_well(ended):
                resumed = there.resume(run, state)
                assert there.ended_well(resumed), (n, resumed)
            there.whole(expected, state)
    raise AssertionError("it never ended")


def truly_told(scene: Scene, ended: Ended, run: str, n: int) -> None:
    """The exit code and the document say what became of the account."""
    assert "Traceback" not in ended.err + ended.out, (n, ended.err)
    made = scene.picture() != scene.before
    if scene.ended_well(ended):
        return
    assert ended.code, (n, ended)
    assert "error" in ended.json, (n, ended)
    if made:
        assert ended.code == 1, (n, ended)
        assert (ended.json.get("run"), ended.json.get("undo")) == (run, f"handrail undo {run}"), (n, ended)


@pytest.mark.parametrize("case", HERE)
@pytest.mark.wild
def test_an_undo_in_trouble(scene: Scene, tmp_path: Path) -> None:
    """Whatever an undo meets, it says what it did, and the next one ends it."""
    state = tmp_path / "state"
    assert scene.ended_well(scene.run(state))
    run, applied = the_run(state), scene.picture()
    kinds = itertools.cycle(TROUBLE.items())
    for n in itertools.count(3, 2):
        name, trouble = next(kinds)
        with scene.branch(state) as there:
            ended = there.undo(run, state, under=trouble(n))
            if not reached(state):
                assert n > 6
                break
            assert "Traceback" not in ended.err + ended.out, (name, n, ended.err)
            assert ended.code == 0 or "error" in ended.json or ended.json["status"] == "failed", (name, n, ended)
            assert ended.code in (0, 1) or there.picture() == applied, (name, n, ended)
            there.undone(run, state)


@pytest.mark.parametrize("case", HERE)
@pytest.mark.parametrize("second", ["resume", "undo"])
@pytest.mark.wild
def test_a_second_process_in_between(scene: Scene, tmp_path: Path, second: str) -> None:
    """It comes while another goes on with a run: one of the two does it, and nothing is made twice."""
    expected = scene.uninterrupted(tmp_path / "uninterrupted")
    state = tmp_path / "state"
    scene.run(state, die_at=25 if scene.name == "vpn" else 9)
    run = the_run(state)
    for n in itertools.count(1, 6):
        with scene.branch(state) as there:
            words = there.resuming(run) if second == "resume" else there.undoing(run)
            ended = there.resume(run, state, meanwhile=(n, words))
            if ended.other is None:
                assert n > 12
                break
            assert "Traceback" not in ended.err + ended.other.err
            if ended.other.code == 0 and second == "undo":
                assert ended.code not in (0, 1), (n, ended)
                there.as_before(state)
                continue
            # who comes too late does nothing, and says either that somebody drives the run or that it is done
            assert 0 in (ended.code, ended.other.code), (n, ended)
            there.whole(expected, state)
            there.undone(run, state)
