"""AWS knows late: every set-up is applied and taken back while its copies are not in step."""

from __future__ import annotations

import pytest
from kills.scenes import CASES
from support.clock import FakeClock
from support.late import Late, LateCloud
from support.sessions import answered

from flows.engine import Journal, Place
from flows.engine.boto import Aws
from flows.practice import PracticeAccount

NOTHING_MADE = ("vpn_options", "vpn_options, times", "vpn_options, one tunnel")
NOTHING_TO_KNOW = {
    *(
        (case, late)
        for case in ("s3_lambda", "alb, visitors kept", *NOTHING_MADE)
        for late in (Late.UNKNOWN, Late.EMPTY, Late.HALF)
    ),
    *((case, Late.OLD) for case in ("wordpress, put right", "share_snapshot, with a key")),
}
"""Where nothing that is made is read by its id, or nothing that is read was read before it was changed."""


@pytest.mark.parametrize("loses", (True, pytest.param(False, marks=pytest.mark.wild)), ids=("lost", "told"))
@pytest.mark.parametrize("late", Late, ids=lambda late: late.name.lower())
@pytest.mark.parametrize("case", CASES)
@pytest.mark.some("s3_lambda-half-lost")
def test_there_and_back_though_aws_knows_late(
    account: PracticeAccount, journal: Journal, clock: FakeClock, case: str, late: Late, loses: bool
) -> None:
    """It waits until AWS knows, makes nothing twice, and takes all of it back as it was.

    Where answers get lost as well, it looks for what it made, and those looks are late, too.
    """
    scene, cloud = CASES[case], Aws(Place(practice=True), account.session, account.session_of)
    before = scene.picture(account)
    made = answered(CASES[case], cloud, journal, clock)
    made.review()
    made._account = aws = LateCloud(cloud, clock, late, loses=loses)  # only what follows the review is late
    problems = [event.problem for event in made.apply() if event.problem]
    assert not problems
    assert made.run is not None
    decided = dict(word.split("=", 1) for word in scene.decided)
    problems = [event.problem for event in made.undo(decided) if event.problem]
    told = made.receipt()
    assert not problems
    assert not [left for left in told.left if left.why.startswith("not found")]
    assert scene.picture(account) == before
    assert aws.told_late or (case, late) in NOTHING_TO_KNOW
