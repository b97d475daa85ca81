"""Answers for the load balancer set-up in the demo company, load balancers to try it on, and carrying it through."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from support.killed import Case

import flows
from flows.engine import Cloud, Journal, Place, Run, Session
from flows.engine.clock import Clock
from flows.practice import PracticeAccount

HTTPS: Mapping[str, Any] = {"load_balancer": "shop", "action": "redirect", "scope": "all", "status": "301"}
"""Everything from http to https; there is no https yet."""

MOVED: Mapping[str, Any] = {
    "load_balancer": "shop",
    "action": "redirect",
    "scope": "matching",
    "hosts": ["old.fjord-coffee.example", "*.fjord-kaffee.example"],
    "paths": ["/old/*"],
    "status": "302",
    "host": "shop.fjord-coffee.example",
    "path": "/new/#{path}",
}
"""A rule with both conditions, to another place here."""

MAINTENANCE: Mapping[str, Any] = {
    "load_balancer": "shop",
    "action": "fixed_response",
    "scope": "all",
    "status": "503",
    "body": "<h1>Väntar på böner</h1>",
    "content_type": "text/html",
}

GONE: Mapping[str, Any] = {
    "load_balancer": "shop",
    "action": "fixed_response",
    "scope": "matching",
    "hosts": [],
    "paths": ["/winter-sale", "/winter-sale/*"],
    "status": "410",
    "body": "Gone",
    "content_type": "text/plain",
}

STRICT: Mapping[str, Any] = {**HTTPS, "hsts": "86400"}

OFFICE: Mapping[str, Any] = {
    **HTTPS,
    "load_balancer": "office",
    "existing_rules": "before",
    "status": "302",
    "hsts": "300",
}
"""Where https and rules exist already; its redirect is corrected, and a rule put before the others."""

ELSEWHERE: Mapping[str, Any] = {**HTTPS, "host": "www.fjord-coffee.example", "https_listener": "elsewhere"}

CLOSED: Mapping[str, Any] = {**HTTPS, "open_ports": "no", "copy_rules": "no", "forward_to": "404"}

KEPT: Mapping[str, Any] = {
    "load_balancer": "shop",
    "action": "stick",
    "keep_by": "application",
    "target_groups": ["shop"],
    "cookie": "JSESSIONID",
}
"""Visitors stay with one server by the application's own cookie."""

KEPT_BY_BALANCER: Mapping[str, Any] = {
    "load_balancer": "shop",
    "action": "stick",
    "keep_by": "balancer",
    "target_groups": ["shop"],
    "duration": "8h",
}

CERTAIN: Mapping[str, Any] = {
    **GONE,
    "paths": ["/old/*"],
    "further": ["method=POST", "query=version=v1", "header=X-Beta=yes*", "source=203.0.113.0/24"],
}
"""For requests that fit all kinds of conditions but a host."""

VARIANTS: Mapping[str, Mapping[str, Any]] = {
    "https": HTTPS,
    "moved": MOVED,
    "maintenance": MAINTENANCE,
    "gone": GONE,
    "strict": STRICT,
    "office": OFFICE,
    "elsewhere": ELSEWHERE,
    "closed": CLOSED,
    "certain": CERTAIN,
    "kept": KEPT,
    "kept by the balancer": KEPT_BY_BALANCER,
}


def session(
    cloud: Cloud, journal: Journal | None, answers: Mapping[str, Any], *, clock: Clock | None = None
) -> Session:
    """A session in which everything is answered, and what opens or lasts is accepted."""
    made = Session(flows.find("alb"), cloud, journal, place=Place(practice=True), clock=clock)
    made.accepted |= {"port-to-everybody", "hsts", "visitors-move"}
    made.fill(answers)
    return made


def again(cloud: Cloud, journal: Journal, run: Run, *, clock: Clock | None = None) -> Session:
    """The session in which another process would go on with a run."""
    return Session(flows.find("alb"), cloud, journal, place=Place(practice=True), run=journal.run(run.id), clock=clock)


# -- load balancers ------------------------------------------------------------------------------------------------


