"""Which names lead to a load balancer, as far as the zones of this account tell it."""

from __future__ import annotations

from flows.aws import route53
from flows.aws.listener_rules import Front, Redirect
from flows.aws.load_balancers import LoadBalancer
from flows.engine import Call, Cloud, CloudError

HTTP = "http-only"
MOST_ZONES = 5
"""So many zones of an account are looked through for names, of 300 records each (Route 53 API Reference,
ListResourceRecordSets, 2026-11)."""


def leads(cloud: Cloud, balancer: LoadBalancer, name: str) -> bool | None:
    """Whether a name leads to this load balancer; None where no zone of the account has it. Raises CloudError."""
    own = {balancer.dns_name.lower(), f"dualstack.{balancer.dns_name.lower()}"}
    if name in own:
        return True
    if name.endswith((".amazonaws.com", ".amazonaws.com.cn")):
        return False
    for zone in route53.fitting(cloud, [name]):
        if records := route53.answered(cloud, zone, name)[0]:
            to = {route53.target(each).lower().rstrip(".") for each in records}
            if to & own:
                return True
            return None if any(each.get("Type") == "CNAME" for each in records) else False
    return None


def led(cloud: Cloud, balancer: LoadBalancer, front: Front) -> tuple[frozenset[str], frozenset[str]]:
    """The hosts to which its redirects send visitors, other than to where they are: those that lead here again, and
    those of which that is not known."""
    hosts = {rule.answer.host.lower() for each in front.listeners for rule in each.rules
             if isinstance(rule.answer, Redirect) and "#{" not in rule.answer.host}  # fmt: skip
    here, unsure = set[str](), set[str]()
    for host in sorted(hosts - {name.lower() for name in front.names}):
        try:
            comes = leads(cloud, balancer, host)
        except CloudError:
            comes = None
        if comes is not False:
            (here if comes else unsure).add(host)
    return frozenset(here), frozenset(unsure)


def known(cloud: Cloud, balancer: LoadBalancer) -> list[str]:
    """The names that records of the account's public zones lead to this load balancer, as far as the first page of a
    few zones has them; none where they may not be read."""
    own = {balancer.dns_name.lower(), f"dualstack.{balancer.dns_name.lower()}"}
    try:
        public = [zone for zone in route53.zones(cloud) if not zone.private][:MOST_ZONES]
        listed = [
            each for zone in public
            for each in cloud.make(Call("route53.ListResourceRecordSets", {"HostedZoneId": zone.id}))[
                "ResourceRecordSets"
            ]
        ]  # fmt: skip
    except CloudError:
        return []
    found = [route53.called(each) for each in listed if route53.target(each).rstrip(".").lower() in own]
    return [name for name in dict.fromkeys(found) if "*" not in name]


def of_http_alone(cloud: Cloud) -> frozenset[str]:
    """The names by which CloudFront asks its origins, by http alone: nobody needs a certificate for these."""
    try:
        pages = list(cloud.pages(Call("cloudfront.ListDistributions")))
    except CloudError:
        return frozenset()
    origins = [
        origin for page in pages for each in (page.get("DistributionList") or {}).get("Items") or []
        for origin in (each.get("Origins") or {}).get("Items") or []
    ]  # fmt: skip
    plain = (each for each in origins if (each.get("CustomOriginConfig") or {}).get("OriginProtocolPolicy") == HTTP)
    return frozenset(str(each.get("DomainName", "")).lower() for each in plain)


def sent_by_https(front: Front, port: int) -> list[str]:
    """The hosts that are known to lead here, to which redirects send visitors by https and that port."""
    known = {name.lower() for name in front.names}
    to = [rule.answer for each in front.listeners for rule in each.rules if isinstance(rule.answer, Redirect)]
    return [each.host.lower() for each in to
            if (each.protocol, each.port) == ("HTTPS", str(port)) and each.host.lower() in known]  # fmt: skip
