"""Every way through every set-up ends in a plan that AWS's own description accepts."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, fields, is_dataclass
from functools import cache
from typing import Any

import botocore.session
import jmespath
import pytest
from botocore.model import OperationModel, Shape
from botocore.validate import ParamValidator
from support.stack import complaints
from support.variants import together

import flows
from flows.engine import (  # fmt: skip
    Asking,
    Call,
    Choice,
    Find,
    Flow,
    Hidden,
    Join,
    Many,
    Option,
    Picks,
    Plan,
    Question,
    Ref,
    Refused,
    Restore,
    Reviewing,
    SecretText,
    Session,
    Still,
    Text,
    Wait,
    Yes,
    join,
    serialization,
)
from flows.engine.bucket_owner import OWNER
from flows.engine.cache import CachedCloud
from flows.engine.permissions import EXCEPTIONS, PREFIXES
from flows.engine.references import fill, refs
from flows.engine.states import Line
from flows.export.cloudformation import template
from flows.export.resources import TABLE
from flows.practice import ACCOUNT_ID

SESSIONS_AT_MOST = 800
"""Of one set-up; more would be walked in vain."""

CORE = botocore.session.Session()


def tuned(route: Iterable[Question[Any]]) -> int:
    """How many questions of a way are asked because a fine-tuning one was answered otherwise than by its default."""
    asked = [{on for on, _ in each.when.needs} for each in route if each.when]
    return sum(any(on.fine_tuning and on.default_text for on in each) for each in asked)


# -- walking -------------------------------------------------------------------------------------------------------


def ends(flow: type[Flow], cloud: CachedCloud) -> Iterator[tuple[Session, Mapping[str, Any]]]:
    """Every session that comes to the review, from every reply to every question and each fine-tuning once."""
    left: list[dict[str, Any]] = [{}]
    for _ in range(SESSIONS_AT_MOST):
        if not left:
            return
        answers = left.pop()
        session = Session(flow, cloud)
        session.suggest(answers)
        state = accepted(session)
        if isinstance(state, Reviewing):
            yield session, answers
            left += [{**answers, **one} for one in fine_tuned(session) if not answers.keys() & one.keys()]
        elif state.question.id not in answers:
            left += [{**answers, state.question.id: reply} for reply in replies(state.question, options_of(state))]
    raise AssertionError("there are more ways than were walked")


def accepted(session: Session) -> Asking | Reviewing:
    while isinstance(state := session.state(), Asking) and state.cautions:
        session.accept(state.cautions[0].id)
    return state


def options_of(state: Asking) -> tuple[Option[Any], ...]:
    return state.offer.options if state.offer else ()


def replies(question: Question[Any], options: tuple[Option[Any], ...]) -> list[Any]:
    """What somebody might say: each of few options, both of two, the example of what is typed."""
    match question:
        case Yes():
            return ["yes", "no"]
        case Choice():
            return [option.key for option in options][: 3 if not question.written else None]
        case Picks():
            return [[option.key for option in options[:1]], *([] if question.least else [[]])]
        case SecretText():
            return [Hidden("A.key_of.ones.own1")]
        case Many() | Text():
            return [question.example or question.default_text]
        case _:
            raise AssertionError(f"a new kind of question: {question.kind}")


def fine_tuned(session: Session) -> Iterator[dict[str, Any]]:
    """Every fine-tuning question, answered otherwise, one at a time; only from a plain session."""
    if any(not line.defaulted for line in session.trail() if line.question.fine_tuning):
        return
    for line in session.trail():
        if line.question.fine_tuning and not isinstance(line.question, Picks):
            session.revisit(line.question.id)
            state = session.state()
            assert isinstance(state, Asking)
            for reply in replies(line.question, options_of(state)):
                if reply and str(reply) != str(line.raw):
                    yield {line.question.id: reply}
            session.back()


@dataclass(frozen=True)
class End:
    """What a session that came to the review leaves: data, which outlives its account."""

    answers: Mapping[str, Any]
    way: tuple[str, ...]
    plan: Plan
    permissions: tuple[str, ...]
    lines: tuple[Line, ...]


_WALKED: dict[str, list[End]] = {}


@pytest.fixture
def walked(request: pytest.FixtureRequest, flow: type[Flow]) -> list[End]:
    """Every end of a set-up, walked once for all tests."""
    if flow.id not in _WALKED:
        cloud = CachedCloud(request.getfixturevalue("cloud"))
        _WALKED[flow.id] = [
            End(
                answers, tuple(line.question.id for line in session.trail()), review.plan, review.permissions,
                review.answers,
            )
            for session, answers in ends(flow, cloud)
            for review in [session.review()]
        ]  # fmt: skip
    assert _WALKED[flow.id], f"nobody can come to the review of {flow.id}"
    return _WALKED[flow.id]


every_flow = pytest.mark.parametrize("flow", flows.every(), ids=lambda flow: flow.id)
LONG = ("aurora", "database_hours", "peering", "s3_lambda", "spa_pipeline", "vpn", "website")
"""Of these there are so many ways that they are only walked when all is tried."""
every_walk = pytest.mark.parametrize(
    "flow", [together(flow, flow.id, always=flow.id not in LONG) for flow in flows.every()]
)


@every_walk
def test_every_way_ends_in_a_plan_that_aws_accepts(walked: list[End]) -> None:
    """Every call of every plan fits botocore's description, its patterns, ranges and words included."""
    for end in walked:
        assert end.plan.actions or end.plan.uses
        assert [mistake for call in end.plan.calls() for mistake in mistakes(call)] == [], end.answers


