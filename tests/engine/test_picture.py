"""A picture of what will be there: what each set-up declares, what of it there is, and how it stands."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import pytest
from support.sessions import agreed
from support.variants import ONE_EACH, VARIANTS, by_variant, reviewed

import flows
from flows.engine import (
    Action,
    Call,
    Finding,
    FlowMistake,
    Grade,
    Happening,
    Journal,
    Link,
    Picture,
    Place,
    Plan,
    Session,
    Thing,
    Use,
)  # fmt: skip
from flows.engine.boto import Aws
from flows.engine.drawing import (
    OF_EVENT,
    OF_RUN,
    Answered,
    Drawing,
    answered,
    draw,
    found,
    of_event,
    of_run,
    remembered,
    sentences,
    whole,
    written,
)  # fmt: skip
from flows.engine.picture import Standing
from flows.practice import PracticeAccount

ROOT = Path(flows.__file__).parent
HOUSE = Picture.of(
    Thing("street", "Street", "where one comes from"),
    Thing("gate", "Gate", "keeps dogs out", of="gate", made="gate"),
    Thing("house", "House", "with a roof", of="plot", made="house", found="house roof"),
    Thing("shed", "Shed", "for tools", of="shed", made="shed", seen="hammer", beside=True),
    Link("street", "gate house", "One walks in.", made="path", found="path"),
    Link("gate", "house", "Behind it is the house."),
    Link("house", "shed", "A few steps."),
)

UNUSUAL = {
    "alb": "http-listener default-80 default-443", "peering": "connection", "spa_pipeline": "connection source",
    "share_ami": "key key-use key-grants receive", "share_snapshot": "key-use key-grants",
}  # fmt: skip
"""What no variant makes or uses: it takes another account, or other fine-tuning."""


ELSEWHERE = ("share_ami, launched",)
"""What needs another account's profile to be reviewed."""


def said(**answers: Any) -> dict[str, Answered]:
    return written(answers)


def standings(drawing: Drawing) -> dict[str, str]:
    """Each box and each wire, with its word."""
    boxes = {box.id: str(box.standing) for box in drawing.boxes().values()}
    return boxes | {f"{each.start}-{each.end}": str(each.standing) for each in drawing.wires}


def plan(*actions: str, uses: tuple[str, ...] = ()) -> Plan:
    call = Call("ec2.CreateVpc")
    return Plan(tuple(Action(id, id, call) for id in actions), tuple(Use(id, id, "", "") for id in uses))


# -- what set-ups declare ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", flows.SET_UPS)
def test_a_set_up_declares_its_picture_in_a_few_lines(name: str) -> None:
    flow = flows.find(name)
    assert flow.picture is not None
    (declared,) = [
        each for each in ast.parse((ROOT / name / "picture.py").read_text()).body if isinstance(each, ast.Assign)
    ]
    assert (declared.end_lineno or 0) - declared.lineno + 1 < 20
    rows, parts = flow.picture.rows, flow.picture.parts
    assert len(rows) <= 6 and max(map(len, rows)) <= 2, "it fits beside a page of 30 lines"
    assert all(len(thing.name) <= 15 and len(thing.about) <= 15 for row in rows if len(row) == 2 for thing in row)
    keys = {question.id for question in flow.questions}
    assert {key for row in rows for thing in row for key in thing.of.split()} <= keys
    by = {each for part in parts for each in part.found.split()} | {
        each for row in rows for thing in row for each in thing.seen.split()
    }
    assert {each.partition(":")[0] for each in by} <= {*flow.matters}
    linked = {end for link in flow.picture.links for end in (link.start, link.end)}
    assert linked == {thing.id for row in rows for thing in row}
    assert all(link.sentence.endswith(".") for link in flow.picture.links)


@pytest.mark.wild
def test_what_makes_it_is_in_some_plan(account: PracticeAccount) -> None:
    cloud = Aws(Place(practice=True), account.session, account.session_of)
    ids: dict[str, set[str]] = {name: set() for name in flows.SET_UPS}
    from s3_pipeline.cases import audited

    audited(account.session)
    for variant, (name, _) in VARIANTS.items():
        made = reviewed(variant, lambda: cloud).plan
        ids[name] |= {each.id for each in (*made.actions, *made.uses)}
    for name, known in ids.items():
        picture = flows.find(name).picture
        assert picture is not None
        beginnings = {each for part in picture.parts for each in part.made.split()}
        missing = {
            each for each in beginnings if not any(f"{id}-".startswith((f"{each}-", f"{each}:")) for id in known)
        }
        assert missing == {*UNUSUAL.get(name, "").split()}, name


def test_the_picture_of_a_vpn_at_its_review(cloud: Aws) -> None:
    made = reviewed(ONE_EACH["vpn"], lambda: cloud)
    picture = flows.find("vpn").picture
    assert picture is not None
    drawing = draw(picture, answered(made.review.answers), plan=made.plan)
    told = standings(drawing)
    there = {"office", "device", "vpc", "tables", "groups"}
    assert {id for id, word in told.items() if word == "exists"} == {*there, "office-device"}
    assert {word for id, word in told.items() if id not in {*there, "office-device"}} == {"will be"}
    assert drawing.boxes()["device"].text == "203.0.113.10"
    assert drawing.boxes()["tables"].text == "shop-private-a, shop-private-b"


