"""Application Load Balancers, as a plan works with them. Nothing here changes anything."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from flows.engine import Call, Cloud, CloudError, NoSuchCall, Option

from . import listener_rules
from .listener_rules import Answer, Fixed, Forward, Front, Other, Redirect, Rule

NEW = "new"
SHOWN = 10
"""With more load balancers than that, the listeners of each are not read for a list to pick from."""
POLICIES = (
    "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09",
    "ELBSecurityPolicy-TLS13-1-2-Res-2021-06",
    "ELBSecurityPolicy-TLS13-1-2-2021-06",
)
"""The best first (Application Load Balancers guide, "Security policies", 2026-10).

The API's own default still allows TLS 1.0."""
DEFAULT = "default"
"""What AWS says instead of a priority for the rule that takes what no other rule took."""
OLD_TLS = {"TLSv1": "TLS 1.0", "TLSv1.1": "TLS 1.1"}
"""Protocols that browsers have given up, and how people call them."""


@dataclass(frozen=True)
class LoadBalancer:
    """An Application Load Balancer. `groups` are the ids of its security groups, `subnets` those of its subnets."""

    arn: str
    name: str
    dns_name: str
    zone: str
    internal: bool
    dualstack: bool
    state: str
    vpc: str
    groups: tuple[str, ...]
    subnets: tuple[str, ...] = ()

    @property
    def metric(self) -> str:
        """How CloudWatch calls it."""
        return self.arn.partition(":loadbalancer/")[2]


@dataclass(frozen=True)
class Listener:
    """One of its listeners. `actions` are its default actions as AWS tells them; `verifies` says that it asks visitors
    for a certificate of theirs."""

    arn: str
    protocol: str
    port: int
    policy: str
    certificates: tuple[str, ...]
    actions: tuple[Mapping[str, Any], ...] = field(compare=False)
    verifies: bool = False

    @property
    def name(self) -> str:
        return f"{self.protocol} {self.port}"


@dataclass(frozen=True)
class Targets:
    """A target group. `balancers` are the ARNs of the load balancers that forward to it."""

    arn: str
    name: str
    protocol: str
    port: int
    balancers: tuple[str, ...] = ()


@dataclass(frozen=True)
class Health:
    """How a load balancer finds one target; `reason` is a code of AWS's, `says` what AWS says of it."""

    target: str
    state: str
    reason: str
    says: str


@dataclass(frozen=True)
class Certificate:
    """A certificate that AWS manages or keeps. `ends` is empty where AWS does not say."""

    arn: str
    name: str
    names: tuple[str, ...]
    status: str
    ends: str
    renews: bool

    def covers(self, host: str) -> bool:
        return any(covers_name(name, host) for name in self.names)

    def days_left(self, now: datetime) -> int | None:
        return (datetime.fromisoformat(self.ends) - now).days if self.ends else None


def covers_name(pattern: str, host: str) -> bool:
    """Whether a name on a certificate covers a host: `*` stands for exactly one label (RFC 6125)."""
    wanted, had = host.lower().split("."), pattern.lower().split(".")
    return len(wanted) == len(had) and all(h in ("*", w) for w, h in zip(wanted, had, strict=True))


# -- look-ups --------------------------------------------------------------------------------------------------


def balancers(cloud: Cloud) -> list[LoadBalancer]:
    """Every Application Load Balancer of the region; Network and Gateway ones cannot redirect."""
    return [each for page in _balancers(cloud) for each in page]


def _balancers(cloud: Cloud) -> Iterator[list[LoadBalancer]]:
    for page in cloud.pages(Call("elbv2.DescribeLoadBalancers")):
        yield [_balancer(each) for each in page.get("LoadBalancers") or [] if each.get("Type") == "application"]


def options(cloud: Cloud) -> Iterator[Option[LoadBalancer]]:
    """The load balancers to pick from. Where the first page has few, what each of them does is read, too."""
    few = True
    for page in _balancers(cloud):
        few = few and len(page) <= SHOWN
        for each in page:
            kind = "internal" if each.internal else "internet-facing"
            does = ", ".join(f"{x.name} → {told(x)}" for x in listeners(cloud, each)) if few else each.dns_name
            yield Option(each.arn, each, each.name, f"{kind}  {does or 'no listener'}")


def listeners(cloud: Cloud, balancer: LoadBalancer) -> list[Listener]:
    pages = cloud.pages(Call("elbv2.DescribeListeners", {"LoadBalancerArn": balancer.arn}))
    found = [_listener(each) for page in pages for each in page["Listeners"]]
    return sorted(found, key=lambda listener: listener.port)


def raw_rules(cloud: Cloud, listener: Listener) -> list[Mapping[str, Any]]:
    """Its rules as AWS tells them, the default rule last."""
    pages = cloud.pages(Call("elbv2.DescribeRules", {"ListenerArn": listener.arn}))
    found = [each for page in pages for each in page["Rules"]]
    return sorted(found, key=lambda rule: 10**6 if rule["Priority"] == DEFAULT else int(rule["Priority"]))