@every_walk
def test_no_two_steps_of_a_plan_say_the_same(walked: list[End]) -> None:
    """Whoever watches, or reads that one failed, has to know which."""
    for end in walked:
        said = Counter(each.sentence for each in (*end.plan.uses, *end.plan.actions))
        assert [sentence for sentence, times in said.items() if times > 1] == [], end.answers


@every_walk
def test_every_way_was_drawn(walked: list[End], flow: type[Flow]) -> None:
    """No answers lead to a way that the diagram does not have; the VPN's ways were all walked on which no more than one
    fine-tuning answer asks further."""
    gone = {end.way for end in walked}
    drawn = {tuple(question.id for question in route): tuned(route) for route in flow.routes()}
    assert gone <= drawn.keys()
    assert {way for way, answers in drawn.items() if answers < 2} <= gone or flow.id != "vpn"


@every_walk
def test_every_plan_survives_the_journal(walked: list[End]) -> None:
    """What is written down is read back as the very same plan."""
    for end in walked:
        assert serialization.loads(serialization.dumps(end.plan)) == end.plan


@every_walk
def test_every_path_expression_is_one(walked: list[End]) -> None:
    """Every JMESPath of every plan compiles, whatever is filled in for what is not known yet."""
    for end in walked:
        for path in paths(end.plan):
            jmespath.compile(path)


@every_walk
def test_every_bucket_is_asked_for_with_its_owner(walked: list[End]) -> None:
    """A name that somebody else took meanwhile is neither written to nor read, wherever AWS can be told that."""
    for call in (call for end in walked for call in end.plan.calls() if call.params):
        shape = operation_of(call).input_shape if call.service == "s3" else None
        if shape and OWNER in shape.members:
            assert call.params.get(OWNER) == ACCOUNT_ID, call.operation


@every_walk
def test_every_role_acts_on_buckets_of_its_account_alone(walked: list[End]) -> None:
    calls = [call for end in walked for call in end.plan.calls() if call.operation == "iam.PutRolePolicy"]
    for statement in (each for call in calls for each in json.loads(call.params["PolicyDocument"])["Statement"]):
        if any(action.startswith("s3:") for action in statement["Action"]):
            assert statement["Condition"]["StringEquals"]["aws:ResourceAccount"] == ACCOUNT_ID, statement["Sid"]


