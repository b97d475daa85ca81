"""Killed at every moment, a website ends as after an undisturbed run, or as before it."""

from __future__ import annotations

import itertools
import json
import re
import socketserver
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from support.killed import Scene, answers, status, the_run
from support.mortal import Mortal
from support.website import VARIANTS, picture

from flows.practice.server import serve

SERVICES = ("sts", "iam", "s3", "s3control", "cloudfront", "route53", "acm", "resourcegroupstaggingapi")
SHARES = 2
KILLED = ["website", "bucket-named"]
"""The secret header and the policy of somebody else; the certificate, the records and the access control."""
DIFFERS = re.compile(
    r"(\b|(?<=HandrailCloudFront))[A-Z][0-9A-Z]{12}\b|\b[a-z][0-9a-z]{12}\.cloudfront\.net"
    r"|\b[0-9a-f-]{36}\b|\b[0-9A-Za-z]{48}\b"
)


def without_ids(line: str, before: Any) -> str:
    return DIFFERS.sub("…", line)


@pytest.fixture
def scene(monkeypatch: pytest.MonkeyPatch) -> Iterator[Scene]:
    monkeypatch.setattr(socketserver.BaseServer, "handle_error", lambda *_: None)  # its visitors die
    with serve(hurry=True) as served, Mortal(served.url, SERVICES) as handrail:

        def snapshot() -> Any:
            shown = picture(served.account.session)
            return {kind: {kind: json.dumps(thing, sort_keys=True, default=str)} for kind, thing in shown.items()}

        yield Scene("website", handrail, snapshot, without_ids)


@pytest.mark.parametrize("share", range(SHARES))
@pytest.mark.parametrize("variant", KILLED)
def test_killed_anywhere_then_resumed(scene: Scene, tmp_path: Path, variant: str, share: int) -> None:
    """The account ends as after an uninterrupted run, with one of each; and that can be undone."""
    expected = scene.uninterrupted(VARIANTS[variant], tmp_path / "uninterrupted")
    for n in itertools.count(1 + share, SHARES):
        state = tmp_path / str(n)
        if scene.run(VARIANTS[variant], state, die_at=n, lasting=True).code is not None:
            scene.undone(the_run(state), state)
            assert n > 15
            break
        run = the_run(state)
        if not run or not answers(state):  # it was killed before anything was said that could be kept
            scene.as_before(state)
            continue
        ended = scene.resume(run, state)
        assert scene.ended_well(ended), (n, ended)
        scene.whole(expected, state)
        scene.undone(run, state)


@pytest.mark.parametrize("share", range(SHARES))
@pytest.mark.parametrize("variant", KILLED)
def test_killed_anywhere_then_undone(scene: Scene, tmp_path: Path, variant: str, share: int) -> None:
    """The account ends as before."""
    for n in itertools.count(1 + share, SHARES):
        state = tmp_path / str(n)
        ended = scene.run(VARIANTS[variant], state, die_at=n, lasting=True)
        run = the_run(state)
        if run and status(state) != "draft":
            scene.undone(run, state)
        scene.as_before(state)
        if ended.code is not None:
            assert n > 15
            break


@pytest.mark.parametrize("share", range(SHARES))
@pytest.mark.parametrize("variant", KILLED)
def test_undo_killed_anywhere_then_undone(scene: Scene, tmp_path: Path, variant: str, share: int) -> None:
    """The account ends as before."""
    for n in itertools.count(1 + share, SHARES):
        state = tmp_path / str(n)
        assert scene.run(VARIANTS[variant], state).code == 0
        run = the_run(state)
        ended = scene.undo(run, state, die_at=n, lasting=True)
        scene.undone(run, state)
        if ended.code is not None:
            assert n > 10
            break
