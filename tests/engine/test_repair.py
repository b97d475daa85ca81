"""Several repairs are one plan, in which nothing is done twice and nothing stands in the way of another."""

from __future__ import annotations

from collections.abc import Iterator

from flows import find
from flows.engine import Action, Call, Cloud, Finding, Grade, Undo
from flows.engine.cloud import Offline
from flows.engine.repair import repair


def wrong(id: str, bucket: str) -> Finding:
    def mend(_: Cloud) -> Iterator[Action]:
        call = Call("s3.PutBucketVersioning", {"Bucket": bucket, "VersioningConfiguration": {"Status": "Enabled"}})
        yield Action("versions", f"Keep the versions of {bucket}", call, undo=(Undo(call),))

    return Finding(id, Grade.REFUSED, f"{bucket} keeps no versions.").mended_by(mend)


def test_what_two_need_is_done_once() -> None:
    made = repair(find("s3_pipeline"), {}, [wrong("one", "a"), wrong("two", "a")])(Offline())
    assert [each.id for each in made.plan().actions] == ["versions"]
    assert [*made.checks()] == []


def test_what_has_the_place_of_another_waits_for_the_next_turn() -> None:
    made = repair(find("s3_pipeline"), {}, [wrong("one", "a"), wrong("two", "b")])(Offline())
    assert [each.sentence for each in made.plan().actions] == ["Keep the versions of a"]
    (later,) = made.checks()
    assert isinstance(later, Finding) and later.sentence == "Not mended in this turn: b keeps no versions."
