"""Websites as other people leave them: what is right in an unusual way, and what is wrong."""

from __future__ import annotations

import re
from copy import deepcopy
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from support.clouds import Between
from website.cases import session
from website.named_sites import BOTH, LEAF, TEA, alias, named
from website.standing import BUCKET, FILES, REGION, WEBSITE, Otherwise, Site, State
from website.states import STATES, answering, leading_away

import flows
from flows.engine import Call, CloudError, Denied, Page
from flows.engine.boto import Aws
from flows.engine.cache import CachedCloud
from flows.engine.verdict import verdict
from flows.practice import PracticeAccount
from flows.website.probes import probes


def test_a_name_that_leads_to_a_distribution_which_does_not_know_it(account: PracticeAccount, cloud: Aws) -> None:
    """The record was made, and the name forgotten at CloudFront."""
    site = Site(account)
    named(*BOTH, alias(LEAF, "A"))(site)
    found = verdict(flows.find("website").diagnose(CachedCloud(cloud), {"domain": LEAF}))
    assert (found.status.value, found.cause) == ("broken", "unknown-name")
    assert f"{LEAF} leads to {site.id}, which does not know that name" in (
        found.because.sentence if found.because else ""
    )
    assert verdict(flows.find("website").diagnose(CachedCloud(cloud), {"domain": TEA})).status.value == "works"


ANSWERS = {"bucket": BUCKET, "origin": FILES, "domain": "", "single_page_app": "no", "lock_origin": "yes"}
BEFOREHAND = {
    "as the console makes it": "",
    "a Deny of writing": "",
    "a Deny of another folder": "",
    "https alone": "",
    "a Deny of everything": "refused policy",
    "a Deny by network": "refused policy",
    "a Deny by address": "refused policy",
    "a condition that is not known": "not checked policy",
    "a key for the account": "kms-key",
    "folders with pages of their own": "folders-without-index",
}
"""The same, asked before another distribution is put in front of it."""


@pytest.mark.parametrize("state", STATES.values(), ids=STATES)
@pytest.mark.some(every=3)
def test_how_it_stands(account: PracticeAccount, cloud: Aws, state: State) -> None:
    site = Site(account)
    state.made(site)

    found = site.check(Otherwise(cloud, *state.answer))
    assert (found.status.value, found.cause.partition(":")[0]) == (state.status, state.cause), found
    assert state.remedy in (found.because.remedy if found.because else "")
    assert len({each.id for each in found.findings}) == len(found.findings)


@pytest.mark.parametrize(("state", "expected"), BEFOREHAND.items(), ids=BEFOREHAND)
@pytest.mark.some(every=4)
def test_it_is_known_beforehand(account: PracticeAccount, cloud: Aws, state: str, expected: str) -> None:
    STATES[state].made(Site(account))

    review = session(cloud, None, ANSWERS).review()
    said = {f"{each.grade.value} {each.id.partition(':')[0]}" for each in review.findings}
    said |= {each.id for each in review.cautions}
    if expected:
        assert expected in said
    else:
        assert not review.refusals and not {"kms-key", "folders-without-index"} & said
        assert "predicted policy" in said


class Closed(Between):
    """Where some operations are refused; HeadObject only for those keys."""

    def __init__(self, cloud: Any, *operations: str, keys: tuple[str, ...] = ()) -> None:
        super().__init__(cloud)
        self.operations, self.keys = operations, keys

    def make(self, call: Call) -> dict[str, Any]:
        if call.name in self.operations or (call.name == "HeadObject" and call.params["Key"] in self.keys):
            raise Denied("You are not allowed to do that.", permission="any:Thing", aws_code="AccessDenied")
        return super().make(call)


@pytest.mark.parametrize(("code", "status"), [("200", "unknown"), ("404", "works")])
def test_a_page_of_the_app_that_may_not_be_looked_at_is_on_the_way(
    account: PracticeAccount, cloud: Aws, code: str, status: str
) -> None:
    site = Site(account)
    answering(site, "/app.html", code)
    found = site.check(Closed(cloud, keys=("app.html",)))
    assert (found.status.value, found.cause.partition(":")[0]) == (status, "error-page" if status == "unknown" else "")


def test_a_key_that_nobody_could_see_is_on_the_way(account: PracticeAccount, cloud: Aws) -> None:
    """Neither by the bucket nor by the start page, which is only known to be listed."""
    found = Site(account).check(Closed(cloud, "GetBucketEncryption", keys=("index.html",)))
    assert (found.status.value, found.cause.partition(":")[0]) == ("unknown", "kms-key")


def test_a_website_that_leads_away_is_not_opened(account: PracticeAccount, cloud: Aws) -> None:
    site = Site(account)
    leading_away(site)
    site.s3.put_public_access_block(Bucket=BUCKET, PublicAccessBlockConfiguration={"BlockPublicPolicy": True})

    review = session(cloud, None, {**ANSWERS, "origin": WEBSITE}).review()
    assert [each.call.name for each in review.plan.actions] == ["CreateDistributionWithTags"]
    assert "leads-away" in {each.id for each in review.cautions}


ONLY_BEFOREHAND = {"twice": "afterwards the records in each of the zones are compared"}


