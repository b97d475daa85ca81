"""The reader of policies against what AWS's documentation says of its own examples (IAM User Guide, 2026-11)."""

from __future__ import annotations

from typing import Any

import pytest

from flows.policies import Answer, Caller, Request, narrowed, read

BUCKET = "arn:aws:s3:::amzn-s3-demo-bucket"
KIM = Caller("arn:aws:iam::111122223333:user/kim")
OPS = Caller("arn:aws:sts::111122223333:assumed-role/ops/kim", role="arn:aws:iam::111122223333:role/team/ops")
ALLOWED, FORBIDDEN, NOT_ALLOWED, UNTOLD = Answer.ALLOWED, Answer.FORBIDDEN, Answer.NOT_ALLOWED, Answer.UNTOLD
TO_ACCOUNT = Answer.TO_ACCOUNT


def policy(*statements: dict[str, Any], version: str = "2012-10-17") -> dict[str, Any]:
    return {"Version": version, "Statement": list(statements)}


def allow(action: Any = "s3:*", resource: Any = "*", **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def deny(action: Any = "s3:*", resource: Any = "*", **more: Any) -> dict[str, Any]:
    return {**allow(action, resource, **more), "Effect": "Deny"}


def when(condition: dict[str, Any], context: dict[str, Any], **more: Any) -> Answer:
    """What a policy says that allows under these conditions alone, to a request that has these keys and no others."""
    asked = Request("s3:GetObject", f"{BUCKET}/a", KIM, context, **{"whole": True, **more})
    return read(policy(allow(Condition=condition)), asked).answer


# -- what is wanted ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pattern", "action", "fits"),
    [
        ("iam:ListAccessKeys", "IAM:listaccesskeys", True),
        ("iam:*AccessKey*", "iam:UpdateAccessKey", True),
        ("iam:*AccessKey*", "iam:CreateUser", False),
        ("ec2:Describe?pcs", "ec2:DescribeVpcs", True),
        ("*", "ec2:DescribeVpcs", True),
        ("s3:[g]etObject", "s3:getObject", False),
    ],
)
def test_actions_have_wildcards_and_no_case(pattern: str, action: str, fits: bool) -> None:
    asked = Request(action, "*")
    assert read(policy(allow(pattern)), asked).answer is (ALLOWED if fits else NOT_ALLOWED)
    assert read(policy(allow("*"), deny(pattern)), asked).answer is (FORBIDDEN if fits else ALLOWED)
    turned = {"Effect": "Allow", "NotAction": pattern, "Resource": "*"}
    assert read(policy(turned), asked).answer is (NOT_ALLOWED if fits else ALLOWED)


@pytest.mark.parametrize(
    ("pattern", "resource", "fits"),
    [
        (f"{BUCKET}/*/test/*", f"{BUCKET}/1/test/", True),
        (f"{BUCKET}/*/test/*", f"{BUCKET}/1/2/test/3/object.jpg", True),
        (f"{BUCKET}/*/test/*", f"{BUCKET}//test/object.jpg", True),
        (f"{BUCKET}/*/test/*", f"{BUCKET}/1-test/object.jpg", False),
        (f"{BUCKET}/*/test/*", f"{BUCKET}/test/object.jpg", False),
        (f"{BUCKET}/*/test/*", f"{BUCKET}/1/2/test.jpg", False),
        ("arn:aws:iam::111122223333:user/Bob", "arn:aws:iam::111122223333:user/bob", False),
        # a * that ends a part may go on beyond the colon, one within it may not
        ("arn:aws:ec2:*", "arn:aws:ec2:eu-central-1:111122223333:vpc/vpc-1", True),
        ("arn:aws:sqs:*:queue1", "arn:aws:sqs:us-east-2:111122223333:queue1", True),
        ("arn:aws:sns:us-*-2:111122223333:a", "arn:aws:sns:us-east-2:111122223333:a", True),
        ("arn:aws:sns:us-*2:111122223333:a", "arn:aws:sns:us-east-1:2:111122223333:a", False),
        ("arn:aws:sns:us-east-?:111122223333:a", "arn:aws:sns:us-east-2:111122223333:a", True),
        # what comes after the fifth colon is one part
        ("arn:aws:logs:eu-west-1:1:log-group:/*:x", "arn:aws:logs:eu-west-1:1:log-group:/aws/a:b:x", True),
    ],
)  # fmt: skip
def test_resources_have_wildcards_within_their_parts(pattern: str, resource: str, fits: bool) -> None:
    asked = Request("any:Thing", resource)
    assert read(policy(allow("*", pattern)), asked).answer is (ALLOWED if fits else NOT_ALLOWED)
    turned = {"Effect": "Deny", "Action": "*", "NotResource": pattern}
    assert read(policy(allow("*"), turned), asked).answer is (ALLOWED if fits else FORBIDDEN)


