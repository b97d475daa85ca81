"""A bucket has two addresses; each is right for its region, and never taken for the other."""

from __future__ import annotations

import boto3
import pytest

from flows.aws.s3_endpoints import DASH, DOT, itself, recognised, website

REGIONS = sorted({*DASH, *DOT})


def known_to_botocore() -> set[str]:
    session = boto3.Session()
    return {
        region
        for partition in session.get_available_partitions()
        for region in session.get_available_regions("s3", partition_name=partition)
        if not region.startswith(("us-iso", "eu-iso")) and region != "aws-global"
    }


def test_every_region_of_aws_is_in_the_table() -> None:
    """Also China and GovCloud. A region that is in none of the two columns would be guessed."""
    assert known_to_botocore() <= set(REGIONS)
    assert not set(DASH) & set(DOT)


@pytest.mark.parametrize("region", REGIONS)
def test_the_website_address_of_every_region(region: str) -> None:
    """Nine old regions with a dash, all others with a dot, and the suffix of their partition."""
    dashed = {
        "us-east-1", "us-west-1", "us-west-2", "eu-west-1", "ap-northeast-1", "ap-southeast-1", "ap-southeast-2",
        "sa-east-1", "us-gov-west-1",
    }  # fmt: skip
    suffix = "amazonaws.com"
    if region.startswith("cn-"):
        suffix = "amazonaws.com.cn"
    if region.startswith("eusc-"):
        suffix = "amazonaws.eu"
    mark = "-" if region in dashed else "."
    assert website("my.shop", region).host == f"my.shop.s3-website{mark}{region}.{suffix}"
    assert itself("my.shop", region).host == f"my.shop.s3.{region}.{suffix}"


@pytest.mark.parametrize("region", REGIONS)
@pytest.mark.parametrize("made", [website, itself], ids=["website", "bucket"])
def test_an_address_is_recognised_for_what_it_is(region: str, made: object) -> None:
    """Whatever was pasted: as a URL, in capitals, with a slash at the end."""
    assert callable(made)
    endpoint = made("my-shop", region)
    for text in (
        endpoint.host,
        f"http://{endpoint.host}/",
        f"https://{endpoint.host}",
        endpoint.host.upper(),
        f" {endpoint} ",
    ):
        found = recognised(text)
        assert found is not None
        assert (found.bucket, found.website) == ("my-shop", endpoint.website)


@pytest.mark.parametrize(
    ("host", "is_website"),
    [
        ("my-shop.s3.amazonaws.com", False),
        ("my-shop.s3-eu-west-1.amazonaws.com", False),
        ("my-shop.s3.dualstack.eu-west-1.amazonaws.com", False),
        ("my-shop.s3-website.eu-west-1.amazonaws.com", True),
        ("my-shop.s3-website.dualstack.eu-central-1.amazonaws.com", True),
    ],
)
def test_other_forms_are_recognised_too(host: str, is_website: bool) -> None:
    found = recognised(host)
    assert found is not None
    assert (found.bucket, found.website) == ("my-shop", is_website)


@pytest.mark.parametrize("host", ["www.example.com", "my-shop", "d111111abcdef8.cloudfront.net", ""])
def test_what_is_no_address_of_a_bucket_is_none(host: str) -> None:
    assert recognised(host) is None


def test_a_region_that_is_new_is_of_the_new_kind() -> None:
    assert website("shop", "xx-middle-1").host == "shop.s3-website.xx-middle-1.amazonaws.com"
