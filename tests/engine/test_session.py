"""A conversation: where it stands, what a changed answer re-asks, and what each question offers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from support.clock import FakeClock
from support.clouds import Between
from vpn.cases import BGP, STATIC, VARIANTS, session

import flows
from flows.engine import (
    Asking,
    Blocked,
    Call,
    Caution,
    Choice,
    CloudError,
    Flow,
    Journal,
    Listed,
    Option,
    Place,
    Plan,
    Refused,
    Reviewing,
    Session,
    Text,
    Unreachable,
)  # fmt: skip
from flows.engine.boto import Aws
from flows.engine.cloud import Offline
from flows.engine.refusals import explain
from flows.practice import PracticeAccount
from tui import words


def asking(made: Session) -> Asking:
    state = made.state()
    assert isinstance(state, Asking)
    return state


def told(made: Session, answers: dict[str, Any]) -> None:
    """Say each answer when it is asked for."""
    while isinstance(state := made.state(), Asking):
        assert state.question.id in answers, state
        made.answer(answers[state.question.id])


def fresh(cloud: Any, journal: Journal | None = None) -> Session:
    return Session(flows.find("vpn"), cloud, journal, place=Place(practice=True))


# -- the VPN's conversation ----------------------------------------------------------------------------------------


def test_a_conversation_from_the_first_question_to_the_review(cloud: Aws) -> None:
    """At most eight questions, each known by its position, then the review; the batch leads to the same plan."""
    made, positions = fresh(cloud), []
    while isinstance(state := made.state(), Asking):
        positions.append(state.position)
        made.answer(STATIC[state.question.id])
        assert len(positions) <= 8
    assert [position for position, _ in positions] == list(range(1, len(positions) + 1))
    assert all(position <= of <= 8 for position, of in positions)
    for key in ("allow", "name"):
        made.revisit(key)
        made.answer(STATIC[key])
    assert made.review().plan == session(cloud, None, STATIC).review().plan
    made.revisit("networks", aside=True)
    assert asking(made).question.id == "networks" and made.back()
    assert isinstance(made.state(), Reviewing), "what is opened from the review leads back there"
    made.back()
    assert asking(made).question.id == "security_groups", "from the review itself it is back to the last question"


def test_only_what_will_be_asked_stands_ahead(cloud: Aws) -> None:
    """BGP's number stands nowhere until BGP was chosen; how many questions there are follows the answers."""
    made = fresh(cloud)
    while asking(made).question.id != "routing":
        assert "asn" not in [question.id for question in made.ahead()]
        assert "asn" in made.may_come(), "on the other way"
        made.answer(STATIC[asking(made).question.id])
    number, most = asking(made).position
    assert asking(made).least == most - 1
    made.answer("static")
    assert "asn" not in made.may_come() and {"route_tables", "security_groups"} < made.may_come()
    assert (asking(made).position, asking(made).least) == ((number + 1, most - 1), most - 1)
    made.revisit("routing")
    made.answer("bgp")
    assert asking(made).question.id == "asn"
    assert (asking(made).position, asking(made).least) == ((number + 1, most), most)


def test_the_last_question_may_be_the_last() -> None:
    last = Asking(flows.find("vpn").questions[0], None, "", position=(7, 8), least=7)
    assert [words.position(replace(last, least=least)) for least in (7, 6, 8)] == ["7 of 7 or 8", "7 of 8", "7 of 8"]
    assert words.position(replace(last, position=(0, 0))) == ""


@pytest.mark.wild
def test_nothing_is_looked_up_twice(cloud: Aws) -> None:
    """A whole conversation, going back and the review included, asks AWS each thing once.

    What can be AWS's end is looked up when somebody comes to that question, which has a default, and with it whether
    the lists of transit gateways may be read.
    """
    watched = Between(cloud)
    made = fresh(watched)
    told(made, dict(STATIC))
    made.review()
    first = list(watched.calls)
    assert len({(call.operation, repr(call.params)) for call in first}) == len(first)
    assert len([call for call in first if call.name != "SimulatePrincipalPolicy"]) <= 16
    for question in flows.find("vpn").questions:
        made.revisit(question.id)
        made.state()
        made.back()
    while isinstance(state := made.state(), Asking):
        made.answer(state.said)
    made.review()
    assert watched.calls[: len(first)] == first
    assert [call.name for call in watched.calls[len(first) :]] == ["DescribeTransitGateways", "SimulatePrincipalPolicy"]
    assert len({(call.operation, repr(call.params)) for call in watched.calls}) == len(watched.calls)


def test_reading_again_reads_again(cloud: Aws, account: PracticeAccount) -> None:
    """After a refresh, what was made meanwhile is offered."""
    made = fresh(cloud)
    before = len(options(made))
    account.session.client("ec2").create_vpc(CidrBlock="10.77.0.0/16")
    assert len(options(made)) == before
    made.refresh()
    assert len(options(made)) == before + 1