def test_a_mistake_in_a_picture_is_told_when_it_is_declared() -> None:
    with pytest.raises(FlowMistake, match="'moon'"):
        Picture.of(Thing("a", "A", "a"), Link("a", "moon", "No."))
    with pytest.raises(FlowMistake, match="same id"):
        Picture.of(Thing("a", "A", "a"), Thing("a", "B", "b"))


# -- what there is -----------------------------------------------------------------------------------------------


def test_it_grows_with_each_answer() -> None:
    first = draw(HOUSE, {}, asked="gate", ahead=("gate", "plot", "shed"))
    assert standings(first) == {
        "street": "exists", "gate": "asked now", "house": "not said yet", "shed": "not said yet",
        "street-gate": "not said yet", "gate-house": "not said yet", "house-shed": "not said yet",
    }  # fmt: skip
    assert first.boxes()["gate"].text == "keeps dogs out"
    then = draw(HOUSE, said(gate="green", plot="10 m"), asked="shed", ahead=("shed",))
    assert standings(then) == {
        "street": "exists", "gate": "will be", "house": "will be", "shed": "asked now",
        "street-gate": "will be", "gate-house": "will be", "house-shed": "not said yet",
    }  # fmt: skip
    assert then.boxes()["gate"].text == "green"


@pytest.mark.parametrize("no", ["", "no", False, (), [], None, "none"])
def test_what_is_answered_with_no_is_not_there_and_the_way_leads_past_it(no: object) -> None:
    drawing = draw(HOUSE, {"gate": Answered(no, str(no)), **said(plot="10 m")})
    assert standings(drawing) == {"street": "exists", "house": "will be", "street-house": "will be"}


def test_what_is_picked_in_the_account_exists() -> None:
    there = draw(HOUSE, {"gate": Answered(object(), "the old gate"), "plot": Answered((object(),), "corner")})
    assert standings(there)["gate"] == standings(there)["house"] == "exists"


def test_a_mere_yes_says_nothing() -> None:
    assert draw(HOUSE, {"gate": Answered(True, "yes")}).boxes()["gate"].text == "keeps dogs out"


def test_the_plan_tells_what_is_made_and_what_is_used() -> None:
    answers = said(gate="new", plot="10 m", shed="old")
    drawing = draw(HOUSE, answers, plan=plan("gate", "gate-paint", "shed-roof", "path-1", uses=("shed",)))
    assert standings(drawing) == {
        "street": "exists", "gate": "will be", "house": "exists", "shed": "exists",
        "street-gate": "will be", "gate-house": "will be", "house-shed": "exists",
    }  # fmt: skip


# -- how it stands -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("done", "word"),
    [
        ({}, "will be"), ({"gate": "intent"}, "being made"), ({"gate": "ready"}, "being made"),
        ({"gate": "ready", "gate-paint": "ready"}, "exists"),
        ({"gate": "undone", "gate-paint": "ready"}, "being taken back"),
        ({"gate": "undone", "gate-paint": "undone"}, "gone"),
    ],
)  # fmt: skip
def test_what_is_being_made_moves_from_one_to_the_other(done: dict[str, str], word: str) -> None:
    now = {id: OF_RUN[status] for id, status in done.items()}
    drawing = draw(HOUSE, said(gate="new"), plan=plan("gate", "gate-paint"), now=now)
    assert standings(drawing)["gate"] == word


def test_what_waits_while_it_is_taken_back_is_not_being_made(journal: Journal) -> None:
    assert of_event(Happening.WAITING) is Standing.MAKING
    assert of_event(Happening.WAITING, undo=True) is of_event(Happening.UNDOING, undo=True) is Standing.GOING
    assert of_event(Happening.REMOVED, undo=True) is Standing.GONE
    run, made = journal.begin("house", Place()), plan("gate", "house")
    run.note("gate", "done")  # its wait was not over when somebody stopped it
    assert of_run(run, made) == {"gate": Standing.MAKING, "house": Standing.WILL_BE}
    assert of_run(run, made, undo=True) == {"gate": Standing.EXISTS, "house": Standing.WILL_BE}


@by_variant(name for name in ONE_EACH.values() if name not in ELSEWHERE)
@pytest.mark.some(4)
def test_whoever_goes_on_later_sees_the_picture_of_the_review(cloud: Aws, journal: Journal, name: str) -> None:
    """With the same things, in the same words, also of what nobody changed from its default."""
    flow, answers = VARIANTS[name]
    made = agreed(Session(flows.find(flow), cloud, journal, place=Place(practice=True)), answers)
    review, picture = made.review(), made.flow.picture
    assert picture is not None
    before = draw(picture, answered(review.answers), plan=review.plan)
    for _ in made.apply():
        made.stop()
    assert made.run is not None
    run = Journal(journal.folder).run(made.run.id)
    assert run.plan is not None
    after = draw(picture, remembered(run, run.plan), plan=run.plan)
    assert after == before


