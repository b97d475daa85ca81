"""Fjord Coffee, the small firm whose AWS account people practise in.

It is set up service by service, when a service is first asked for, so that a set-up pays only for what it
looks at. Each part is a handful of ordinary API calls: what they make is what a person would find on AWS.
"""

from __future__ import annotations

import re

from flows.practice.company import blog, delivery, hub, network, peers, reports, shopfront, storage
from flows.practice.company.basics import ACCOUNT_ID, FOUNDED, REGION, SECOND_ACCOUNT_ID, Client, Part

__all__ = ["ACCOUNT_ID", "ENOUGH", "FOUNDED", "PARTS", "REGION", "SECOND_ACCOUNT_ID", "also"]


def _databases(client: Client) -> None:
    storage.database(client)
    reports.serverless(client)


def _nothing(client: Client) -> None:
    """It only shows what its needs are made of."""


PARTS = {
    "networks": Part(network.networks),
    "ec2": Part(network.found, needs=("networks",)),
    "peers": Part(peers.networks, needs=("networks",)),
    "hub": Part(hub.transit_gateways, needs=("ec2",)),
    "elbv2": Part(shopfront.load_balancers, needs=("ec2", "acm")),
    "rds": Part(_databases, needs=("ec2",)),
    "rdsdata": Part(_nothing, needs=("rds",)),
    "secretsmanager": Part(_nothing, needs=("rds",)),
    "cloudwatch": Part(_nothing, needs=("rds",)),
    "s3": Part(storage.buckets),
    "sqs": Part(delivery.invoices, needs=("s3",)),
    "route53": Part(shopfront.domain),
    "acm": Part(shopfront.certificates, needs=("route53",)),
    "iam": Part(delivery.people_and_roles),
    "codebuild": Part(delivery.build, needs=("iam", "s3")),
    "codepipeline": Part(delivery.pipeline, needs=("iam", "s3", "codebuild")),
    "events": Part(delivery.rules, needs=("iam", "codepipeline")),
    "ssm": Part(blog.machine, needs=("ec2", "iam")),
    "sns": Part(delivery.topics),
    "awslambda": Part(delivery.functions, needs=("iam", "s3")),
}
"""moto's name of a service → the company's part in it."""
ENOUGH = {"ec2 DescribeVpcs": "networks"}
"""What the first question of many set-ups looks up → the part that shows all of it, and takes a tenth of the time."""
OF_MACHINES = re.compile("Instance|NetworkInterface|Volume|Address")
"""What in EC2 shows or changes a machine, or something of one."""


def also(what: str, named: str, region: str, account: str) -> tuple[str, ...]:
    """Of the parts that stand in another service than the one that is asked, or that only few look at, those that a
    request could meet: whatever is looked at first, the company is the same.

    Whoever made the request found what it names by looking, and looking is not played again: a route to a transit
    gateway must find it there whatever else is asked.

    Args:
        what: moto's name of the service, and the operation.
        named: what it is asked with, in its address and its body, in which the ids stand.
        region: where it is asked.
        account: whose it is.
    """
    service, operation = what.split(" ", 1)
    if service == "route53" and account != ACCOUNT_ID:
        return ("peers",)
    if service == "s3":
        return ("sqs",) if "notification" in named else ()
    if service != "ec2":
        return ()
    blog = ("ssm",) if OF_MACHINES.search(operation) else ()
    elsewhere = (region, account) != (REGION, ACCOUNT_ID) and (region == peers.ELSEWHERE or account != ACCOUNT_ID)
    if not elsewhere and ("TransitGateway" in operation or "tgw-" in named):
        return (*blog, "hub")
    return (*blog, "peers") if elsewhere or "VpcPeering" in operation or "pcx-" in named else blog