def options(made: Session) -> tuple[Option[Any], ...]:
    offer = asking(made).offer
    assert offer is not None
    return offer.options


def test_a_refusal_belongs_to_the_reply_in_the_field(cloud: Aws) -> None:
    """What was typed stays in the field with its problem; a good reply removes both."""
    made = fresh(cloud)
    made.answer("shop")
    made.answer("10.1.2.3")
    state = asking(made)
    assert (state.question.id, state.said) == ("gateway_ip", "10.1.2.3")
    assert state.problem is not None and "10.1.2.3" in state.problem.what
    made.answer("nonsense")
    state = asking(made)
    assert state.said == "nonsense" and state.problem is not None and "nonsense" in state.problem.what
    made.answer("203.0.113.10")
    assert asking(made).question.id == "device"
    made.back()
    assert (asking(made).said, asking(made).problem) == ("203.0.113.10", None)


@pytest.mark.parametrize("said", ["created", "s3:ObjectCreated:*", ["ObjectCreated:*"], "Created"])
def test_an_answer_in_other_words_is_found_in_the_list_when_one_comes_back(said: object, cloud: Aws) -> None:
    """Else Enter on what was answered would say something else."""
    made = Session(flows.find("s3_lambda"), cloud, place=Place(practice=True))
    files = {"bucket": "arn:aws:s3:::fjord-coffee-files", "prefix": "in/", "suffix": ".jpg"}
    told(made, {**files, "function": "resize-photos", "events": said})
    for question, spelled in (("events", ["s3:ObjectCreated:*"]), ("bucket", "fjord-coffee-files")):
        made.revisit(question)
        assert asking(made).said == spelled


def test_an_answer_that_cannot_be_looked_up_again_stays_as_it_was_said(cloud: Aws, monkeypatch: Any) -> None:
    made = Session(flows.find("s3_lambda"), cloud, place=Place(practice=True))
    told(
        made,
        {
            "bucket": "fjord-coffee-files",
            "function": "resize-photos",
            "events": "created",
            "prefix": "in/",
            "suffix": "",
        },
    )
    made.revisit("events")

    def away(text: str, flow: Any) -> str:
        raise CloudError("AWS does not answer.")

    monkeypatch.setattr(flows.find("s3_lambda").question("events"), "_form", away)
    assert (asking(made).question.id, asking(made).said) == ("events", "created")


def test_back_works_from_an_invalid_field(cloud: Aws) -> None:
    """And a refused reply does not take the place of an answer that was given."""
    made = fresh(cloud)
    made.answer("shop")
    made.answer("203.0.113.10")
    made.back()
    made.answer("rubbish")
    assert made.back()
    assert asking(made).question.id == "vpc"
    made.answer("shop")
    assert asking(made).question.id == "device", "the address was kept"
    assert made.answers()["gateway_ip"] == "203.0.113.10"


def test_back_at_the_first_question(cloud: Aws) -> None:
    """There is nothing before it, and it says so."""
    made = fresh(cloud)
    assert not made.back()
    assert asking(made).question.id == "vpc"


def test_another_vpc_asks_again_only_what_rested_on_it(cloud: Aws) -> None:
    """Tables and groups of the old network need another look, because of the VPC; everything else is kept."""
    made = fresh(cloud)
    told(made, dict(STATIC))
    made.revisit("vpc")
    made.answer("staging")
    asked = []
    for reply in (["staging-private"], []):
        state = asking(made)
        asked.append(state.question.id)
        assert state.because == "needs another look, because you changed VPC"
        assert state.said == STATIC[state.question.id], "what was said is shown"
        assert state.problem is not None
        made.answer(reply)
    assert asked == ["route_tables", "security_groups"]
    assert isinstance(made.state(), Reviewing)
    kept = made.answers()
    assert {key: kept[key] for key in ("gateway_ip", "networks", "routing", "device")} == {
        key: STATIC[key] for key in ("gateway_ip", "networks", "routing", "device")
    }


@pytest.mark.wild
def test_there_and_back_again_restores(cloud: Aws) -> None:
    """From one VPC to another and back: every answer counts again, and the plan is the same."""
    made = fresh(cloud)
    told(made, dict(STATIC))
    first = made.review().plan
    made.revisit("vpc")
    made.answer("staging")
    assert asking(made).because
    made.revisit("vpc")
    made.answer("shop")
    assert isinstance(made.state(), Reviewing)
    assert made.review().plan == first


@pytest.mark.wild
def test_a_network_that_collides_with_the_new_vpc(cloud: Aws) -> None:
    """A check that read the VPC is made again, and its sentence is about the new one."""
    made = fresh(cloud)
    told(made, {**STATIC, "networks": "10.20.5.0/24"})
    made.revisit("vpc")
    made.answer("staging")
    state = asking(made)
    assert state.question.id == "networks" and "VPC" in state.because
    assert state.problem is not None and "10.20.0.0/16" in state.problem.what


