"""What a check comes to is worked out in one place, from all that was found."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from flows.engine import Finding, Grade
from flows.engine.verdict import Status, verdict

IDS = ("a", "b", "c", "d", "e")
FOUND = st.lists(
    st.builds(
        Finding,
        st.sampled_from(IDS),
        st.sampled_from(Grade),
        st.just("Said."),
        aside=st.booleans(),
        follows=st.lists(st.sampled_from(IDS), max_size=2).map(tuple),
    ),
    unique_by=lambda each: each.id,
)


def found(id: str, grade: Grade, *follows: str) -> Finding:
    return Finding(id, grade, f"{id} was said.", follows=follows)


def test_the_cause_is_what_the_rest_follows_from() -> None:
    told = verdict([found("tables", Grade.REFUSED, "overlap"), found("overlap", Grade.REFUSED)])
    assert (told.status, told.cause) == (Status.BROKEN, "overlap")
    assert [each.id for each in told.findings] == ["overlap", "tables"]


def test_what_is_right_is_behind_nothing() -> None:
    told = verdict([found("gateway", Grade.PROVED), found("routes", Grade.REFUSED, "gateway")])
    assert told.cause == "routes"


def test_what_lies_outside_does_not_hinder_that_it_works() -> None:
    office = Finding("office", Grade.NOT_CHECKED, "It was not checked.", aside=True)
    assert verdict([found("gateway", Grade.PROVED), office]).status is Status.WORKS
    assert verdict([office]).status is Status.UNKNOWN


@given(FOUND)
def test_nothing_gets_lost_and_the_cause_is_among_them(findings: list[Finding]) -> None:
    told = verdict(findings)
    assert sorted(told.findings, key=lambda each: each.id) == sorted(findings, key=lambda each: each.id)
    assert (told.because is None) == (told.status is Status.WORKS or not told.cause)
    assert told.cause in {"", *(each.id for each in findings)}


@given(FOUND)
def test_works_is_said_only_where_all_on_the_way_was_looked_at(findings: list[Finding]) -> None:
    if verdict(findings).status in (Status.WORKS, Status.WORKS_BUT):
        assert not [each for each in findings if each.grade in (Grade.REFUSED, Grade.WAITING)]
        assert not [each for each in findings if each.grade is Grade.NOT_CHECKED and not each.aside]


@given(FOUND, FOUND)
def test_finding_more_makes_nothing_better(some: list[Finding], more: list[Finding]) -> None:
    worse = list(Status)
    known = {each.id for each in some}
    both = verdict([*some, *(each for each in more if each.id not in known)])
    if [each for each in some if not each.aside]:
        assert worse.index(both.status) <= worse.index(verdict(some).status)