def test_a_variable_is_the_callers() -> None:
    """“Variables and tags”: each user has a folder of their own; the old version takes the variable for a name."""
    own = allow(resource=f"{BUCKET}/${{aws:username}}/*")
    mine, others = Request("s3:GetObject", f"{BUCKET}/kim/a", KIM), Request("s3:GetObject", f"{BUCKET}/lou/a", KIM)
    assert [read(policy(own), each).answer for each in (mine, others)] == [ALLOWED, NOT_ALLOWED]
    assert read(policy(own, version="2008-10-17"), mine).answer is NOT_ALLOWED
    assert read(policy(own), Request("s3:GetObject", f"{BUCKET}/kim/a", OPS)).answer is NOT_ALLOWED, "a role has none"
    assert read(policy(own), Request("s3:GetObject", f"{BUCKET}/kim/a")).answer is UNTOLD
    assert read(policy(own), Request("s3:GetObject", f"{BUCKET}/kim")).answer is NOT_ALLOWED, "whoever it is"


def test_a_variable_has_a_default_and_what_it_stands_for_has_no_wildcards() -> None:
    tagged = allow(resource=f"{BUCKET}/${{aws:PrincipalTag/team, 'company-wide'}}/*")
    everybody = Request("s3:GetObject", f"{BUCKET}/company-wide/a", KIM, {"aws:PrincipalTag/team": None})
    assert read(policy(tagged), everybody)
    sly = Request("s3:GetObject", f"{BUCKET}/company-wide/a", KIM, {"aws:PrincipalTag/team": "*"})
    assert read(policy(tagged), sly).answer is NOT_ALLOWED
    starred = Request("s3:GetObject", f"{BUCKET}/*", KIM)
    assert read(policy(allow(resource=f"{BUCKET}/${{*}}")), starred)