def test_defaults_follow_the_answers(cloud: Aws) -> None:
    """A fine-tuning default is worked out anew when what it rests on changes; what was said stays."""
    made = session(cloud, None, BGP)
    assert shown(made, "startup").raw == "aws"
    made.revisit("behind_nat")
    made.answer("yes")
    assert shown(made, "startup").raw == "device" and shown(made, "startup").defaulted
    made.revisit("startup")
    made.answer("aws")
    made.revisit("behind_nat")
    made.answer("no")
    made.revisit("behind_nat")
    made.answer("yes")
    assert (shown(made, "startup").raw, shown(made, "startup").defaulted) == ("aws", False)
    made.use_default("startup")
    assert (shown(made, "startup").raw, shown(made, "startup").defaulted) == ("device", True)
    assert shown(made, "amazon_asn").raw == 64512
    made.revisit("asn")
    made.answer("64512")
    assert shown(made, "amazon_asn").raw == 64513


def shown(made: Session, key: str) -> Any:
    return next(line for line in made.trail() if line.question.id == key)


@pytest.mark.wild
def test_back_from_fine_tuning_returns_to_the_review(cloud: Aws) -> None:
    """Nothing is changed, and nothing asked."""
    made = session(cloud, None)
    plan = made.review().plan
    made.revisit("encryption")
    assert asking(made).question.id == "encryption" and asking(made).position == (0, 0)
    assert made.back()
    assert isinstance(made.state(), Reviewing)
    assert made.review().plan == plan


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.some("warehouse")
def test_every_answer_is_saved_at_once(cloud: Aws, journal: Journal, clock: FakeClock, variant: str) -> None:
    """After each answer another process could go on from here, with the same question next."""
    made = fresh(cloud, journal)
    while isinstance(state := made.state(), Asking):
        made.answer(VARIANTS[variant][state.question.id])
        assert made.run is not None
        kept = journal.run(made.run.id).record.answers
        assert kept[state.question.id] == VARIANTS[variant][state.question.id]
        other = Session(flows.find("vpn"), cloud, None)
        other.suggest(kept)
        here, there = made.state(), other.state()
        assert type(here) is type(there)
        if isinstance(here, Asking) and isinstance(there, Asking):
            assert here.question is there.question


def test_only_reading_before_it_is_confirmed(cloud: Aws, journal: Journal) -> None:
    """Nothing is sent that could change anything, however long somebody wanders."""
    from flows.engine.refusals import changes

    watched = Between(cloud)
    made = fresh(watched, journal)
    told(made, dict(STATIC))
    made.review()
    assert [call.operation for call in watched.calls if changes(call)] == []


def test_missing_and_unknown_keys() -> None:
    """Both are refused without asking AWS: every missing one is named, and the nearest known one."""
    made = Session(flows.find("vpn"), Offline())
    with pytest.raises(Refused) as missing:
        made.require({"vpc": "shop"})
    assert all(key in missing.value.what for key in ("gateway_ip", "networks", "name"))
    assert "asn" not in missing.value.what.split(), "not asked unless the routing is BGP"
    with pytest.raises(Refused, match="gatewayip") as unknown:
        Session(flows.find("vpn"), Offline()).require({"gatewayip": "1.2.3.4"})
    assert "Did you mean “gateway_ip”?" in unknown.value.what
    Session(flows.find("vpn"), Offline()).require({**STATIC, "routing": "bgp"})  # its number has a default


# -- what a question offers ----------------------------------------------------------------------------------------


def offered(cloud: Any) -> Any:
    offer = asking(fresh(cloud)).offer
    assert offer is not None
    return offer


def test_items_say_when_they_were_read(cloud: Aws) -> None:
    """Options come with the time of their reading."""
    offer = offered(cloud)
    assert offer.listed is Listed.ITEMS and offer.options and offer.read_at


def test_nothing_to_pick_from_says_the_way_out(cloud: Aws) -> None:
    """An empty list is never silent."""

    class Bare(Between):
        def pages(self, call: Call) -> Iterator[dict[str, Any]]:
            yield {"Vpcs": []}

    offer = offered(Bare(cloud))
    assert (offer.listed, offer.options) == (Listed.EMPTY, ())
    assert "Create one first" in offer.way_out


def test_not_allowed_to_list_names_the_permission(cloud: Aws) -> None:
    """Denied is told from empty."""

    def deny(_: int, call: Call) -> None:
        raise explain(call, {"Error": {"Code": "UnauthorizedOperation", "Message": "No."}})

    offer = offered(Between(cloud, before=deny))
    assert offer.listed is Listed.DENIED and "ec2:DescribeVpcs" in offer.way_out


