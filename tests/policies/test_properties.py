"""What holds of every policy, whatever stands in it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.policies import Answer, Caller, Request, read

ACTIONS = ["s3:GetObject", "s3:PutObject", "ec2:RunInstances", "s3:*", "*", "ec2:Run*", "s3:?etObject"]
RESOURCES = [
    "*", "arn:aws:s3:::a/*", "arn:aws:s3:::a/1", "arn:aws:s3:::*", "arn:aws:ec2:*:*:instance/i-?",
    "arn:aws:s3:::${aws:username}/*",
]  # fmt: skip
PRINCIPALS = [
    "*", {"AWS": "*"}, {"AWS": "111122223333"}, {"AWS": "arn:aws:iam::111122223333:user/kim"},
    {"Service": "s3.amazonaws.com"},
]  # fmt: skip
KEYS = ["aws:username", "aws:SourceIp", "aws:RequestTag/run"]


def one_or_many(values: list[str]) -> st.SearchStrategy[Any]:
    return st.sampled_from(values) | st.lists(st.sampled_from(values), min_size=1, max_size=3)


conditions = st.dictionaries(
    st.sampled_from([
        "StringEquals", "StringNotEquals", "StringLikeIfExists", "ForAllValues:StringEquals", "ForAnyValue:StringLike",
        "Null", "IpAddress",
    ]),
    st.dictionaries(st.sampled_from(KEYS), one_or_many(["kim", "true", "192.0.2.0/24", "*"]), min_size=1, max_size=2),
    max_size=2,
)  # fmt: skip


@st.composite
def statements(draw: st.DrawFn, effects: tuple[str, ...] = ("Allow", "Deny")) -> dict[str, Any]:
    made = {
        "Effect": draw(st.sampled_from(effects)),
        draw(st.sampled_from(["Action", "NotAction"])): draw(one_or_many(ACTIONS)),
        draw(st.sampled_from(["Resource", "NotResource"])): draw(one_or_many(RESOURCES)),
        "Condition": draw(conditions),
    }
    if draw(st.booleans()):
        made[draw(st.sampled_from(["Principal", "NotPrincipal"]))] = draw(st.sampled_from(PRINCIPALS))
    return made


policies = st.lists(statements(), max_size=4)
requests = st.builds(
    Request,
    st.sampled_from(ACTIONS[:3]),
    st.sampled_from(["*", "arn:aws:s3:::a/1", "arn:aws:s3:::kim/2", "arn:aws:ec2:eu-west-1:111122223333:instance/i-1"]),
    st.sampled_from([None, Caller(), Caller("arn:aws:iam::111122223333:user/kim"), Caller(service="s3.amazonaws.com")]),
    st.dictionaries(st.sampled_from(KEYS), st.sampled_from([None, "kim", "192.0.2.1", ["kim", "lou"]]), max_size=3),
    st.booleans(),
)
quickly = settings(max_examples=60, deadline=None)

GENEROUS = (Answer.FORBIDDEN, Answer.NOT_ALLOWED, Answer.UNTOLD, Answer.TO_ACCOUNT, Answer.ALLOWED)


def says(listed: list[dict[str, Any]], asked: Request) -> Answer:
    return read({"Version": "2012-10-17", "Statement": listed}, asked).answer


def generosity(listed: list[dict[str, Any]], asked: Request) -> int:
    return GENEROUS.index(says(listed, asked))


@quickly
@given(policies, statements(effects=("Deny",)), requests)
def test_what_forbids_never_allows_more(listed: list[Any], more: dict[str, Any], asked: Request) -> None:
    assert generosity([*listed, more], asked) <= generosity(listed, asked)


@quickly
@given(policies, statements(effects=("Allow",)), requests)
def test_what_allows_never_allows_less(listed: list[Any], more: dict[str, Any], asked: Request) -> None:
    assert generosity([*listed, more], asked) >= generosity(listed, asked)


@quickly
@given(policies, st.randoms(use_true_random=False), requests)
@pytest.mark.wild
def test_the_order_does_not_matter_nor_into_how_many_policies_they_are_put(
    listed: list[Any], chance: Any, asked: Request
) -> None:
    said = says(listed, asked)
    shuffled = chance.sample(listed, len(listed))
    assert says(shuffled, asked) is said
    apart = [{"Version": "2012-10-17", "Statement": each} for each in shuffled]
    assert read(apart, asked).answer is said


@quickly
@given(policies, requests)
def test_one_alone_is_a_list_of_one(listed: list[dict[str, Any]], asked: Request) -> None:
    def spread(value: Any) -> Any:
        return value if isinstance(value, list | dict) else [value]

    wordy = [
        {
            **{name: spread(value) if name.endswith(("Action", "Resource")) else value for name, value in each.items()},
            "Condition": {op: {key: spread(v) for key, v in keys.items()} for op, keys in each["Condition"].items()},
        }
        for each in listed
    ]
    assert says(wordy, asked) is says(listed, asked)


@quickly
@given(statements(effects=("Allow",)), requests)
def test_a_wider_resource_allows_no_less(statement: dict[str, Any], asked: Request) -> None:
    wide = {**statement, "Resource": "*"}
    wide.pop("NotResource", None)
    assert generosity([wide], asked) >= generosity([statement], asked)


@quickly
@given(policies, requests, st.sampled_from(KEYS[1:]), st.sampled_from([None, "kim", "192.0.2.1"]))
def test_what_is_told_holds_whatever_else_is_learned(listed: list[Any], asked: Request, key: str, value: Any) -> None:
    """An answer that was given without knowing a key is the answer with each of its values, too."""
    without = {name: each for name, each in asked.context.items() if name != key}
    before = Request(asked.action, asked.resource, asked.caller, without)
    learned = Request(asked.action, asked.resource, asked.caller, {**without, key: value})
    no = {Answer.NOT_ALLOWED, Answer.FORBIDDEN}
    if (said := says(listed, before)) is not Answer.UNTOLD:
        assert says(listed, learned) in (no if said in no else {said})


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.sampled_from(["", "*", "${", "${aws:username}", "1e400", "kim"]),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["AWS", "StringLike", "k"]), inner),
    max_leaves=4,
)


@quickly
@given(
    st.dictionaries(
        st.sampled_from(["Effect", "Action", "NotAction", "Resource", "Principal", "NotPrincipal", "Condition"]), values
    ),
    st.sampled_from(["Allow", "Deny", None]),
    requests,
)
def test_whatever_stands_in_it_is_answered(odd: dict[str, Any], effect: str | None, asked: Request) -> None:
    for document in (odd, [odd], {"Statement": odd}, {"Statement": [{**odd, "Effect": effect}, odd]}):
        assert read([document], asked).answer in Answer  # type: ignore[list-item]


@quickly
@given(st.text(alphabet="ab*?:", max_size=8), st.text(alphabet="ab:", max_size=8))
def test_a_pattern_fits_as_a_plain_search_says(pattern: str, text: str) -> None:
    """The quick way and the naive one, of a text that is no ARN."""

    def naive(p: str, t: str) -> bool:
        if not p:
            return not t
        if p[0] == "*":
            return naive(p[1:], t) or (bool(t) and naive(p, t[1:]))
        return bool(t) and p[0] in ("?", t[0]) and naive(p[1:], t[1:])

    allow = {"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {"StringLike": {"k": pattern}}}
    assert (says([allow], Request("a:B", context={"k": text})) is Answer.ALLOWED) == naive(pattern, text)
