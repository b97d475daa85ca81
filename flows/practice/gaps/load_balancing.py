"""Listeners and rules as a load balancer takes them: complete, in order, without loops and within its limits.

moto takes a port twice, https without a certificate, rules that fit everything, endless redirects and texts of any
length, and lists rules in the order in which they were made.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from moto.acm.models import acm_backends
from moto.elbv2 import models
from moto.elbv2.exceptions import ELBClientError
from moto.elbv2.models import ELBv2Backend, FakeAction, FakeListener, FakeRule
from moto.elbv2.ssl_policies import SSL_POLICIES

from .target_groups import check_forward

RULES, VALUES, WILDCARDS = 100, 5, 5
NAMED = {"host-header": "HostHeaderConfig", "path-pattern": "PathPatternConfig"}
CONFIGS = {
    **NAMED, "http-header": "HttpHeaderConfig", "http-request-method": "HttpRequestMethodConfig",
    "query-string": "QueryStringConfig", "source-ip": "SourceIpConfig",
}  # fmt: skip
UNCHANGED = {
    "Protocol": "#{protocol}",
    "Port": "#{port}",
    "Host": "#{host}",
    "Path": "/#{path}",
    "Query": "#{query}",
}


_create_listener: Any = ELBv2Backend.create_listener
_modify_listener: Any = ELBv2Backend.modify_listener
_delete_listener: Any = ELBv2Backend.delete_listener
_create_rule: Any = ELBv2Backend.create_rule
_modify_rule: Any = ELBv2Backend.modify_rule
_delete_rule: Any = ELBv2Backend.delete_rule
_describe_rules: Any = ELBv2Backend.describe_rules
_modify_attributes: Any = ELBv2Backend.modify_listener_attributes


def _refuse(code: str, message: str) -> ELBClientError:
    return ELBClientError(code, message)


def _listener_made(self: Any, *, load_balancer_arn: str, protocol: str, port: Any, **given: Any) -> Any:
    balancer = self.load_balancers.get(load_balancer_arn)
    if protocol == "HTTPS":
        _check_certificate(self, given["certificate"])
        if given["ssl_policy"] not in SSL_POLICIES:
            raise _refuse("SSLPolicyNotFound", f"SSL policy '{given['ssl_policy']}' not found")
    else:
        given["ssl_policy"] = None
    given["actions"] = [_complete(action, protocol) for action in given["actions"]]
    _check_forwards(self, given["actions"])
    wanted = (protocol, given["ssl_policy"], given["certificate"], given["actions"])
    for each in balancer.listeners.values() if balancer else ():
        if int(each.port) == int(port):
            actions = [action.data for action in each.default_actions]
            if (each.protocol, each.ssl_policy, each.certificate, actions) == wanted:
                return each
            message = f"A listener already exists on this port for this load balancer '{load_balancer_arn}'"
            raise _refuse("DuplicateListener", message)
    made = _create_listener(self, load_balancer_arn=load_balancer_arn, protocol=protocol, port=port, **given)
    _settle(made)
    return made


def _listener_modified(self: Any, arn: str, *rest: Any, **given: Any) -> Any:
    names = ("port", "protocol", "ssl_policy", "certificates", "actions")
    asked = {**dict(zip(names, rest, strict=False)), **given}
    listener = self.describe_listeners(None, [arn])[0]
    if asked.get("actions"):
        protocol = asked.get("protocol") or listener.protocol
        asked["actions"] = [_complete(action, protocol) for action in asked["actions"]]
        _check_forwards(self, asked["actions"])
        self._validate_actions([FakeAction(action) for action in asked["actions"]])
    return _modify_listener(self, arn, **asked)


def _listener_deleted(self: Any, listener_arn: str) -> Any:
    listener = _delete_listener(self, listener_arn)
    bundle = acm_backends[self.account_id][self.region_name]._certificates.get(listener.certificate)
    if bundle is not None:
        bundle.in_use_by = [user for user in bundle.in_use_by if user != listener_arn]
    return listener


def _rule_made(self: Any, *, listener_arn: str, conditions: Any, priority: Any, **given: Any) -> Any:
    listener = next(iter(self.describe_listeners(None, [listener_arn])))
    if not 1 <= int(priority) <= 50000:
        raise _refuse("ValidationError", f"Priority '{priority}' must be between 1 and 50000")
    _check_conditions(conditions)
    listeners = self.load_balancers[listener.load_balancer_arn].listeners.values()
    if sum(len(each.rules) - 1 for each in listeners) >= RULES:
        raise _refuse("TooManyRules", "The maximum number of rules on this load balancer has been reached")
    given["actions"] = [_complete(action, listener.protocol) for action in given["actions"]]
    _check_forwards(self, given["actions"])
    rule = _create_rule(self, listener_arn=listener_arn, conditions=conditions, priority=int(priority), **given)
    for condition in rule.conditions:
        if condition.get("Field") in NAMED and (config := condition.get(NAMED[condition["Field"]])):
            condition["Values"] = config["Values"]
    return rule


def _rule_modified(self: Any, rule_arn: str, conditions: Any, actions: Any) -> Any:
    _check_forwards(self, actions)
    return _modify_rule(self, rule_arn, conditions, actions)


def _rule_deleted(self: Any, arn: str) -> None:
    for balancer in self.load_balancers.values():
        for listener in balancer.listeners.values():
            for rule in listener.rules.values():
                if rule.arn == arn and rule.is_default:
                    raise _refuse("OperationNotPermitted", f"Default rule '{arn}' cannot be deleted")
                if rule.arn == arn:
                    _delete_rule(self, arn)
                    return
    raise _refuse("RuleNotFound", f"One or more rules not found: '{arn}'")


def _rules_in_order(self: Any, listener_arn: Any, rule_arns: Any) -> list[Any]:
    found: Iterable[Any] = _describe_rules(self, listener_arn, rule_arns)
    return sorted(found, key=lambda rule: 10**6 if rule.is_default else int(rule.priority))


def _rules_moved(self: Any, rule_priorities: list[dict[str, Any]]) -> list[Any]:
    """All at once: what moves as well is in nobody's way."""
    wanted = {each["RuleArn"]: each["Priority"] for each in rule_priorities}
    moved = self.describe_rules(None, list(wanted))
    listener = self.describe_listeners(None, [moved[0].listener_arn])[0]
    stay = {str(each.priority) for each in listener.rules.values() if each.arn not in wanted}
    if stay & {str(priority) for priority in wanted.values()}:
        raise _refuse("PriorityInUse", "The specified priority is in use.")
    for each in moved:
        each.priority = int(wanted[each.arn])
    return list(moved)


