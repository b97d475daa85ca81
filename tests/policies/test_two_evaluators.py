"""A policy drawn at random says the same to our reader and to a second evaluator, over the part that both know.

`support.evaluator` says which part that is. It knows requests of which all is known; ours must answer those, and where
less is known, what it answers all the same must be so whatever the rest is.
"""

from __future__ import annotations

import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support import evaluator

from flows.policies import Answer, Caller, Request, read

OWN, OTHER = "111122223333", "999999999999"
OAI = "arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E1EXAMPLE"
ROLE = f"arn:aws:iam::{OWN}:role/team/ops"
CALLERS = [
    Caller(f"arn:aws:iam::{OWN}:user/kim", canonical="c0ffee"),
    Caller(f"arn:aws:iam::{OTHER}:user/lou", canonical="decaf"),
    Caller(f"arn:aws:sts::{OWN}:assumed-role/ops/kim", role=ROLE, canonical="c0ffee"),
    Caller(service="cloudfront.amazonaws.com"),
    Caller(OAI, canonical="0a1"),
    Caller(),
]
PRINCIPALS = [
    "*", {"AWS": "*"}, {"AWS": OWN}, {"AWS": f"arn:aws:iam::{OWN}:root"}, {"AWS": f"arn:aws:iam::{OWN}:user/kim"},
    {"AWS": [f"arn:aws:iam::{OTHER}:user/lou", ROLE]}, {"Service": "cloudfront.amazonaws.com"}, {"AWS": OAI},
    {"CanonicalUser": "0a1"}, {"CanonicalUser": ["c0ffee", "0a2"]}, {"AWS": f"arn:aws:sts::{OWN}:assumed-role/ops/kim"},
    {"AWS": f"arn:aws:iam::{OTHER}:root", "Service": ["s3.amazonaws.com", "cloudfront.amazonaws.com"]},
    {"Federated": "cognito-identity.amazonaws.com"},
]  # fmt: skip
EXCEPTED = [
    {"Service": "cloudfront.amazonaws.com"}, {"AWS": OAI}, {"AWS": f"arn:aws:iam::{OTHER}:user/nobody"},
    {"AWS": [f"arn:aws:iam::{OWN}:user/kim", f"arn:aws:iam::{OWN}:root"]},
]  # fmt: skip
THINGS = {
    "s3": (
        ["s3:GetObject", "s3:PutObject"],
        ["s3:GetObject", "s3:Get*", "s3:*", "*", "s3:getobject", "S3:?etObject", "s3:*Tagging", "s3:PutObject"],
        ["arn:aws:s3:::side/build/index.html", "arn:aws:s3:::side/kim/a.html", "arn:aws:s3:::side"],
        [
            "*", "arn:aws:s3:::side/*", "arn:aws:s3:::side", "arn:aws:s3:::side/build/*", "arn:aws:s3:::side/*.html",
            "arn:aws:s3:::*", "arn:*:s3:::side/build/index.htm?", "arn:aws:s3:::side/${aws:username}/*",
            "arn:aws:s3:::Side/*", "arn:aws:s3:::side/${aws:PrincipalTag/team, 'build'}/*", "arn:aws:s3:::side/${*}",
        ],
    ),
    "kms": (
        ["kms:Decrypt", "kms:CreateGrant"],
        ["kms:*", "kms:Decrypt", "kms:De*", "kms:GenerateDataKey*", "kms:createGrant"],
        ["arn:aws:kms:eu-west-1:111122223333:key/1"],
        ["*", "arn:aws:kms:eu-west-1:111122223333:key/1", "arn:aws:kms:*:*:key/*", "arn:aws:kms:*:*:alias/*"],
    ),
}  # fmt: skip
TEXTS = ["StringEquals", "StringNotEquals", "StringLike", "StringNotLike", "StringEqualsIgnoreCase",
         "StringNotEqualsIgnoreCase"]  # fmt: skip
ORDER = ["Equals", "NotEquals", "LessThan", "LessThanEquals", "GreaterThan", "GreaterThanEquals"]
EDGE = f"arn:aws:cloudfront::{OWN}:distribution/E1"
KEYS: dict[str, tuple[list[str], list[Any], list[Any]]] = {  # operators, what a policy wants, what a request has
    "aws:SourceVpce": (TEXTS, ["vpce-1", "vpce-*", "VPCE-1", "*", "${aws:SourceAccount}"], ["vpce-1", "vpce-2"]),
    "aws:SourceAccount": (TEXTS, [OWN, OTHER, "${aws:username}", "${aws:PrincipalTag/team, 'x'}"], [OWN, OTHER, "kim"]),
    "aws:PrincipalTag/team": (TEXTS, ["build", "b*", "?uild", "B${*}", "${aws:username}"], ["build", "kim", "b*"]),
    "aws:SourceArn": (
        ["ArnLike", "ArnEquals", "ArnNotLike", "ArnNotEquals", "StringLike", "StringNotEquals"],
        [EDGE, f"arn:aws:cloudfront::{OWN}:distribution/*", "arn:aws:cloudfront::*:distribution/E?",
         "arn:*:*:*:*:*", "arn:aws:s3:*:*:side", "arn:aws:cloudfront::${aws:SourceAccount}:distribution/E1"],
        [EDGE, f"arn:aws:cloudfront::{OTHER}:distribution/E2", "arn:aws:s3:::side"],
    ),
    "aws:SourceIp": (
        ["IpAddress", "NotIpAddress"],
        ["192.0.2.0/24", "192.0.2.7/32", "192.0.2.7", "0.0.0.0/0", "2001:db8::/32"],
        ["192.0.2.7", "192.0.2.8", "198.51.100.9", "2001:db8::1"],
    ),
    "aws:SecureTransport": (["Bool"], ["true", "false", "False", True], ["true", "false"]),
    "s3:max-keys": ([f"Numeric{each}" for each in ORDER], ["10", 9, "9.50", "-1"], ["10", "9", "9.5", "100"]),
    "aws:CurrentTime": (
        [f"Date{each}" for each in ORDER],
        ["2026-06-01", "2026-01-01T00:00:00Z", "2026-01-01T02:00:00+02:00", "1780000000"],
        ["2026-01-01T00:00:00Z", "2026-11-01T00:00:00Z"],
    ),
    "aws:TagKeys": (
        [f"{each}:{text}" for each in ("ForAllValues", "ForAnyValue") for text in TEXTS],
        ["a", "b*", "A", "${aws:username}"],
        [["a"], ["a", "b"], ["kim", "bb"]],
    ),
}  # fmt: skip
LEFT = {Answer.ALLOWED: evaluator.YES, Answer.TO_ACCOUNT: evaluator.ACCOUNT, Answer.NOT_ALLOWED: evaluator.NO,
        Answer.FORBIDDEN: evaluator.NO}  # fmt: skip