def rules(cloud: Cloud, listener: Listener) -> list[Rule]:
    """Its rules but the default one, in the order in which they are tried."""
    return [rule(each) for each in raw_rules(cloud, listener) if each["Priority"] != DEFAULT]


def front(cloud: Cloud, balancer: LoadBalancer, names: Iterable[str] = ()) -> Front:
    """The whole of it, for following requests through it."""
    return Front(
        tuple(
            listener_rules.Listener(
                each.protocol, each.port, (*rules(cloud, each), Rule(0, answer(each.actions), arn=each.arn))
            )
            for each in listeners(cloud, balancer)
        ),
        frozenset({balancer.dns_name, *names}),
    )


def targets(cloud: Cloud, vpc: str) -> list[Targets]:
    """The target groups of a VPC, and those without one (functions)."""
    pages = cloud.pages(Call("elbv2.DescribeTargetGroups"))
    return [
        Targets(
            each["TargetGroupArn"],
            each["TargetGroupName"],
            each.get("Protocol") or "",
            int(each.get("Port") or 0),
            tuple(each.get("LoadBalancerArns") or ()),
        )
        for page in pages
        for each in page["TargetGroups"]
        if each.get("VpcId") in (vpc, None)
    ]


def health(cloud: Cloud, target_group: str) -> list[Health]:
    """How each of its targets is."""
    found = cloud.make(Call("elbv2.DescribeTargetHealth", {"TargetGroupArn": target_group}))
    return [_health(each) for each in found.get("TargetHealthDescriptions") or []]


def tags(cloud: Cloud, balancer: LoadBalancer) -> list[Mapping[str, Any]]:
    """The tags of a load balancer as AWS tells them."""
    return tags_of(cloud, balancer.arn)


def tags_of(cloud: Cloud, arn: str) -> list[Mapping[str, Any]]:
    """The tags of a load balancer, a listener or a rule, which others may keep than the rest of it."""
    found = cloud.make(Call("elbv2.DescribeTags", {"ResourceArns": [arn]}))
    return [tag for each in found.get("TagDescriptions") or [] for tag in each.get("Tags") or []]


def certificates(cloud: Cloud) -> list[Certificate]:
    """The issued certificates of the region, of every key that load balancers take."""
    kinds = [f"RSA_{bits}" for bits in (2048, 3072, 4096)] + ["EC_prime256v1", "EC_secp384r1", "EC_secp521r1"]
    call = Call("acm.ListCertificates", {"CertificateStatuses": ["ISSUED"], "Includes": {"keyTypes": kinds}})
    arns = [each["CertificateArn"] for page in cloud.pages(call) for each in page["CertificateSummaryList"]]
    return [certificate(cloud, arn) for arn in arns]


def certificate(cloud: Cloud, arn: str) -> Certificate:
    """One certificate of AWS Certificate Manager. Raises CloudError."""
    found = cloud.make(Call("acm.DescribeCertificate", {"CertificateArn": arn}))["Certificate"]
    names = (found["DomainName"], *(found.get("SubjectAlternativeNames") or ()))
    ends = found.get("NotAfter")
    return Certificate(
        arn, found["DomainName"], tuple(dict.fromkeys(names)), found["Status"],
        ends.astimezone(UTC).isoformat() if isinstance(ends, datetime) else "",
        found.get("Type") == "AMAZON_ISSUED",
    )  # fmt: skip


def listener_certificates(cloud: Cloud, listener: Listener) -> list[str]:
    """Every certificate of a listener, its default one first. Those of IAM cannot be looked into."""
    try:
        pages = cloud.pages(Call("elbv2.DescribeListenerCertificates", {"ListenerArn": listener.arn}))
        found = [each for page in pages for each in page["Certificates"]]
    except NoSuchCall:  # the default one is known anyhow
        found = []
    arns = [each["CertificateArn"] for each in sorted(found, key=lambda each: not each.get("IsDefault"))]
    return [arn for arn in dict.fromkeys([*listener.certificates, *arns]) if ":acm:" in arn]


def policies(cloud: Cloud) -> dict[str, frozenset[str]]:
    """The TLS policies that Application Load Balancers know here, each with the protocols that it allows.

    Today's own, as documented, where they cannot be asked for."""
    try:
        pages = cloud.pages(Call("elbv2.DescribeSSLPolicies", {"LoadBalancerType": "application"}))
        found = {
            each["Name"]: frozenset(each.get("SslProtocols") or ()) for page in pages for each in page["SslPolicies"]
        }
    except NoSuchCall:
        found = {}
    return found or dict.fromkeys(POLICIES, frozenset({"TLSv1.2", "TLSv1.3"}))


def old_tls(protocols: Iterable[str]) -> str:
    """The old ones among a policy's protocols, in words; "" if there are none."""
    return " and ".join(words for protocol, words in OLD_TLS.items() if protocol in set(protocols))


