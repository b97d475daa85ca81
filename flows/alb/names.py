"""Which names lead to a load balancer, as far as the zones of this account tell it."""

from __future__ import annotations

from flows.aws import route53
from flows.aws.listener_rules import Front, Redirect
from flows.aws.load_balancers import LoadBalancer
from flows.engine import Cloud, CloudError


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


def sent_by_https(front: Front, port: int) -> list[str]:
    """The hosts that are known to lead here, to which redirects send visitors by https and that port."""
    known = {name.lower() for name in front.names}
    to = [rule.answer for each in front.listeners for rule in each.rules if isinstance(rule.answer, Redirect)]
    return [each.host.lower() for each in to
            if (each.protocol, each.port) == ("HTTPS", str(port)) and each.host.lower() in known]  # fmt: skip