often = settings(max_examples=300, deadline=None)
SEEDS = st.integers(0, 2**32)


def drawn(chance: random.Random) -> tuple[dict[str, Any], Caller, str, str, dict[str, Any]]:
    """A policy of a bucket or a key, somebody who asks, for what, and every key of the request."""
    actions, acts, resources, things = THINGS[chance.choice(["s3", "s3", "kms"])]
    who = chance.choice(CALLERS)
    # whoever is excepted by their account alone is half excepted, which nobody documents
    whole = [
        each for each in EXCEPTED if not (who.is_session and f"arn:aws:iam::{who.account}:root" in each.get("AWS", ()))
    ]

    def some(values: list[Any]) -> Any:
        return chance.choice(values) if chance.random() < 0.6 else chance.sample(values, 2)

    def statement() -> dict[str, Any]:
        made: dict[str, Any] = {"Sid": "", "Effect": chance.choice(["Allow", "Allow", "Deny"])}
        excepted = made["Effect"] == "Deny" and chance.random() < 0.1
        made |= {"NotPrincipal": chance.choice(whole)} if excepted else {"Principal": chance.choice(PRINCIPALS)}
        made["NotAction" if chance.random() < 0.1 else "Action"] = some(acts)
        turned = chance.random() < 0.1
        known = [each for each in things if "${aws:username}" not in each]
        made["NotResource" if turned else "Resource"] = some(known if turned else things)
        conditions: dict[str, dict[str, Any]] = {}
        for key in chance.sample(list(KEYS), chance.choice([0, 0, 1, 1, 2])):
            operators, wanted, _ = KEYS[key]
            operator, value = chance.choice(operators), some(wanted)
            if chance.random() < 0.1:
                operator, value = "Null", chance.choice(["true", "false", True])
            elif chance.random() < 0.2:
                operator += "IfExists"
            conditions.setdefault(operator, {})[key.upper() if chance.random() < 0.1 else key] = value
        return made | ({"Condition": conditions} if conditions else {})

    context = {key: chance.choice(values) for key, (_, _, values) in KEYS.items() if chance.random() < 0.7}
    document = {"Version": "2012-10-17", "Statement": [statement() for _ in range(chance.choice([1, 1, 2, 3]))]}
    return document, who, chance.choice(actions), chance.choice(resources), context


def second(policy: dict[str, Any], who: Caller, action: str, resource: str, context: dict[str, Any]) -> str:
    described = {
        "arn": who.arn, "role": who.role, "account": who.account, "service": who.service, "canonical": who.canonical,
    }  # fmt: skip
    name = {"aws:username": who.arn.rpartition("/")[2]} if who.account and not who.is_session else {}
    known = {key: value for key, value in described.items() if value}
    return evaluator.decide(policy, known, action, resource, {**context, **name})


@often
@given(SEEDS)
def test_where_all_is_known_both_say_the_same(seed: int) -> None:
    chance = random.Random(seed)
    policy, who, action, resource, context = drawn(chance)
    said = read(policy, Request(action, resource, who, context, whole=True))
    assert said.answer is not Answer.UNTOLD, said.unknown
    assert LEFT[said.answer] == second(policy, who, action, resource, context)


@often
@given(SEEDS)
def test_where_less_is_known_what_is_told_is_so_whatever_the_rest_is(seed: int) -> None:
    chance = random.Random(seed)
    policy, who, action, resource, context = drawn(chance)
    hidden = chance.sample(list(KEYS), 3)
    told = {key: context.get(key) for key in KEYS if key not in hidden}
    said = read(policy, Request(action, resource, who, told))
    if said.answer is Answer.UNTOLD:
        assert said.unknown
        return
    for _ in range(5):
        rest = {key: chance.choice(KEYS[key][2]) for key in hidden if chance.random() < 0.7}
        whole = {key: value for key, value in told.items() if value is not None} | rest
        assert LEFT[said.answer] == second(policy, who, action, resource, whole)


@pytest.mark.parametrize("answer", [evaluator.YES, evaluator.NO, evaluator.ACCOUNT])
def test_enough_of_each_answer_is_drawn(answer: str) -> None:
    """A property that only ever met refusals would say little."""
    chance = random.Random(1)
    said = [second(*drawn(chance)) for _ in range(1000)]
    assert said.count(answer) > 20
