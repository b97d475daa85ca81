"""What the check of a website asks: which distribution, or the name that should lead to one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flows.aws import cloudfront, hostnames
from flows.engine import Choice, Option, Text, Yes
from flows.engine.asked import NOT_LISTED
from flows.engine.check import Check


def _distributions(flow: Any) -> Iterator[Option[str]]:
    found = cloudfront.distributions(flow.cloud)
    for each in found:
        name, *more = [*each.names, each.host]
        hint = "  ".join(part for part in (each.id, ", ".join(more), each.comment) if part)
        yield Option(each.id, each.id, name, hint)
    which = "None of these" if found else "There is no distribution in this account"
    yield Option(NOT_LISTED, NOT_LISTED, f"{which}, but I know its name")


class WhichWebsite(Check):
    """A website behind CloudFront: its files, its protection, its certificate and its names."""

    title = "A website shows an error, an old page, or the wrong one"
    what = "Website"
    words = (
        "403", "404", "502", "504", "AccessDenied", "NoSuchKey", "certificate", "https", "dns", "cloudfront", "s3",
        "permission denied", "unreachable", "down",
    )  # fmt: skip

    reaching = {"probe": "yes"}

    distribution = Choice(
        "Which website?",
        _distributions,
        why="Its distribution is what CloudFront calls it. Everything on the way is looked at: the names, the "
        "certificate, what CloudFront does, and the bucket behind it.",
        example="E1A2B3C4D5E6F7",
        empty="There is no distribution in this account; is it the right profile?",
    )
    domain = Text(
        "Under which name should it be reached?",
        hostnames.visited,
        wanted="A name",
        when=distribution.is_(NOT_LISTED),
        example="www.example.com",
        why="The name in the address bar, without https:// and without path.",
    )
    probe = Yes(
        "Shall a few of its pages be fetched over the internet, too?",
        default="no",
        label="Fetch pages",
        why="What a visitor gets proves more than what is set. The site's log shows these visits.",
    )