def _attributes_modified(self: Any, listener_arn: str, attrs: Any) -> Any:
    attributes = _modify_attributes(self, listener_arn, attrs)
    for key in [key for key, value in attributes.items() if value == ""]:
        del attributes[key]
    return attributes


def _check_forwards(backend: Any, actions: Iterable[dict[str, Any]]) -> None:
    for action in actions:
        check_forward(backend, action)


def _settle(listener: FakeListener) -> None:
    """moto names the default rule after a place in memory, which is another one each time."""
    rule: FakeRule = listener._default_rule[0]
    rule.arn = f"{listener.arn.replace(':listener/', ':listener-rule/')}/{listener.arn[-16:][::-1]}"
    if listener.protocol in ("HTTP", "HTTPS"):
        listener.attributes = {"routing.http.response.server.enabled": "true"}


def _check_certificate(backend: Any, arn: str | None) -> None:
    if not arn:
        raise _refuse("ValidationError", "A certificate must be specified for HTTPS listeners")
    if ":iam:" in arn:
        return
    bundle = acm_backends[backend.account_id][backend.region_name]._certificates.get(arn)
    if bundle is not None:
        bundle.check()
    if bundle is None or bundle.status != "ISSUED":
        raise _refuse("CertificateNotFound", f"Certificate '{arn}' not found")


