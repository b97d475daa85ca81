"""Several repairs are one plan, in which nothing is done twice and nothing stands in the way of another."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from flows import find
from flows.engine import Action, Call, Cloud, Finding, Flow, Grade, Undo
from flows.engine.cloud import Offline
from flows.engine.repair import Repair, repair


def wrong(id: str, bucket: str) -> Finding:
    def mend(_: Cloud) -> Iterator[Action]:
        call = Call("s3.PutBucketVersioning", {"Bucket": bucket, "VersioningConfiguration": {"Status": "Enabled"}})
        yield Action("versions", f"Keep the versions of {bucket}", call, undo=(Undo(call),))

    return Finding(id, Grade.REFUSED, f"{bucket} keeps no versions.").mended_by(mend)


def mending(*findings: Finding, now: tuple[Finding, ...] | None = None) -> Repair:
    """The repair of what was found, where `now` is found, the same if nothing is said."""

    def diagnose(cloud: Cloud, subject: Mapping[str, str]) -> tuple[Finding, ...]:
        return findings if now is None else now

    checked: type[Flow] = type("Checked", (find("s3_pipeline"),), {"diagnose": staticmethod(diagnose)})
    made = repair(checked, {}, findings)(Offline())
    assert isinstance(made, Repair)
    return made


def test_what_two_need_is_done_once() -> None:
    made = mending(wrong("one", "a"), wrong("two", "a"))
    assert [each.id for each in made.plan().actions] == ["versions"]
    assert [*made.checks()] == []


def test_what_has_the_place_of_another_waits_for_the_next_turn() -> None:
    made = mending(wrong("one", "a"), wrong("two", "b"))
    assert [each.sentence for each in made.plan().actions] == ["Keep the versions of a"]
    (later,) = made.checks()
    assert isinstance(later, Finding) and later.sentence == "Not mended in this turn: b keeps no versions."


def test_what_is_not_so_any_more_or_would_be_mended_otherwise_is_not_mended() -> None:
    now = (wrong("one", "a"), wrong("two", "d"))
    made = mending(wrong("one", "a"), wrong("two", "b"), wrong("three", "c"), now=now)
    refused = [each.id for each in made.checks() if isinstance(each, Finding) and each.grade is Grade.REFUSED]
    assert refused == ["changed:two", "changed:three"]
