"""What is broken about a site is mended, works then, and is as before once that is undone."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from support.clock import FakeClock
from support.repairs import check, mended_and_back, mended_or_why_not, repairing
from support.sessions import carried_out, problems_of, taken_back
from website import test_website_check as wrecks
from website.cases import VARIANTS, outputs, picture, session
from website.readers import SECRET, WITH_SECRET, website
from website.standing import BUCKET, WEBSITE, Otherwise, Site, behaviour, several
from website.states import STATES

from flows.engine import Journal
from flows.engine.boto import Aws
from flows.practice import PracticeAccount

Made = Callable[[Site], object]


def not_everywhere(site: Site) -> None:
    site.configured(Enabled=False)


def half_mapped(site: Site) -> None:
    page = {"ErrorCode": 404, "ResponsePagePath": "/404.html", "ResponseCode": "404", "ErrorCachingMinTTL": 10}
    site.pages("404.html")
    site.configured(CustomErrorResponses=several(page))


def in_the_clear(site: Site) -> None:
    site.configured(DefaultCacheBehavior=behaviour("files", ViewerProtocolPolicy="allow-all"))


def over_https(site: Site) -> None:
    website(WITH_SECRET)(site)
    kind = {"HTTPPort": 80, "HTTPSPort": 443, "OriginProtocolPolicy": "https-only"}
    site.origins({**site.origin(host=WEBSITE, CustomHeaders=several(SECRET)), "CustomOriginConfig": kind})


def not_hosted(site: Site) -> None:
    website(WITH_SECRET)(site)
    site.s3.delete_bucket_website(Bucket=BUCKET)


def blocked(site: Site) -> None:
    website(WITH_SECRET)(site)
    site.s3.put_public_access_block(Bucket=BUCKET, PublicAccessBlockConfiguration={"RestrictPublicBuckets": True})


def unsigned(site: Site) -> None:
    site.origins(site.origin(control=""))


REALLY: dict[str, tuple[str, Made]] = {
    "another distribution": ("policy", STATES["another distribution"].made),
    "the wrong folder": ("policy", STATES["the wrong folder"].made),
    "listing alone": ("policy", STATES["listing alone"].made),
    "an identity of somebody else": ("policy", STATES["an identity of somebody else"].made),
    "an Origin Access Identity": ("access-control", STATES["an Origin Access Identity"].made),
    "not signed": ("policy", unsigned),
    "a key for the account": ("kms-key", STATES["a key for the account"].made),
    "no such start page": ("start-page", STATES["no such start page"].made),
    "no start page": ("start-page", STATES["no start page"].made),
    "another region's website": ("address", STATES["another region's website"].made),
    "the dash of an old region": ("address", STATES["the dash of an old region"].made),
    "switched off": ("state", not_everywhere),
    "one code is mapped": ("", half_mapped),
    "plain HTTP": ("https", in_the_clear),
    "https to a website": ("origin", over_https),
    "hosting is off": ("origin", not_hosted),
    "the public is blocked": ("public-access-block", blocked),
}
"""The states that a repair mends."""


@pytest.mark.some(1)
@pytest.mark.parametrize("state", REALLY)
def test_mended_and_taken_back(
    account: PracticeAccount, cloud: Aws, journal: Journal, clock: FakeClock, state: str
) -> None:
    cause, made = REALLY[state]
    site = Site(account)
    made(site)
    run = mended_and_back(
        "website", Otherwise(cloud), journal, clock, {"distribution": site.id}, lambda: seen(account, site),
        cause=cause,
    )  # fmt: skip
    assert run.run is not None and SECRET["HeaderValue"] not in json.dumps(run.run.history())


def test_how_other_errors_are_answered_stays(
    account: PracticeAccount, cloud: Aws, journal: Journal, clock: FakeClock
) -> None:
    """Also what a colleague makes of them after the check, and before the undo."""
    site = Site(account)
    half_mapped(site)
    ours = {"ErrorCode": 404, "ResponsePagePath": "/404.html", "ResponseCode": "404", "ErrorCachingMinTTL": 10}
    theirs = {"ErrorCode": 500, "ResponsePagePath": "/500.html", "ResponseCode": "500", "ErrorCachingMinTTL": 10}

    def answered() -> Any:
        config = site.cloudfront.get_distribution_config(Id=site.id)["DistributionConfig"]["CustomErrorResponses"]
        assert config["Quantity"] == len(config["Items"])
        return [(each["ErrorCode"], each["ErrorCachingMinTTL"]) for each in config["Items"]]

    made = repairing("website", Otherwise(cloud), journal, clock, {"distribution": site.id}, "errors")
    made.review()
    site.configured(CustomErrorResponses=several(ours, theirs))
    carried_out(made)
    assert answered() == [(404, 10), (500, 10), (403, 10)]
    site.configured(CustomErrorResponses=several(ours, {**theirs, "ErrorCachingMinTTL": 5}, {**ours, "ErrorCode": 403}))
    taken_back(made)
    assert answered() == [(404, 10), (500, 5)]


def root(site: Site) -> Any:
    return site.cloudfront.get_distribution_config(Id=site.id)["DistributionConfig"]["DefaultRootObject"]


@pytest.mark.wild
def test_a_start_page_that_somebody_named_since_is_theirs_and_keeps_nothing_else(
    account: PracticeAccount, cloud: Aws, journal: Journal, clock: FakeClock
) -> None:
    """Before it is changed it is not overwritten; afterwards it stays, and access that was opened is taken back."""
    site, here = Site(account), Otherwise(cloud)
    unsigned(site)
    site.configured(DefaultRootObject="")
    before = seen(account, site)
    early = repairing("website", here, journal, clock, {"distribution": site.id}, "start-page:files")
    made = repairing("website", here, journal, clock, {"distribution": site.id})
    site.configured(DefaultRootObject="start.html")
    assert ["somebody changed it since the check" in str(each) for each in problems_of(early)] == [True]
    assert root(site) == "start.html"
    early.close()
    site.configured(DefaultRootObject="")
    carried_out(made)
    assert root(site) == "index.html"
    site.configured(DefaultRootObject="home.html")
    taken_back(made)
    assert [each.what for each in made.receipt().left] == [f"DefaultRootObject of the distribution {site.id}"]
    site.configured(DefaultRootObject="")
    assert seen(account, site) == before


def seen(account: PracticeAccount, site: Site) -> Any:
    config = site.cloudfront.get_distribution_config(Id=site.id)["DistributionConfig"]
    keys = site.kms.list_keys()["Keys"]
    policies = [json.loads(site.kms.get_key_policy(KeyId=key["KeyId"], PolicyName="default")["Policy"]) for key in keys]
    return picture(account.session), config, policies


@pytest.mark.parametrize("wreck", [wrecks.record_elsewhere, wrecks.no_ipv6])
@pytest.mark.wild
def test_the_names_lead_there_again(
    account: PracticeAccount, cloud: Aws, journal: Journal, clock: FakeClock, wreck: wrecks.Break
) -> None:
    account.session.client("s3").put_object(
        Bucket="fjord-coffee-files", Key="index.html", Body=b"<p>", ContentType="text/html"
    )
    made = session(cloud, journal, VARIANTS["bucket-named"], clock=clock)
    carried_out(made)
    id = outputs(made)["distribution"]
    wreck(account, id)
    mended_and_back(
        "website", cloud, journal, clock, {"distribution": id}, lambda: picture(account.session), cause="records-",
    )  # fmt: skip


@pytest.mark.parametrize("state", [name for name, each in STATES.items() if each.status not in ("works", "unknown")])
@pytest.mark.some(every=6)
def test_every_state_has_a_repair_or_a_reason(account: PracticeAccount, cloud: Aws, state: str) -> None:
    site = Site(account)
    STATES[state].made(site)
    found = check("website", Otherwise(cloud), {"distribution": site.id})
    assert mended_or_why_not("website", found) == []