# -- conditions ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("condition", "context", "answer"),
    [
        ({"StringEquals": {"aws:PrincipalTag/job": "admin"}}, {"aws:principaltag/JOB": "admin"}, ALLOWED),
        ({"StringEquals": {"aws:RequestTag/a": "b"}}, {"aws:RequestTag/a": "B"}, NOT_ALLOWED),
        ({"StringEquals": {"aws:RequestTag/a": "b*"}}, {"aws:RequestTag/a": "bc"}, NOT_ALLOWED),
        ({"StringEqualsIgnoreCase": {"aws:RequestTag/a": "b"}}, {"aws:RequestTag/a": "B"}, ALLOWED),
        ({"StringNotEqualsIgnoreCase": {"aws:RequestTag/a": "b"}}, {"aws:RequestTag/a": "B"}, NOT_ALLOWED),
        ({"StringLike": {"s3:prefix": ["", "home/${aws:username}/*"]}}, {"s3:prefix": "home/kim/x"}, ALLOWED),
        ({"StringLike": {"s3:prefix": ["", "home/${aws:username}/*"]}}, {"s3:prefix": "home/lou/x"}, NOT_ALLOWED),
        ({"StringNotLike": {"s3:prefix": "a*"}}, {}, ALLOWED),
        ({"StringLike": {"s3:prefix": "*"}}, {}, NOT_ALLOWED),
        ({"NumericLessThanEquals": {"s3:max-keys": "10"}}, {"s3:max-keys": "9"}, ALLOWED),
        ({"NumericLessThanEquals": {"s3:max-keys": 10}}, {"s3:max-keys": "11"}, NOT_ALLOWED),
        ({"DateGreaterThan": {"aws:TokenIssueTime": "2020-01-01"}}, {"aws:TokenIssueTime": "1600000000"}, ALLOWED),
        ({"DateLessThan": {"aws:CurrentTime": "2013-06-30"}}, {"aws:CurrentTime": "2013-07-01T00:00:00Z"}, NOT_ALLOWED),
        ({"Bool": {"aws:SecureTransport": False}}, {"aws:SecureTransport": "false"}, ALLOWED),
        ({"Bool": {"aws:MultiFactorAuthPresent": "false"}}, {}, NOT_ALLOWED),
        ({"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}}, {}, ALLOWED),
        ({"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}, {"aws:SourceIp": "203.0.113.7"}, ALLOWED),
        ({"NotIpAddress": {"aws:SourceIp": ["::1", "2001:db8::/32"]}}, {"aws:SourceIp": "2001:db8::1"}, NOT_ALLOWED),
        ({"IpAddress": {"aws:SourceIp": "nowhere"}}, {"aws:SourceIp": "203.0.113.7"}, UNTOLD),
        ({"ArnLike": {"aws:SourceArn": "arn:aws:sns:*:*:t"}}, {"aws:SourceArn": "arn:aws:sns:eu-west-1:1:t"}, ALLOWED),
        ({"ArnEquals": {"aws:SourceArn": "arn:aws:sns:*:t"}}, {"aws:SourceArn": "arn:aws:sns:a:1:t"}, NOT_ALLOWED),
        ({"ArnLike": {"aws:SourceArn": "arn:aws:sns:*"}}, {"aws:SourceArn": "arn:aws:sns:a:1:t"}, UNTOLD),
        ({"ArnNotEquals": {"aws:SourceArn": "arn:aws:sns:*:*:t"}}, {}, ALLOWED),
        ({"BinaryEquals": {"key": "QmluYXJ5VmFsdWVJbkJhc2U2NA=="}}, {"key": "QmluYXJ5VmFsdWVJbkJhc2U2NA=="}, ALLOWED),
        ({"Null": {"aws:TokenIssueTime": "true"}}, {}, ALLOWED),
        ({"Null": {"aws:TokenIssueTime": "false"}}, {}, NOT_ALLOWED),
        ({"Null": {"aws:TokenIssueTime": "false"}}, {"aws:TokenIssueTime": "x"}, ALLOWED),
        ({"StringSounds": {"aws:TokenIssueTime": "x"}}, {"aws:TokenIssueTime": "x"}, UNTOLD),
        # several operators and keys: all of them; several values: one of them, and of a Not… none
        ({"StringEquals": {"a:b": ["x", "y"]}, "Bool": {"c:d": "true"}}, {"a:b": "y", "c:d": "true"}, ALLOWED),
        ({"StringEquals": {"a:b": ["x", "y"], "c:d": "true"}}, {"a:b": "y", "c:d": "no"}, NOT_ALLOWED),
        ({"StringNotEquals": {"a:b": ["x", "y"]}}, {"a:b": "y"}, NOT_ALLOWED),
        # keys with several values
        ({"ForAllValues:StringEquals": {"aws:TagKeys": ["a", "b"]}}, {"aws:TagKeys": ["b", "a"]}, ALLOWED),
        ({"ForAllValues:StringEquals": {"aws:TagKeys": ["a", "b"]}}, {"aws:TagKeys": ["b", "c"]}, NOT_ALLOWED),
        ({"ForAllValues:StringEquals": {"aws:TagKeys": ["a", "b"]}}, {}, ALLOWED),
        ({"ForAnyValue:StringEquals": {"aws:TagKeys": ["a", "b"]}}, {"aws:TagKeys": ["b", "c"]}, ALLOWED),
        ({"ForAnyValue:StringEquals": {"aws:TagKeys": ["a", "b"]}}, {"aws:TagKeys": ["c"]}, NOT_ALLOWED),
        ({"ForAnyValue:StringEquals": {"aws:TagKeys": ["a", "b"]}}, {}, NOT_ALLOWED),
        ({"ForAnyValue:StringNotEquals": {"aws:TagKeys": ["a"]}}, {}, NOT_ALLOWED),
        ({"ForAllValues:StringNotEquals": {"aws:TagKeys": ["a"]}}, {"aws:TagKeys": ["b", "a"]}, NOT_ALLOWED),
        ({"StringEquals": {"aws:TagKeys": "a"}}, {"aws:TagKeys": ["a", "b"]}, UNTOLD),
        ({"ForAnyValue:StringEqualsIfExists": {"aws:TagKeys": "a"}}, {}, NOT_ALLOWED),
        ({"ForAllValues:StringEqualsIfExists": {"aws:TagKeys": "a"}}, {}, ALLOWED),
        ({"ForSomeValues:StringEquals": {"aws:TagKeys": "a"}}, {"aws:TagKeys": "a"}, UNTOLD),
        # a variable without a value equals nothing
        ({"StringEquals": {"a:b": "${aws:PrincipalTag/team}"}}, {"a:b": "x"}, NOT_ALLOWED),
        ({"StringLike": {"a:b": ["${aws:PrincipalTag/team}*", "x"]}}, {"a:b": "x"}, ALLOWED),
        ({"StringNotEquals": {"a:b": "${aws:PrincipalTag/team}"}}, {"a:b": "x"}, ALLOWED),
        # what is written in no way that the guide knows is not guessed at
        ({"NumericEquals": {"s3:max-keys": "1e1"}}, {"s3:max-keys": "10"}, UNTOLD),
        ({"NumericLessThan": {"s3:max-keys": "nan"}}, {"s3:max-keys": "10"}, UNTOLD),
        ({"NumericEquals": {"s3:max-keys": "10.50"}}, {"s3:max-keys": "10.5"}, ALLOWED),
        ({"NumericEquals": {"s3:max-keys": "${aws:username}"}}, {"s3:max-keys": "10"}, UNTOLD),
        ({"DateLessThan": {"aws:CurrentTime": "99999999999999999999"}}, {"aws:CurrentTime": "2026-01-01"}, UNTOLD),
        ({"DateLessThan": {"aws:CurrentTime": "2030"}}, {"aws:CurrentTime": "2026-01-01"}, UNTOLD),
        ({"Bool": {"aws:SecureTransport": "yes"}}, {"aws:SecureTransport": "true"}, UNTOLD),
        ({"BinaryNotEquals": {"key": "QQ=="}}, {"key": "QQ=="}, UNTOLD),
        ({"IpAddress": {"aws:SourceIp": "2001:db8::1"}}, {"aws:SourceIp": "2001:db8::2"}, UNTOLD),
        ({"IpAddress": {"aws:SourceIp": "192.0.2.7"}}, {"aws:SourceIp": "192.0.2.8"}, NOT_ALLOWED),
        ({"IpAddress": {"aws:SourceIp": ["192.0.2.0/24", "2001:db8::/32"]}}, {"aws:SourceIp": "192.0.2.7"}, ALLOWED),
    ],
)  # fmt: skip
def test_conditions(condition: dict[str, Any], context: dict[str, Any], answer: Answer) -> None:
    assert when(condition, context) is answer


def test_what_is_not_known_is_named_and_not_guessed() -> None:
    locked = {"StringEquals": {"aws:SourceVpce": "vpce-1"}}
    asked = Request("s3:GetObject", f"{BUCKET}/a", KIM)
    assert read(policy(allow(Condition=locked)), asked).unknown == ("StringEquals aws:SourceVpce",)
    forbids = read(policy(allow(), deny(Condition=locked)), asked)
    assert (forbids.answer, forbids.statements) == (UNTOLD, (deny(Condition=locked),))
    assert read(policy(deny(Condition=locked)), asked).answer is NOT_ALLOWED, "that is so whatever it is"
    assert read(policy(allow(), allow(Condition=locked)), asked).answer is ALLOWED
    beside = {"StringEquals": {"aws:SourceVpce": "vpce-1", "aws:username": "lou"}}
    assert read(policy(allow(), deny(Condition=beside)), asked).answer is ALLOWED, "that of somebody else"


@pytest.mark.parametrize(
    "odd",
    ["{", "[]", '{"Statement": [{"Effect": "allow"}]}', '{"Statement": [{"Effect": "Deny", "Condition": ["x"]}]}'],
)
def test_a_policy_that_cannot_be_read_may_say_anything(odd: str) -> None:
    assert read([policy(allow()), odd], Request("s3:GetObject", f"{BUCKET}/a")).answer is UNTOLD


# -- whom it is about ----------------------------------------------------------------------------------------------

LAMBDA = Caller(service="lambda.amazonaws.com")
IDENTITY = "arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E1EXAMPLE"


@pytest.mark.parametrize(
    ("principal", "caller", "answer"),
    [
        ("*", KIM, ALLOWED),
        ("*", Caller(), ALLOWED),
        ({"AWS": "*"}, LAMBDA, ALLOWED),
        ({"AWS": "111122223333"}, KIM, TO_ACCOUNT),
        ({"AWS": "arn:aws:iam::111122223333:root"}, OPS, TO_ACCOUNT),
        ({"AWS": "arn:aws:iam::111122223333:root"}, Caller("arn:aws:iam::111122223333:root"), ALLOWED),
        ({"AWS": ["999999999999", "arn:aws:iam::111122223333:user/kim"]}, KIM, ALLOWED),
        ({"AWS": "999999999999"}, KIM, NOT_ALLOWED),
        ({"AWS": "arn:aws:iam::111122223333:role/team/ops"}, OPS, ALLOWED),
        ({"AWS": "arn:aws:sts::111122223333:assumed-role/ops/kim"}, OPS, ALLOWED),
        ({"AWS": "arn:aws:sts::111122223333:assumed-role/ops/lou"}, OPS, NOT_ALLOWED),
        ({"AWS": "arn:aws:iam::111122223333:role/ops"}, OPS, NOT_ALLOWED),
        ({"AWS": "arn:aws:iam::111122223333:role/ops"}, Caller(OPS.arn), UNTOLD),
        ({"AWS": "arn:aws:iam::111122223333:role/dev"}, Caller(OPS.arn), NOT_ALLOWED),
        ({"AWS": "AROAEXAMPLEID"}, OPS, NOT_ALLOWED),
        ({"AWS": "arn:aws:iam::111122223333:role/*"}, OPS, NOT_ALLOWED),
        ({"Service": ["ec2.amazonaws.com", "lambda.amazonaws.com"]}, LAMBDA, ALLOWED),
        ({"Service": "lambda.amazonaws.com"}, KIM, NOT_ALLOWED),
        ({"Federated": "cognito-identity.amazonaws.com"}, Caller(federated="cognito-identity.amazonaws.com"), ALLOWED),
        ({"Federated": "cognito-identity.amazonaws.com"}, KIM, NOT_ALLOWED),
        ({"CanonicalUser": "79a59df900b949e55d96a1e698fba"}, KIM, UNTOLD),
        ({"CanonicalUser": "79a"}, Caller(KIM.arn, canonical="79a"), TO_ACCOUNT),
        ({"CanonicalUser": ["79b", "79c"]}, Caller(KIM.arn, canonical="79a"), NOT_ALLOWED),
        ({"CanonicalUser": "79a"}, LAMBDA, NOT_ALLOWED),
        ({"CanonicalUser": "79a"}, Caller(), NOT_ALLOWED),
        ({"CanonicalUser": "0a1"}, Caller(IDENTITY, canonical="0a1"), ALLOWED),
        ({"CanonicalUser": "0a1"}, Caller(IDENTITY), UNTOLD),
        ({"AWS": IDENTITY}, Caller(IDENTITY), ALLOWED),
        ({"AWS": IDENTITY + "2"}, Caller(IDENTITY), NOT_ALLOWED),
        ({"AWS": "111122223333"}, Caller(IDENTITY), NOT_ALLOWED),
        ("*", Caller(IDENTITY), ALLOWED),
        ({"AWS": "111122223333", "Service": "lambda.amazonaws.com"}, LAMBDA, ALLOWED),
        ({"AWS": "111122223333"}, None, UNTOLD),
        ("*", None, ALLOWED),
    ],
)
def test_principals(principal: Any, caller: Caller | None, answer: Answer) -> None:
    asked = Request("sts:AssumeRole", caller=caller)
    trust = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}
    assert read(policy(trust), asked).answer is answer
    forbids = policy({**trust, "Effect": "Deny"}, allow("*"))
    expected = {ALLOWED: FORBIDDEN, TO_ACCOUNT: FORBIDDEN, NOT_ALLOWED: ALLOWED, UNTOLD: UNTOLD}[answer]
    assert read(forbids, asked).answer is expected


@pytest.mark.parametrize(
    ("excepted", "caller", "answer"),
    [
        (["arn:aws:iam::111122223333:user/kim", "arn:aws:iam::111122223333:root"], KIM, ALLOWED),
        (["arn:aws:iam::111122223333:user/lou"], KIM, FORBIDDEN),
        (["arn:aws:iam::111122223333:user/kim"], KIM, UNTOLD),
        (["arn:aws:iam::111122223333:root"], Caller("arn:aws:iam::111122223333:root"), ALLOWED),
        (["111122223333"], LAMBDA, FORBIDDEN),
    ],
)
def test_whoever_is_excepted_must_be_so_with_their_account(excepted: Any, caller: Caller, answer: Answer) -> None:
    forbids = {"Effect": "Deny", "NotPrincipal": {"AWS": excepted}, "Action": "s3:*", "Resource": "*"}
    assert read(policy(forbids, allow()), Request("s3:GetObject", f"{BUCKET}/a", caller)).answer is answer


def test_of_an_origin_access_identity_no_more_is_known_than_its_name() -> None:
    """Which keys its requests have is not documented, so a condition on its account or kind is not guessed at."""
    asked = Request("s3:GetObject", f"{BUCKET}/a", Caller(IDENTITY), {"aws:SecureTransport": "true"})
    tls = deny(Principal="*", Condition={"Bool": {"aws:SecureTransport": "false"}})
    own = deny(Principal="*", Condition={"StringNotEquals": {"aws:PrincipalAccount": "111122223333"}})
    letting = allow(Principal={"AWS": IDENTITY})
    assert read(policy(letting, tls), asked).answer is ALLOWED
    assert read(policy(letting, own), asked).unknown == ("StringNotEquals aws:PrincipalAccount",)
    excepted = {"Effect": "Deny", "NotPrincipal": {"AWS": IDENTITY}, "Action": "s3:*", "Resource": "*"}
    assert read(policy(letting, excepted), asked).answer is ALLOWED
    assert read(policy(letting, excepted), Request("s3:GetObject", f"{BUCKET}/a", KIM)).answer is FORBIDDEN


def test_a_key_of_amazons_lets_in_its_account_by_a_condition() -> None:
    """KMS Developer Guide, “AWS managed keys”: everybody, if they are of this account and come through that service."""
    through = {"kms:ViaService": "s3.eu-central-1.amazonaws.com"}
    wanted = {"StringEquals": {"kms:CallerAccount": "111122223333", **through}}
    document = policy(allow("kms:Decrypt", Principal={"AWS": "*"}, Condition=wanted))
    key, stranger = "arn:aws:kms:eu-central-1:111122223333:key/1", Caller("arn:aws:iam::999999999999:user/lou")
    said = [read(document, Request("kms:Decrypt", key, who, through)).answer for who in (KIM, OPS, stranger, LAMBDA)]
    assert said == [ALLOWED, ALLOWED, NOT_ALLOWED, UNTOLD]


def test_within_one_account_either_side_may_allow_and_an_account_alone_does_not() -> None:
    """“Policy evaluation logic”: a key's policy that names the account leaves it to the account's own policies."""
    key = "arn:aws:kms:eu-central-1:111122223333:key/1"
    owner = policy({
        "Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:root"}, "Action": "kms:*", "Resource": "*",
    })  # fmt: skip
    own, asked = policy(allow("kms:Decrypt", key)), Request("kms:Decrypt", key, KIM)
    assert [read(each, asked).answer for each in (owner, own, [owner, own])] == [TO_ACCOUNT, ALLOWED, ALLOWED]
    assert narrowed(read(own, asked), read(owner, asked)).answer is TO_ACCOUNT


def test_a_boundary_or_an_organization_allows_nothing_by_itself() -> None:
    asked = Request("s3:GetObject", f"{BUCKET}/a", KIM)
    yes, no, never = (read(policy(each), asked) for each in (allow(), allow("ec2:*"), deny()))
    assert [narrowed(yes, each).answer for each in (yes, no, never)] == [ALLOWED, NOT_ALLOWED, FORBIDDEN]
    assert narrowed(no, yes).answer is NOT_ALLOWED


def test_a_queue_lets_in_what_a_bucket_sends() -> None:
    """Amazon S3 User Guide, “Granting permissions to publish event notification messages”, 2026-11."""
    queue = "arn:aws:sqs:eu-west-1:111122223333:arrivals"
    document = policy({
        "Effect": "Allow", "Principal": {"Service": "s3.amazonaws.com"}, "Action": ["SQS:SendMessage"],
        "Resource": queue,
        "Condition": {
            "ArnLike": {"aws:SourceArn": "arn:aws:s3:*:*:amzn-s3-demo-bucket"},
            "StringEquals": {"aws:SourceAccount": "111122223333"},
        },
    })  # fmt: skip
    context = {"aws:SourceArn": BUCKET, "aws:SourceAccount": "111122223333"}
    asked = Request("sqs:SendMessage", queue, Caller(service="s3.amazonaws.com"), context)
    assert read(document, asked)
    stranger = Request("sqs:SendMessage", queue, asked.caller, {**context, "aws:SourceAccount": "999999999999"})
    assert read(document, stranger).answer is NOT_ALLOWED


def test_a_long_pattern_takes_no_longer_than_others() -> None:
    assert not read(policy(allow("*", "*a" * 40 + "b")), Request("s3:GetObject", "a" * 300))
