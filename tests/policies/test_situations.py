"""What policies that stand in real accounts say to the requests that set-ups ask about."""

from __future__ import annotations

from typing import Any

import pytest

from flows.policies import Answer, Caller, Request, read

ALLOWED, FORBIDDEN, NOT_ALLOWED, UNTOLD = Answer.ALLOWED, Answer.FORBIDDEN, Answer.NOT_ALLOWED, Answer.UNTOLD
TO_ACCOUNT = Answer.TO_ACCOUNT
OWN, RECEIVER = "111122223333", "444455556666"
EDGE = f"arn:aws:cloudfront::{OWN}:distribution/E1"
PAGE = "arn:aws:s3:::side/build/index.html"
SIGNED = {"aws:SourceArn": EDGE, "aws:SourceAccount": OWN}
OAI = "arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E1EXAMPLE"


def says(effect: str, action: Any, resource: Any = "*", who: Any = "*", **conditions: Any) -> dict[str, Any]:
    made = {"Sid": "", "Effect": effect, "Principal": who, "Action": action, "Resource": resource}
    return made | ({"Condition": conditions} if conditions else {})


EDGES = {"Service": "cloudfront.amazonaws.com"}
OURS = says("Allow", "s3:GetObject", "arn:aws:s3:::side/*", EDGES, StringEquals={"AWS:SourceArn": EDGE})
PUBLIC = says("Allow", ["s3:GetObject"], "arn:aws:s3:::side/*")
TLS = says("Deny", "s3:*", ["arn:aws:s3:::side", "arn:aws:s3:::side/*"], Bool={"aws:SecureTransport": "false"})
ONLY_VPCE = {"StringNotEquals": {"aws:SourceVpce": "vpce-1"}}
ONLY_ORG = {"StringNotEquals": {"aws:PrincipalOrgID": "o-example"}}
ONLY_OFFICE = {"NotIpAddress": {"aws:SourceIp": "198.51.100.0/24"}}
# AWS's own pattern for a data perimeter: from our network, or an AWS service on our behalf
PERIMETER = {
    "StringNotEqualsIfExists": {"aws:SourceVpc": "vpc-1"}, "BoolIfExists": {"aws:PrincipalIsAWSService": "false"},
}  # fmt: skip


@pytest.mark.parametrize(
    ("statements", "told", "answer"),
    [
        ([OURS], {}, ALLOWED),
        ([says("Allow", "s3:Get*", "*", EDGES, ArnLike={"aws:sourcearn": f"{EDGE[:-2]}*"})], {}, ALLOWED),
        ([says("Allow", "s3:*", "*", EDGES, StringEquals={"AWS:SourceAccount": OWN})], {}, ALLOWED),
        ([says("Allow", "s3:GetObject", "arn:aws:s3:::side/build/*", EDGES)], {}, ALLOWED),
        ([says("Allow", "s3:GetObject", "arn:aws:s3:::side/dist/*", EDGES)], {}, NOT_ALLOWED),
        ([says("Allow", "s3:GetObject", "*", EDGES, StringEquals={"AWS:SourceArn": f"{EDGE}2"})], {}, NOT_ALLOWED),
        ([OURS, says("Deny", "s3:*")], {}, FORBIDDEN),
        ([OURS, says("Deny", "*", who={"AWS": "*"})], {}, FORBIDDEN),
        ([OURS, says("Deny", "s3:GetObject", "*", **ONLY_VPCE)], {}, UNTOLD),
        ([OURS, says("Deny", "s3:GetObject", "*", **ONLY_VPCE)], {"aws:SourceVpce": None}, FORBIDDEN),
        ([OURS, says("Deny", "s3:*", "*", **ONLY_OFFICE)], {}, UNTOLD),
        ([OURS, says("Deny", "s3:*", "*", **PERIMETER)], {}, ALLOWED),
        ([OURS, says("Deny", "s3:*", "*", **ONLY_ORG)], {}, FORBIDDEN),  # a service is in no organization
        ([OURS, says("Deny", "s3:*", "*", **ONLY_ORG, Bool={"aws:PrincipalIsAWSService": "false"})], {}, ALLOWED),
        ([OURS, TLS], {"aws:SecureTransport": "true"}, ALLOWED),
        ([OURS, TLS], {}, UNTOLD),
        ([OURS, says("Deny", "s3:DeleteBucket", "arn:aws:s3:::side")], {}, ALLOWED),
        ([OURS, says("Deny", "s3:PutObject*")], {}, ALLOWED),
        ([OURS, says("Deny", "s3:*", "arn:aws:s3:::side/private/*")], {}, ALLOWED),
        ([OURS, says("Deny", "s3:GetObject", who={"AWS": RECEIVER})], {}, ALLOWED),
    ],
)
def test_may_a_distribution_read(statements: list[Any], told: dict[str, Any], answer: Answer) -> None:
    asked = Request("s3:GetObject", PAGE, Caller(service="cloudfront.amazonaws.com"), {**SIGNED, **told})
    said = read({"Version": "2008-10-17", "Statement": statements}, asked)
    assert said.answer is answer
    assert bool(said.unknown) is (answer is UNTOLD), "a condition that decides is named"