def _complete(action: dict[str, Any], protocol: str) -> dict[str, Any]:
    """An action with all that AWS adds to it."""
    action = dict(action)
    match action.get("Type"):
        case "forward":
            groups = (action.get("ForwardConfig") or {}).get("TargetGroups") or []
            alone = action.get("TargetGroupArn")
            if alone and groups and [group["TargetGroupArn"] for group in groups] != [alone]:
                raise _refuse("InvalidLoadBalancerAction", "TargetGroupArn and ForwardConfig do not agree")
            groups = groups or [{"TargetGroupArn": alone}]
            forward = dict(action.get("ForwardConfig") or {})
            forward["TargetGroups"] = [{**group, "Weight": int(group.get("Weight", 1))} for group in groups]
            action["ForwardConfig"] = forward
            if len(groups) == 1:
                action["TargetGroupArn"] = groups[0]["TargetGroupArn"]
        case "redirect":
            action["RedirectConfig"] = _redirect(dict(action["RedirectConfig"]), protocol)
        case "fixed-response":
            body = (action["FixedResponseConfig"].get("MessageBody") or "").encode()
            if len(body) > 1024:
                message = "The message body of a fixed response can have at most 1024 bytes"
                raise _refuse("InvalidLoadBalancerAction", message)
    return action


def _redirect(config: dict[str, Any], protocol: str) -> dict[str, Any]:
    if config.get("StatusCode") not in ("HTTP_301", "HTTP_302"):
        raise _refuse(
            "ValidationError",
            f"Value '{config.get('StatusCode')}' at 'statusCode' must be HTTP_301 or HTTP_302",
        )
    config = {**UNCHANGED, **config}
    if all(config[part] == UNCHANGED[part] for part in ("Protocol", "Port", "Host", "Path")):
        message = "The redirect configuration is not valid because it creates a loop."
        raise _refuse("InvalidLoadBalancerAction", message)
    if protocol == "HTTPS" and config["Protocol"] == "HTTP":
        raise _refuse("InvalidLoadBalancerAction", "You cannot redirect HTTPS to HTTP")
    if not re.fullmatch(r"HTTPS?|#\{protocol\}", config["Protocol"]):
        raise _refuse("ValidationError", f"Value '{config['Protocol']}' at 'protocol' is not valid")
    port = config["Port"]
    if port != "#{port}" and not (port.isdigit() and 1 <= int(port) <= 65535):
        raise _refuse("ValidationError", f"Value '{port}' at 'port' is not valid")
    if not config["Path"].startswith("/") or config["Query"].startswith("?"):
        raise _refuse("InvalidLoadBalancerAction", "The path must start with '/' and the query not with '?'")
    for part in ("Host", "Path", "Query"):
        if len(config[part]) > 128:
            raise _refuse("ValidationError", f"'{part}' can have at most 128 characters")
    return config


def _check_conditions(conditions: list[dict[str, Any]]) -> None:
    if not conditions:
        raise _refuse("ValidationError", "A condition must be specified")
    kinds = [condition.get("Field") for condition in conditions]
    for kind in ("host-header", "path-pattern", "http-request-method", "source-ip"):
        if kinds.count(kind) > 1:
            raise _refuse("ValidationError", f"A rule can only have one '{kind}' condition")
    values: list[str] = []
    for condition in conditions:
        config = condition.get(CONFIGS.get(str(condition.get("Field")), ""), {})
        if config and condition.get("Values"):
            raise _refuse("ValidationError", "You cannot provide both Values and a condition's configuration")
        values += [str(value) for value in config.get("Values") or condition.get("Values") or []]
    if len(values) > VALUES:
        raise _refuse("TooManyConditions", "A rule can only have '5' condition values")
    if sum(value.count("*") + value.count("?") for value in values) > WILDCARDS:
        raise _refuse("ValidationError", "A rule can only have '5' condition wildcards")


def install() -> None:
    changed = {
        "create_listener": _listener_made,
        "modify_listener": _listener_modified,
        "delete_listener": _listener_deleted,
        "create_rule": _rule_made,
        "modify_rule": _rule_modified,
        "delete_rule": _rule_deleted,
        "describe_rules": _rules_in_order,
        "set_rule_priorities": _rules_moved,
        "modify_listener_attributes": _attributes_modified,
    }
    for name, method in changed.items():
        setattr(models.ELBv2Backend, name, method)
