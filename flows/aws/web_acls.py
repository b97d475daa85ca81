"""Web application firewalls (AWS WAF): whether one that sees visitors first lets anybody through.

What no rule lets in or turns away is answered by the default action; a rule of a group that is one's own may let in,
too (AWS WAF Developer Guide, "Setting the protection pack (web ACL) default action in AWS WAF" and "Using rule actions
in AWS WAF", 2026-11).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from flows.engine import Call, Cloud, CloudError, Finding
from flows.engine.findings import broken, likely, proved, unknown

ID = "firewall"
FIRST = "A web application firewall sees visitors first"
OF_OTHERS = ("PreProcessFirewallManagerRuleGroups", "PostProcessFirewallManagerRuleGroups")


def of_distribution(cloud: Cloud, id: str) -> Iterator[Finding]:
    """What a distribution's web ACL does, by its ARN there, or the id of one of WAF Classic."""
    path = id.split("/")
    if not id.startswith("arn:") or len(path) < 4:
        yield unknown(ID, f"{FIRST}; what it lets through was not looked at.", f"WebACLId is {id}", aside=True)
        return
    asked = {"Name": path[-2], "Id": path[-1], "Scope": "CLOUDFRONT"}
    yield from _looked_at(cloud, Call("wafv2.GetWebACL", asked, "us-east-1"))


def of_balancer(cloud: Cloud, arn: str) -> Iterator[Finding]:
    """What the web ACL of a load balancer does, if it has one."""
    yield from _looked_at(cloud, Call("wafv2.GetWebACLForResource", {"ResourceArn": arn}))


def _looked_at(cloud: Cloud, call: Call) -> Iterator[Finding]:
    try:
        acl = cloud.make(call).get("WebACL")
    except CloudError as problem:
        told = "Whom a web application firewall turns away could not be read."
        yield unknown(ID, told, f"{call.name}: {problem.what}", aside=True)
        return
    if acl:
        yield _judged(acl, call.name)


def _judged(acl: Mapping[str, Any], by: str) -> Finding:
    name, rules = acl.get("Name", "?"), list(acl.get("Rules") or [])
    allowing = [str(each.get("Name")) for each in rules if "Allow" in (each.get("Action") or {})]
    groups = [each for each in rules if "RuleGroupReferenceStatement" in (each.get("Statement") or {})]
    groups += [each for kind in OF_OTHERS for each in acl.get(kind) or []]
    if "Block" not in (acl.get("DefaultAction") or {}):
        if not rules and not groups:
            return proved(ID, f"The web ACL {name} lets everybody through.", by)
        return unknown(ID, f"{FIRST}: {name}. Whom its rules turn away was not looked at.", by, aside=True)
    if allowing:
        return likely(ID, f"The web ACL {name} lets in only whom its rules allow: {', '.join(allowing)}.", by)
    if groups:
        told = f"Whether the web ACL {name} lets anybody in cannot be told: it is for the rules in its groups to say."
        return unknown(ID, told, f"{by}: its default action is Block", "Try it: fetch a page.")
    return broken(
        ID, f"The web ACL {name} turns everybody away (403): its default action is Block, and no rule allows anybody.",
        by, "Let its default action be Allow, or give it a rule that allows your visitors.",
    )  # fmt: skip
