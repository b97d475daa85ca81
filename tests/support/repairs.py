"""What is broken, mended by the repairs that its check offers, and taken back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import flows
from flows.engine import Cloud, Finding, Grade, Journal, Place, Session
from flows.engine.cache import CachedCloud
from flows.engine.repair import ALL, WRONG, chosen, repair, why_not
from flows.engine.verdict import Verdict, verdict
from support.clock import FakeClock
from support.sessions import carried_out, taken_back

RIGHT = (Grade.PROVED, Grade.PREDICTED)


def check(flow: str, cloud: Cloud, subject: Mapping[str, str]) -> Verdict:
    return verdict(flows.find(flow).diagnose(CachedCloud(cloud), subject))


def repairing(
    flow: str, cloud: Cloud, journal: Journal, clock: FakeClock, subject: Mapping[str, str], *fix: str,
    looking: Cloud | None = None,
) -> Session:  # fmt: skip
    """A session of the repairs that are offered, in which everything is agreed to; `looking` is who checks."""
    wanted = chosen(check(flow, looking or cloud, subject).findings, fix or [ALL])
    assert wanted, check(flow, looking or cloud, subject).findings
    made = Session(repair(flows.find(flow), subject, wanted), cloud, journal, place=Place(practice=True), clock=clock)
    made.accepted |= {caution.id for caution in made.review().cautions}
    return made


def mended_and_back(
    flow: str, cloud: Cloud, journal: Journal, clock: FakeClock, subject: Mapping[str, str],
    picture: Callable[[], Any], *fix: str, cause: str = "", after: str = "works",
) -> Session:  # fmt: skip
    """It is broken because of `cause`; repaired, it is as in `after`; undone, the account is as it was before.

    Returns the session, for what else there is to be seen.
    """
    before, found = picture(), check(flow, cloud, subject)
    assert found.cause.startswith(cause), found.findings
    made = repairing(flow, cloud, journal, clock, subject, *fix)
    assert picture() == before
    carried_out(made)
    assert made.run is not None and made.run.record.kind == "repair" and made.run.record.flow == flow
    now = check(flow, cloud, subject)
    assert now.status.value == after, [each for each in now.findings if each.grade is not Grade.PROVED]
    assert picture() != before
    taken_back(made)
    assert picture() == before
    again = check(flow, cloud, subject)
    assert (again.status, again.cause) == (found.status, found.cause)
    made.close()
    return made


def mended_or_why_not(flow: str, found: Verdict) -> list[str]:
    """What is wrong, is mended by nothing, and has no reason for that; and what is wrong without a why."""
    kind = flows.find(flow)
    wrong: list[Finding] = [each for each in found.findings if each.grade in WRONG]
    unsaid = [each for each in found.findings if each.grade not in RIGHT and not each.of_rule(kind.matters)]
    return [each.id for each in wrong if not each.repair and not why_not(kind, each, found.findings)] + [
        f"{each.id}, without a why" for each in unsaid
    ]
