"""What the check of a load balancer asks: which one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flows.aws import load_balancers as lb
from flows.engine import Choice, Option, Yes
from flows.engine.check import Check

from . import answers


def _balancers(flow: Any) -> Iterator[Option[str]]:
    for each in lb.options(flow.cloud):
        yield Option(each.value.name, each.value.name, each.label, each.hint)


def _name(text: str, flow: Any) -> str:
    """Its name, also where an ARN or a DNS name was given."""
    key = answers.by_dns_name(text, flow)
    return key.split("/")[2] if key.startswith("arn:") and key.count("/") > 2 else key


class WhichLoadBalancer(Check):
    """A load balancer: whether it answers, what each listener does, redirects, certificates and sticky sessions."""

    title = "A load balancer does not answer, or sends visitors in a circle"
    what = "Load balancer"
    words = (
        "redirect loop", "ERR_TOO_MANY_REDIRECTS", "503", "502", "504", "certificate", "https", "elb", "listener",
        "logged out", "unreachable", "down",
    )  # fmt: skip

    reaching = {"probe": "yes"}

    load_balancer = Choice(
        "Which load balancer?",
        _balancers,
        form=_name,
        why="The load balancer is the front door of your application. Each of its listeners and rules is gone through "
        "as a request would.",
        example="shop",
        empty="There is no Application Load Balancer in this region. Choose another region with --region.",
    )
    probe = Yes(
        "Shall its start page be fetched over the internet, where visitors are kept by a cookie of the application?",
        default="no",
        fine_tuning=True,
        label="Fetch pages",
        why="Which cookies an answer sets is seen nowhere else. The site's log shows this visit.",
    )