@every_walk
def test_every_permission_exists(walked: list[End]) -> None:
    """Every IAM action that a review lists is one: AWS's own policies name it, or it is an operation's name."""
    needed = {action for end in walked for action in end.permissions}
    assert needed
    assert [action for action in sorted(needed) if not exists(action)] == []


@every_walk
def test_every_operation_is_something_in_cloudformation_or_is_said_to_be_nothing(walked: list[End]) -> None:
    """What a plan does is in the table of `flows/export/resources.py`; a new operation must be decided there."""
    assert {action.call.operation for end in walked for action in end.plan.actions} - TABLE.keys() == set()


@every_walk
@pytest.mark.some("share_ami")
def test_every_template_is_one(walked: list[End], flow: type[Flow]) -> None:
    """cfn-lint has nothing to say about templates that together have every property that any of them has."""
    seen = set[str]()
    for end in walked:
        with suppress(Refused):  # nothing of it can be a template
            made = template(
                end.plan, flow=flow.id, title=flow.title, region="eu-central-1", account="123456789012",
                answers=end.lines,
            )  # fmt: skip
            has = set(re.findall(r"(?m)^    Type: \S+|^ {4,}(?:- )?\w+:", made.text))
            if has - seen:
                said = complaints(made.text, made.region)
                assert [each for each in said if "W3690" not in each] == [], end.answers  # an older version, on purpose
            seen |= has


@every_flow
def test_the_diagram_is_whole(flow: type[Flow]) -> None:
    """It has every question and every state after the review, each can be reached and each can be left."""
    edges = list(flow.edges())
    names = {question.id for question in flow.questions}
    states = names | {"review", "applying", "done", "failed", "undoing", "undone"}
    assert {end for source, target, _ in edges for end in (source, target)} == states | {"[*]"}
    assert reach({"[*]"}, [(source, target) for source, target, _ in edges]) >= states
    assert reach({"undone"}, [(target, source) for source, target, _ in edges]) >= states
    drawn = flow.mermaid()
    assert drawn.startswith("stateDiagram-v2")
    assert all(re.search(rf"\b{name}\b", drawn) for name in names)


def reach(known: set[str], edges: list[tuple[str, str]]) -> set[str]:
    while more := {target for source, target in edges if source in known} - known:
        known |= more
    return known


@every_flow
def test_a_newcomer_is_asked_little_and_told_why(flow: type[Flow]) -> None:
    """Every question says why; what is fine-tuning has a default; what is typed has an example."""
    for question in flow.questions:
        assert question.why, question.id
        if not isinstance(question, SecretText):  # nobody takes a secret from us
            assert not question.fine_tuning or question.default_text or question._default is not None, question.id
            assert isinstance(question, Yes | Choice | Picks) or question.example, question.id


# -- against AWS's description -------------------------------------------------------------------------------------


def mistakes(call: Call) -> list[str]:
    """What botocore's model of the operation says against a call."""
    operation = operation_of(call)
    if operation.input_shape is None:
        return [] if not call.params else [f"{call.operation} takes no parameters"]
    params = fill(call.params, stand_in)
    report = ParamValidator().validate(params, operation.input_shape)
    # what is read before it is put back may be of any form; a call listed for its permission has no parameters
    wrong = [error for error in report._errors if not is_stand_in(error[2].get("param"))] if call.params else []
    return [
        *(f"{call.operation}{name}: {what} {more}" for what, name, more in wrong),
        *against(operation.input_shape, params, call.operation),
    ]


@cache
def _service(name: str) -> Any:
    return CORE.get_service_model(name)


def operation_of(call: Call) -> OperationModel:
    model: OperationModel = _service(call.service).operation_model(call.name)
    return model


def stand_in(ref: Ref) -> str:
    return (
        "vpn-0123456789" if ref.action == "handrail" else "x-0123456789abcdef0123456789abcdef01"
    )  # as long as any id must be


def is_stand_in(value: Any) -> bool:
    return bool(value == stand_in(Ref("some", "Id")))