def test_a_failed_look_up_is_said(cloud: Aws) -> None:
    """So is a network that is down."""

    def fail(_: int, call: Call) -> None:
        raise Unreachable("ec2 cannot be reached.", remedy="Check the network.")

    offer = offered(Between(cloud, before=fail))
    assert offer.listed is Listed.FAILED and "Check the network" in offer.way_out


# -- a conscious yes -----------------------------------------------------------------------------------------------


def risky(text: str) -> str:
    return text


def ask_twice(value: str, _: Flow) -> Iterator[Caution]:
    if value == "all":
        yield Caution("really-all", "This deletes everything.", confirm=True, switch="some")


class Cautious(Flow):
    """A set-up that warns."""

    title = "Warn"
    extent = Text("How much?", risky, check=ask_twice, example="some", why="-")
    name = Text("Name?", risky, example="x", why="-")
    depth = Text("How deep?", risky, check=ask_twice, default="some", fine_tuning=True, example="some", why="-")

    def plan(self) -> Plan:
        return Plan((), facts={"extent": self.extent, "name": self.name, "depth": self.depth})


class BoldDefault(Cautious):
    """A set-up whose own default needs a yes."""

    extent = Text("How much?", risky, default="all", check=ask_twice, fine_tuning=True, example="some", why="-")
    which = Choice("Which?", {"a": "A"}, default="a", why="-")

    def plan(self) -> Plan:
        return Plan((), facts={"extent": self.extent})


def test_a_caution_waits_for_its_yes(journal: Journal) -> None:
    """The answer counts only once somebody agreed; until then the caution is shown, with the way around it."""
    made = Session(Cautious, Offline(), journal)
    made.answer("all")
    state = asking(made)
    assert (state.question.id, state.said) == ("extent", "all")
    assert [(c.id, c.switch, c.key) for c in state.cautions] == [("really-all", "some", "extent")]
    made.accept("really-all")
    assert asking(made).question.id == "name"


def test_the_other_way_around_a_caution(journal: Journal) -> None:
    """Answering otherwise needs no yes."""
    made = Session(Cautious, Offline(), journal)
    made.answer("all")
    made.answer("some")
    assert asking(made).question.id == "name"


def test_a_yes_given_while_changing_an_answer(journal: Journal) -> None:
    """A question that was revisited is left again by its yes; so is one that has no answer yet."""
    made = Session(Cautious, Offline(), journal)
    made.answer("some")
    made.answer("x")
    made.revisit("extent")
    made.answer("all")
    assert asking(made).cautions
    made.accept("really-all")
    assert "needs" not in str(made.answers())
    assert made.answers() == {"extent": "all", "name": "x"}
    other = Session(Cautious, Offline())
    other.revisit("extent")
    other.accept("really-all")
    assert asking(other).question.id == "extent"


def test_what_a_default_warns_of_is_agreed_to_at_the_review(journal: Journal) -> None:
    """Nobody is asked a question of fine-tuning for it, and nothing is created without that yes."""
    made = Session(BoldDefault, Offline(), journal)
    assert asking(made).question.id == "which"
    made.answer("a")
    state = made.state()
    assert isinstance(state, Reviewing)
    assert [(c.id, c.confirm) for c in state.review.cautions] == [("really-all", True)]
    with pytest.raises(Blocked):
        list(made.apply())
    made.accept("really-all")
    assert next((line.question.id, line.raw, line.defaulted) for line in made.trail()) == ("extent", "all", True)


@pytest.mark.parametrize("flow", flows.every(), ids=lambda flow: flow.id)
def test_what_could_not_be_worked_out_is_asked_for_and_never_taken_for_a_reply(
    flow: type[Flow], monkeypatch: pytest.MonkeyPatch
) -> None:
    """In an account that has nothing to propose; “None” is nobody's answer."""
    made = Session(flow, Offline())
    for question in (question for question in flow.questions if question.fine_tuning):
        monkeypatch.setattr(question, "_default", lambda _: None)
        problem = made._defaulted(question, flow(Offline())).problem
        assert problem is not None
        assert problem.what == f"No {question.label.lower()} could be worked out."
        assert problem.remedy
        assert "None" not in str(problem)


def test_another_account_is_refused(cloud: Aws, journal: Journal, clock: FakeClock) -> None:
    """A run goes on only in the account it was made in."""
    made = session(cloud, journal, clock=clock)
    made.review()
    list(made.apply())
    assert made.run is not None
    journal.write("UPDATE runs SET account = '999999999999' WHERE id = ?", (made.run.id,))
    made.close()
    other = Session(flows.find("vpn"), cloud, journal, run=journal.run(made.run.id), clock=clock)
    for attempt in (other.apply, other.undo):
        with pytest.raises(CloudError, match="999999999999"):
            list(attempt())