class Front:
    """A load balancer of the practice account, and what a test does to it."""

    def __init__(self, account: PracticeAccount, name: str = "shop") -> None:
        self.elbv2: Any = account.session.client("elbv2")
        self.ec2: Any = account.session.client("ec2")
        self.acm: Any = account.session.client("acm")
        self.waf: Any = account.session.client("wafv2")
        self.route53: Any = account.session.client("route53")
        (found,) = self.elbv2.describe_load_balancers(Names=[name])["LoadBalancers"]
        self.arn, self.name, self.found = found["LoadBalancerArn"], name, found
        (targets,) = self.elbv2.describe_target_groups(Names=[name])["TargetGroups"]
        self.targets = targets["TargetGroupArn"]
        self.forward = [{"Type": "forward", "TargetGroupArn": self.targets}]

    @property
    def listeners(self) -> dict[int, Any]:
        found = self.elbv2.describe_listeners(LoadBalancerArn=self.arn)["Listeners"]
        return {each["Port"]: each for each in found}

    def listen(self, port: int, actions: list[Any] | None = None, *, https: bool = False, policy: str = "") -> str:
        more: dict[str, Any] = {"Protocol": "HTTP"}
        if https:
            certificate = self.acm.list_certificates()["CertificateSummaryList"][0]["CertificateArn"]
            more = {
                "Protocol": "HTTPS",
                "Certificates": [{"CertificateArn": certificate}],
                "SslPolicy": policy or "ELBSecurityPolicy-TLS13-1-2-2021-06",
            }
        made = self.elbv2.create_listener(
            LoadBalancerArn=self.arn, Port=port, DefaultActions=actions or self.forward, **more
        )
        return str(made["Listeners"][0]["ListenerArn"])

    def rule(
        self,
        priority: int,
        *,
        port: int = 80,
        hosts: list[str] | None = None,
        paths: list[str] | None = None,
        actions: list[Any] | None = None,
        more: list[Any] | None = None,
    ) -> str:
        conditions: list[Any] = list(more or [])
        if hosts:
            conditions.append({"Field": "host-header", "HostHeaderConfig": {"Values": hosts}})
        if paths:
            conditions.append({"Field": "path-pattern", "PathPatternConfig": {"Values": paths}})
        made = self.elbv2.create_rule(
            ListenerArn=self.listeners[port]["ListenerArn"],
            Priority=priority,
            Conditions=conditions,
            Actions=actions or self.forward,
        )
        return str(made["Rules"][0]["RuleArn"])

    def default(self, port: int, actions: list[Any]) -> None:
        self.elbv2.modify_listener(ListenerArn=self.listeners[port]["ListenerArn"], DefaultActions=actions)

    # -- visitors who stay with one server

    @property
    def attributes(self) -> dict[str, str]:
        return attributes_of(self.elbv2, self.targets)

    def set(self, attributes: Mapping[str, str], group: str = "") -> None:
        """Set attributes of its target group, or of another one."""
        told = [{"Key": key, "Value": value} for key, value in attributes.items()]
        self.elbv2.modify_target_group_attributes(TargetGroupArn=group or self.targets, Attributes=told)

    def group(self, name: str = "green") -> str:
        """Another target group with the same servers, which nothing forwards to yet."""
        (own,) = self.elbv2.describe_target_groups(TargetGroupArns=[self.targets])["TargetGroups"]
        asked: dict[str, Any] = {"Protocol": "HTTP", "Port": 8080, "VpcId": own["VpcId"], "TargetType": "instance"}
        made = str(self.elbv2.create_target_group(Name=name, **asked)["TargetGroups"][0]["TargetGroupArn"])
        health = self.elbv2.describe_target_health(TargetGroupArn=self.targets)["TargetHealthDescriptions"]
        self.elbv2.register_targets(TargetGroupArn=made, Targets=[{"Id": each["Target"]["Id"]} for each in health])
        return made

    def divided(self, other: str, *, keeps: bool = False, weight: int = 1) -> list[Any]:
        """Actions that divide visitors among its own group and another."""
        groups = [{"TargetGroupArn": self.targets, "Weight": 1}, {"TargetGroupArn": other, "Weight": weight}]
        config: dict[str, Any] = {"TargetGroups": groups}
        if keeps:
            config["TargetGroupStickinessConfig"] = {"Enabled": True, "DurationSeconds": 3600}
        return [{"Type": "forward", "ForwardConfig": config}]