def against(shape: Shape, value: Any, where: str) -> Iterator[str]:
    """What ParamValidator does not look at: words, patterns and upper bounds."""
    known: Any = shape
    if is_stand_in(value):
        return
    match shape.type_name:
        case "structure":
            for name, item in value.items():
                if name in known.members:
                    yield from against(known.members[name], item, f"{where}.{name}")
        case "list":
            if not shape.metadata.get("min", 0) <= len(value) <= shape.metadata.get("max", len(value)):
                yield f"{where} has {len(value)} items"
            for item in value:
                yield from against(known.member, item, f"{where}[]")
        case "map":
            for item in value.values():
                yield from against(known.value, item, f"{where}{{}}")
        case "string":
            if known.enum and value not in known.enum:
                yield f"{where}: {value!r} is not one of {known.enum}"
            # Python's re has no \p{…}; a letter, digit or space stands for those classes
            pattern = re.sub(r"\\p\{\w+\}", r"\\w\\s", shape.metadata.get("pattern", ""))
            if pattern and not re.search(pattern, value):
                yield f"{where}: {value!r} does not match {pattern}"
            if not shape.metadata.get("min", 0) <= len(value) <= shape.metadata.get("max", len(value)):
                yield f"{where}: {value!r} has the wrong length"
        case "integer" | "long" | "double" | "float":
            if not shape.metadata.get("min", value) <= value <= shape.metadata.get("max", value):
                yield f"{where}: {value} is out of range"


def paths(plan: Plan) -> Iterator[str]:
    """Every JMESPath expression of a plan, with something filled in."""
    for ref in refs((plan.actions, plan.outputs)):
        if ref.action != "handrail" and not ref.path.startswith("@"):
            yield ref.path
    for part in parts(plan):
        match part:
            case Wait():
                yield from (filled(text) for text in (part.ready, part.failed, part.now) if text)
            case Find():
                yield filled(part.shape)
            case Still() | Restore():
                yield filled(part.path)


def filled(text: Any) -> str:
    return str(fill(text if isinstance(text, Join) else join(text), stand_in))


def parts(value: Any) -> Iterator[Any]:
    """Every part of a plan, itself included."""
    if is_dataclass(value):
        yield value
        for each in fields(value):
            yield from parts(getattr(value, each.name))
    elif isinstance(value, tuple | list):
        for item in value:
            yield from parts(item)


@cache
def _managed_policies() -> str:
    """The text of AWS's own policies, as moto carries it."""
    from moto.iam import aws_managed_policies

    return str(vars(aws_managed_policies)["aws_managed_policies_data"]).lower()


def exists(action: str) -> bool:
    prefix, _, name = action.partition(":")
    if f'"{action.lower()}"' in _managed_policies():
        return True
    services = [service for service, known in PREFIXES.items() if known == prefix]
    return any(name in _service(service).operation_names for service in services)


@pytest.mark.parametrize("operation", [*EXCEPTIONS], ids=str)
def test_every_exception_is_about_an_operation(operation: str) -> None:
    """The table of permissions names operations that exist, and actions that do."""
    service, _, name = operation.partition(".")
    assert name in _service(service).operation_names
    assert EXCEPTIONS[operation] == "" or exists(EXCEPTIONS[operation])


def test_a_made_up_permission_does_not_exist() -> None:
    """The list against which permissions are compared can say no."""
    assert exists("ec2:CreateVpnConnection")
    assert not exists("ec2:CreateVpnConexion")
    assert not exists("s3:ListObjectsV3")


@pytest.mark.parametrize(
    "call",
    [
        Call("ec2.CreateVpnGateway", {"Type": "ipsec.2"}),
        Call("ec2.CreateVpnGateway", {"Type": "ipsec.1", "Colour": "blue"}),
        Call("ec2.CreateVpnGateway", {"Type": "ipsec.1", "AmazonSideAsn": "64512"}),
        Call("s3.PutBucketPolicy", {"Bucket": "b"}),
    ],
    ids=["a word that is none", "a parameter that is none", "text for a number", "something missing"],
)
def test_a_wrong_call_is_noticed(call: Call) -> None:
    """The description against which calls are compared can say no."""
    assert mistakes(call)