def test_a_step_that_fails_is_broken_where_it_is() -> None:
    now = {"gate": OF_EVENT[Happening.DONE], "gate-paint": OF_EVENT[Happening.FAILED]}
    drawing = draw(HOUSE, said(gate="new"), plan=plan("gate", "gate-paint"), now=now)
    assert standings(drawing)["gate"] == "broken"


def test_what_a_check_finds_broken_is_broken_where_it_is() -> None:
    findings = [
        Finding("house:1", Grade.PROVED, ""), Finding("roof-tiles", Grade.REFUSED, ""),
        Finding("path", Grade.WAITING, ""),
    ]  # fmt: skip
    assert standings(found(HOUSE, findings)) == {"street": "exists", "house": "broken", "street-house": "waiting"}
    unseen = found(HOUSE, [Finding("house", Grade.NOT_CHECKED, "")])
    assert standings(unseen)["house"] == "not looked at"


def test_what_nothing_is_found_of_is_not_drawn_and_what_a_finding_needs_is_there() -> None:
    def told(grade: Grade) -> dict[str, str]:
        return standings(found(HOUSE, [Finding("hammer", grade, "")]))

    assert told(Grade.REFUSED) == told(Grade.PROVED) == {"street": "exists", "shed": "exists"}
    assert told(Grade.NOT_CHECKED)["shed"] == "not looked at"
    assert standings(found(HOUSE, [])) == {"street": "exists"}, "what is not in AWS is no matter of the check"


def test_of_several_beginnings_the_longest_counts() -> None:
    picture = Picture.of(
        Thing("a", "A", "a", made="key"), Thing("b", "B", "b", made="key-use"), Link("a", "b", "They do.")
    )
    now = {"key": OF_RUN["ready"], "key-name": OF_RUN["ready"]}
    told = standings(draw(picture, {}, plan=plan("key", "key-name", "key-use"), now=now))
    assert (told["a"], told["b"]) == ("exists", "will be")


def test_what_stands_in_the_place_of_another_thing_has_its_own_name() -> None:
    """By the answer while somebody answers, by the plan then, by what a check says afterwards."""
    picture = Picture.of(
        Thing("gate", "Gate", "keeps dogs out", of="gate", made="gate", found="gate", instead=("door-", "Door"))
    )

    def name(drawing: Drawing) -> str:
        return drawing.boxes()["gate"].name

    def using(id_: str) -> Plan:
        return Plan.of([Use("gate", "Use it", "a", id_)], outputs={})

    for id_, called in {"door-1": "Door", "gate-1": "Gate"}.items():
        for shown in (id_, f"door-like ({id_})"):
            assert name(draw(picture, {"gate": Answered(object(), shown)})) == called
        assert name(draw(picture, said(gate="old"), plan=using(id_))) == called
        assert name(found(picture, [Finding(f"gate:{id_}", Grade.PROVED, "")])) == called
    assert name(draw(picture, said(gate="new"), plan=plan("gate"))) == "Gate"
    assert name(whole(picture)) == "Gate or door"


def test_each_thing_and_each_link_is_a_sentence() -> None:
    assert sentences(whole(HOUSE)) == [
        "Street (exists): where one comes from",
        "Gate (will be): keeps dogs out",
        "House (will be): with a roof",
        "Shed (will be): for tools",
        "Street and Gate (will be): One walks in.",
        "Gate and House (will be): Behind it is the house.",
        "House and Shed (will be): A few steps.",
    ]


@by_variant(name for name in ONE_EACH.values() if name not in ELSEWHERE)
def test_before_anything_is_done_nothing_that_is_made_exists(cloud: Aws, name: str) -> None:
    """What a thing is made by may be missing from a plan only where something of the account is used instead."""
    made = reviewed(name, lambda: cloud)
    picture = made.flow.picture
    assert picture is not None
    said, uses = answered(made.review.answers), {each.id for each in made.plan.uses}
    boxes = draw(picture, said, plan=made.plan).boxes()
    things = {thing.id: thing for row in picture.rows for thing in row if thing.made}
    wrong = [
        id_
        for id_, box in boxes.items()
        if id_ in things
        and box.standing is Standing.EXISTS
        and not uses.intersection(things[id_].made.split())
        and not any(key in said and said[key].named for key in things[id_].of.split())
    ]
    assert wrong == []


def test_a_lock_exists_once_all_of_it_is_done(cloud: Aws) -> None:
    """Not while the policy by which it holds is still to come, however CloudFront reads."""
    made = reviewed("website, dns-elsewhere", lambda: cloud)
    picture, said = made.flow.picture, answered(made.review.answers)
    assert picture is not None
    begun = {"access-control": Standing.EXISTS}
    assert draw(picture, said, plan=made.plan, now=begun).boxes()["lock"].standing is Standing.MAKING
    done = begun | {"bucket-policy": Standing.EXISTS}
    assert draw(picture, said, plan=made.plan, now=done).boxes()["lock"].standing is Standing.EXISTS
