"""Regions are listed with their cities."""

from __future__ import annotations

from flows.aws import regions
from flows.engine.boto import Aws
from flows.engine.profiles import city


def test_a_city_as_aws_says_it() -> None:
    assert (city("eu-central-1"), city("us-gov-west-1"), city("xx-nowhere-1")) == ("Frankfurt", "US-West", "")


def test_those_that_are_switched_on(cloud: Aws) -> None:
    first, *others = regions.switched_on(cloud, "here", "there")
    assert (first.key, first.label, first.hint) == ("eu-central-1", "eu-central-1", "Frankfurt · here")
    hints = {option.key: option.hint for option in others}
    assert hints["us-east-1"] == "N. Virginia · there"