def to(protocol: str = "HTTPS", code: str = "HTTP_301", **more: str) -> list[Any]:
    """A redirect as somebody else might have written it."""
    return [{"Type": "redirect", "RedirectConfig": {"Protocol": protocol, "StatusCode": code, **more}}]


BY_BALANCER = {"stickiness.enabled": "true", "stickiness.type": "lb_cookie"}
BY_APPLICATION = {
    "stickiness.enabled": "true", "stickiness.type": "app_cookie", "stickiness.app_cookie.cookie_name": "JSESSIONID",
}  # fmt: skip


def attributes_of(elbv2: Any, group: str) -> dict[str, str]:
    """How a target group keeps visitors; without the name of a cookie that is noted and has no effect."""
    told = elbv2.describe_target_group_attributes(TargetGroupArn=group)["Attributes"]
    found = {each["Key"]: str(each["Value"]) for each in told if each["Key"].startswith("stickiness.")}
    if found.get("stickiness.type") != "app_cookie":
        found.pop("stickiness.app_cookie.cookie_name", None)
    return found


def picture(account: PracticeAccount, endpoint_url: str | None = None) -> dict[str, Any]:
    """Everything about load balancers and their firewalls that a person would notice."""
    client = account.session.client if isinstance(account, PracticeAccount) else account.client  # type: ignore[unreachable]
    elbv2, ec2 = client("elbv2", endpoint_url=endpoint_url), client("ec2", endpoint_url=endpoint_url)
    seen: dict[str, Any] = {}

    def tagged(arn: str) -> Any:
        return elbv2.describe_tags(ResourceArns=[arn])["TagDescriptions"][0]["Tags"]

    for balancer in elbv2.describe_load_balancers()["LoadBalancers"]:
        seen[balancer["LoadBalancerArn"]] = balancer["SecurityGroups"]
        for each in elbv2.describe_listeners(LoadBalancerArn=balancer["LoadBalancerArn"])["Listeners"]:
            arn = each["ListenerArn"]
            attributes = elbv2.describe_listener_attributes(ListenerArn=arn)["Attributes"]
            seen[arn] = {**each, "tags": tagged(arn), "attributes": sorted((a["Key"], a["Value"]) for a in attributes)}
            for rule in elbv2.describe_rules(ListenerArn=arn)["Rules"]:
                seen[rule["RuleArn"]] = {**rule, "tags": tagged(rule["RuleArn"])}
    for group in elbv2.describe_target_groups()["TargetGroups"]:
        seen[group["TargetGroupArn"]] = attributes_of(elbv2, group["TargetGroupArn"])
    for rule in ec2.describe_security_group_rules()["SecurityGroupRules"]:
        seen[rule["SecurityGroupRuleId"]] = rule
    for certificate in client("acm", endpoint_url=endpoint_url).list_certificates()["CertificateSummaryList"]:
        seen[certificate["CertificateArn"]] = certificate
    return seen


def subject(made: Mapping[str, str]) -> dict[str, str]:
    """What `check` is asked about once a run has made it."""
    return {"load_balancer": "shop"}


def _killed(answers: Mapping[str, Any]) -> Case:
    return Case(
        "alb",
        answers,
        lambda account: {"thing": picture(account)},
        re.compile(r"\b[0-9a-f]{16,17}\b"),
        accept=("port-to-everybody", "hsts"),
    )


CASES: Mapping[str, Case] = {
    "alb, a listener": _killed(HTTPS), "alb, a rule": _killed(OFFICE), "alb, visitors kept": _killed(KEPT),
}  # fmt: skip
"""What is killed at every moment of it."""