@pytest.mark.parametrize(
    ("who", "canonical", "answer"),
    [
        ({"AWS": OAI}, "", ALLOWED),
        ({"AWS": [OAI, f"{OAI}2"]}, "", ALLOWED),
        ({"CanonicalUser": "0a1"}, "0a1", ALLOWED),
        ({"CanonicalUser": "0a2"}, "0a1", NOT_ALLOWED),
        ({"CanonicalUser": "0a1"}, "", UNTOLD),
        ({"AWS": f"{OAI}2"}, "", NOT_ALLOWED),
        (EDGES, "", NOT_ALLOWED),
    ],
)
def test_may_an_origin_access_identity_read(who: Any, canonical: str, answer: Answer) -> None:
    asked = Request("s3:GetObject", PAGE, Caller(OAI, canonical=canonical))
    assert read({"Statement": [says("Allow", "s3:GetObject", "arn:aws:s3:::side/*", who)]}, asked).answer is answer


SECRET = says("Allow", "s3:GetObject", "*", StringLike={"aws:Referer": ["s3cret-*"]})


@pytest.mark.parametrize(
    ("statements", "told", "answer"),
    [
        ([PUBLIC], {}, ALLOWED),
        ([says("Allow", "s3:GetObject", "*", {"AWS": "*"})], {}, ALLOWED),
        ([says("Allow", "s3:GetObject", "*", {"AWS": OWN})], {}, NOT_ALLOWED),
        ([PUBLIC, TLS], {"aws:SecureTransport": "false"}, FORBIDDEN),  # a website endpoint speaks http alone
        ([PUBLIC, says("Deny", "s3:*", "*", **ONLY_ORG)], {}, FORBIDDEN),
        ([SECRET], {}, UNTOLD),
        ([SECRET], {"aws:Referer": "s3cret-1"}, ALLOWED),
        ([SECRET], {"aws:Referer": None}, NOT_ALLOWED),
        ([PUBLIC, says("Deny", "s3:*", "*", **ONLY_OFFICE)], {}, UNTOLD),
    ],
)
def test_may_a_visitor_read(statements: list[Any], told: dict[str, Any], answer: Answer) -> None:
    asked = Request("s3:GetObject", PAGE, Caller(), told)
    assert read({"Version": "2012-10-17", "Statement": statements}, asked).answer is answer


def test_what_may_a_receiver_do_with_a_key() -> None:
    """Copying needs more than opening, and a grant is for AWS's services alone."""
    key, them = f"arn:aws:kms:eu-west-1:{OWN}:key/1", {"AWS": f"arn:aws:iam::{RECEIVER}:root"}
    use = says("Allow", ["kms:Decrypt", "kms:ReEncrypt*"], "*", them)
    grant = says("Allow", "kms:CreateGrant", "*", them, Bool={"kms:GrantIsForAWSResource": True})
    through = says("Deny", "kms:*", "*", them, StringNotEquals={"kms:ViaService": "ec2.eu-west-1.amazonaws.com"})
    lou = Caller(f"arn:aws:iam::{RECEIVER}:user/lou")

    def may(action: str, *statements: Any, **told: Any) -> Answer:
        return read({"Statement": list(statements)}, Request(f"kms:{action}", key, lou, told)).answer

    assert [may(each, use) for each in ("Decrypt", "ReEncryptFrom")] == [TO_ACCOUNT, TO_ACCOUNT]
    assert [may(each, use) for each in ("DescribeKey", "GenerateDataKeyWithoutPlaintext")] == [NOT_ALLOWED, NOT_ALLOWED]
    assert may("CreateGrant", grant) is UNTOLD
    assert may("CreateGrant", grant, **{"kms:GrantIsForAWSResource": "true"}) is TO_ACCOUNT
    assert may("Decrypt", use, through) is UNTOLD
    assert may("Decrypt", use, through, **{"kms:ViaService": "rds.eu-west-1.amazonaws.com"}) is FORBIDDEN


def test_may_a_bucket_tell_a_topic() -> None:
    """The policy that a new topic has lets its owner's things publish; S3 does not say whose it is."""
    topic = f"arn:aws:sns:eu-west-1:{OWN}:arrivals"
    usual = says("Allow", ["SNS:GetTopicAttributes", "SNS:Publish"], topic, {"AWS": "*"},
                 StringEquals={"AWS:SourceOwner": OWN})  # fmt: skip
    let_in = says("Allow", "sns:Publish", topic, {"Service": "s3.amazonaws.com"},
                  ArnLike={"aws:SourceArn": "arn:aws:s3:*:*:side"})  # fmt: skip
    s3, known = Caller(service="s3.amazonaws.com"), {"aws:SourceArn": "arn:aws:s3:::side", "aws:SourceAccount": OWN}

    def may(statement: Any, **told: Any) -> Answer:
        return read({"Statement": statement}, Request("sns:Publish", topic, s3, {**known, **told})).answer

    assert may(usual) is UNTOLD
    assert may(usual, **{"aws:SourceOwner": None}) is NOT_ALLOWED
    assert may(let_in) is ALLOWED