def best_policy(known: Mapping[str, frozenset[str]]) -> str:
    """The best of the policies that are known here; none that allows old TLS, if there is another."""
    modern = (name for name, protocols in known.items() if protocols and not old_tls(protocols))
    return next((policy for policy in POLICIES if policy in known), next(modern, POLICIES[-1]))


def limit(cloud: Cloud, name: str, otherwise: int) -> int:
    """One of the account's limits for load balancers."""
    try:
        pages = cloud.pages(Call("elbv2.DescribeAccountLimits"))
        return int(next(each["Max"] for page in pages for each in page["Limits"] if each["Name"] == name))
    except (CloudError, StopIteration):
        return otherwise


# -- read ------------------------------------------------------------------------------------------------------


def rule(found: Mapping[str, Any]) -> Rule:
    """A rule as AWS tells it. Conditions other than plain hosts and paths, and rewriting, make it uncertain."""
    hosts: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()
    certain = not found.get("Transforms")
    for condition in found.get("Conditions") or []:
        values = tuple(condition_values(condition))
        match condition.get("Field"):
            case "host-header" if values and not hosts:
                hosts = values
            case "path-pattern" if values and not paths:
                paths = values
            case _:
                certain = False
    priority = 0 if found["Priority"] == DEFAULT else int(found["Priority"])
    return Rule(priority, answer(found["Actions"]), hosts, paths, certain, found["RuleArn"])


def condition_values(condition: Mapping[str, Any]) -> list[str]:
    config = condition.get("HostHeaderConfig") or condition.get("PathPatternConfig") or {}
    return list(config.get("Values") or condition.get("Values") or [])


def answer(actions: Iterable[Mapping[str, Any]]) -> Answer:
    """What actions come to. The last one answers; one before it may turn visitors away."""
    actions = sorted(actions, key=lambda action: action.get("Order") or 0)
    if len(actions) != 1:
        return Other(" and ".join(each["Type"] for each in actions) or "nothing")
    found = actions[0]
    match found["Type"]:
        case "redirect":
            return redirect(found["RedirectConfig"])
        case "fixed-response":
            return Fixed(int(found["FixedResponseConfig"]["StatusCode"]))
        case "forward":
            return Forward(", ".join(arn.split("/")[1] for arn in forwards_to(found)))
        case other:
            return Other(other)


def redirect(config: Mapping[str, Any]) -> Redirect | Other:
    """A redirect's configuration; what is left out stays as in the request (RedirectActionConfig, 2026-10)."""
    status = str(config["StatusCode"]).removeprefix("HTTP_")
    if not status.isdigit():
        return Other(f"redirect ({status})")
    return Redirect(
        config.get("Protocol") or "#{protocol}", config.get("Port") or "#{port}", config.get("Host") or "#{host}",
        config.get("Path") or "/#{path}", config.get("Query", "#{query}"),
        int(status),
    )  # fmt: skip


def forwards_to(action: Mapping[str, Any]) -> list[str]:
    """The target groups of a forward action."""
    several = (action.get("ForwardConfig") or {}).get("TargetGroups") or []
    return [each["TargetGroupArn"] for each in several] or [a for a in [action.get("TargetGroupArn")] if a]


def _health(found: Mapping[str, Any]) -> Health:
    health = found.get("TargetHealth") or {}
    return Health(
        str((found.get("Target") or {}).get("Id", "")), str(health.get("State", "")), str(health.get("Reason", "")),
        str(health.get("Description", "")),
    )  # fmt: skip


def weight(action: Mapping[str, Any], target_group: str) -> int:
    """How much of what it forwards an action sends to a target group; 0 is the idle one of a blue/green pair."""
    several = (action.get("ForwardConfig") or {}).get("TargetGroups") or []
    return next((int(each.get("Weight", 1)) for each in several if each["TargetGroupArn"] == target_group), 1)


def told(listener: Listener) -> str:
    return listener_rules.told(answer(listener.actions))


def _balancer(found: Mapping[str, Any]) -> LoadBalancer:
    return LoadBalancer(
        found["LoadBalancerArn"], str(found.get("LoadBalancerName") or ""), str(found.get("DNSName") or ""),
        str(found.get("CanonicalHostedZoneId") or ""),
        found.get("Scheme") == "internal", (found.get("IpAddressType") or "").startswith("dualstack"),
        str((found.get("State") or {}).get("Code") or ""), str(found.get("VpcId") or ""),
        tuple(found.get("SecurityGroups") or ()),
        tuple(each["SubnetId"] for each in found.get("AvailabilityZones") or () if each.get("SubnetId")),
    )  # fmt: skip


def _listener(found: Mapping[str, Any]) -> Listener:
    return Listener(
        found["ListenerArn"], found["Protocol"], int(found["Port"]), found.get("SslPolicy") or "",
        tuple(each["CertificateArn"] for each in found.get("Certificates") or ()), tuple(found["DefaultActions"]),
        (found.get("MutualAuthentication") or {}).get("Mode") == "verify",
    )  # fmt: skip