def test_a_check_knows_all_that_is_known_beforehand() -> None:
    """Both only choose among the same rules."""
    before = asked_of("answers", "checks")
    assert {"may_read", "decrypts", "folders", "delegated", "may_issue"} <= before
    assert before - asked_of("origins", "diagnosis") == set(ONLY_BEFOREHAND)


def asked_of(*modules: str) -> set[str]:
    """The rules that those modules of the set-up use."""
    text = "".join(Path(f"flows/website/{module}.py").read_text(encoding="utf-8") for module in modules)
    return set(re.findall(r"\b(?:page_rules|rules|delegation)\.([a-z_]+)", text)) - {"namesakes"}


def kept_by_terraform(site: Site) -> None:
    tags = [{"Key": "managed-by", "Value": "terraform"}]
    site.s3.put_bucket_tagging(Bucket=BUCKET, Tagging={"TagSet": tags})


def test_who_else_keeps_it_is_told(account: PracticeAccount, cloud: Aws) -> None:
    site = Site(account)
    kept_by_terraform(site)
    found = site.check(cloud)
    assert found.status.value == "works"
    assert any("managed by Terraform" in each.sentence for each in found.findings)
    assert "managed" in {each.id for each in session(cloud, None, ANSWERS).review().cautions}


@pytest.mark.parametrize("asked", [True, False], ids=["asked before", "never asked"])
def test_what_is_being_spread_waits_only_where_it_never_worked(
    account: PracticeAccount, cloud: Aws, asked: bool
) -> None:
    """A change is no outage; and until all is there, an error that visitors get proves nothing."""
    site = Site(account)

    class Spreading(Between):
        def make(self, call: Call) -> dict[str, Any]:
            answer = deepcopy(super().make(call))
            if call.name == "GetDistribution":
                answer["Distribution"] |= {
                    "Status": "InProgress",
                    "LastModifiedTime": datetime(2026, 11, 1, tzinfo=UTC),
                }
            return answer

        def pages(self, call: Call) -> Any:
            if call.name != "GetMetricData":
                return super().pages(call)
            return iter([{"MetricDataResults": [{"Values": [3.0]}]} if asked else {}])

        def look_at(self, url: str) -> Page:
            return Page(504, {"via": "1.1 x.cloudfront.net (CloudFront)"}, b"")

    found = verdict(
        flows.find("website").diagnose(CachedCloud(Spreading(cloud)), {"distribution": site.id, "probe": "yes"})
    )
    assert found.status.value == "waiting"
    assert next(each.grade.value for each in found.findings if each.id == "state") == (
        "caution" if asked else "waiting"
    )


def test_who_else_keeps_the_distribution_is_told(account: PracticeAccount, cloud: Aws) -> None:
    site = Site(account)
    tags = {"Items": [{"Key": "aws:cloudformation:stack-name", "Value": "tea"}]}
    site.cloudfront.tag_resource(Resource=site.arn, Tags=tags)
    assert any(f"The distribution {site.id} is managed by the CloudFormation stack tea" in each.sentence
               for each in site.check(cloud).findings)  # fmt: skip


def test_a_check_asks_as_much_as_its_distribution_is_large(account: PracticeAccount, cloud: Aws) -> None:
    site = Site(account)
    for number in range(3):
        site.s3.create_bucket(Bucket=f"of-others-{number}", CreateBucketConfiguration={"LocationConstraint": REGION})
    counted = Between(cloud)
    site.check(counted)
    assert len(counted.calls) == 16, [each.operation for each in counted.calls]


@pytest.mark.parametrize(
    "what", ["HeadBucket", "GetBucketPolicy", "GetOriginAccessControl", "GetBucketWebsite", "HeadObject"]
)
def test_what_could_not_be_looked_at_is_not_said_to_work(account: PracticeAccount, cloud: Aws, what: str) -> None:
    site = Site(account)

    def refused(_: int, call: Any) -> None:
        if call.name == what or (what == "HeadObject" and call.name == "ListObjectsV2"):
            raise CloudError(f"You are not allowed to {what}.")

    expected = "works" if what == "GetBucketWebsite" else "unknown"
    assert site.check(Between(cloud, before=refused)).status.value == expected


@pytest.mark.parametrize(
    ("status", "cache", "way"),
    [
        (500, "Error from cloudfront", "The origin itself fails"),
        (503, "Error from cloudfront", "cannot keep up"),
        (503, "LambdaExecutionError from cloudfront", "function at the edge failed"),
        (502, "Error from cloudfront", "cannot speak to the origin"),
        (504, "Error from cloudfront", "cannot speak to the origin"),
        (307, "Miss from cloudfront", "first day"),
    ],
)
def test_an_error_of_the_origin_is_told_from_others(cloud: Aws, status: int, cache: str, way: str) -> None:
    class Outside(Between):
        def look_at(self, url: str) -> Page:
            return Page(status, {"via": "1.1 x.cloudfront.net (CloudFront)", "x-cache": cache})

    front, *_ = probes(Outside(cloud), {"DefaultCacheBehavior": {}}, "x.cloudfront.net", [], allowed=True)
    assert front.grade.value == "refused" and way in front.remedy


def test_a_first_distribution_may_have_to_wait_for_a_word_of_aws(account: PracticeAccount, cloud: Aws) -> None:
    def verified() -> bool:
        return "verified" in {each.id for each in session(cloud, None).review().findings}

    assert verified()
    Site(account)
    assert not verified()
