"""The options, defaults and refusals of an answer at a load balancer; those that are about listeners are next door."""

from __future__ import annotations

import json
from collections.abc import Iterator

from flows.aws import keepers, listener_conditions
from flows.aws import load_balancers as lb
from flows.aws.listener_conditions import Condition
from flows.aws.listener_rules import Rule, Url, answers
from flows.aws.load_balancers import NEW, LoadBalancer
from flows.engine import Caution, CloudError, Danger, Option, Refused

from . import ports
from .outcome import (
    ALL,
    BEFORE,
    ELSEWHERE,
    FIXED,
    HTTPS,
    LEAVE,
    REDIRECT,
    Answers,
    closed_ports,
    conditions,
    first_place,
    front_after,
    further,
    https_here,
    known_names,
    needed_ports,
    outcome,
    own_rules,
    rule_in_place,
    same_rule,
)
from .ports import Source

BYTES = 1024
MOVED = {301: "moved for ever", 302: "only for now"}
ANSWERED = {
    503: "maintenance, come again later", 404: "not found", 410: "gone for ever", 403: "forbidden", 200: "all is well",
}  # fmt: skip
VALUES, ALL_VALUES, WILDCARDS = 3, 5, 5
"""In one condition, in one rule, and wildcards in one rule: the guide says 5, the quotas page 6 (2026-10)."""
PRIORITIES = range(1, 50001)


# -- which load balancer, which requests -----------------------------------------------------------------------


def by_dns_name(text: str, flow: Answers) -> str:
    """The key of the load balancer with that DNS name, or the text as it is."""
    found = (each.arn for each in lb.balancers(flow.cloud) if text.lower().rstrip(".") == each.dns_name.lower())
    return next(found, text)


def usable(balancer: LoadBalancer, flow: Answers) -> Iterator[Caution]:
    if balancer.state == "provisioning":
        raise Refused(f"{balancer.name} is still being created. Wait a moment.")
    if balancer.state == "failed":
        raise Refused(f"{balancer.name} is in state failed; AWS could not build it. Delete it and create a new one.")
    if balancer.internal:
        yield Caution(
            "internal",
            "This load balancer is internal; whether it answers can only be tried from inside the network.",
        )
    yield from keepers.beforehand(balancer.name, lb.tags(flow.cloud, balancer))


def few_hosts(hosts: tuple[str, ...], flow: Answers) -> Iterator[Caution]:
    _few("host", hosts)
    if flow.load_balancer.dns_name in hosts:
        yield Caution("own-name", f"Visitors who use another name than {flow.load_balancer.dns_name} will not match.")


def few_paths(paths: tuple[str, ...], flow: Answers) -> Iterator[Caution]:
    _few("path", paths)
    _together((*flow.hosts, *paths))
    for path in paths:
        if "?" in path:
            yield Caution(
                "question-mark",
                f"{path}: “?” stands for any single character here. A query has a condition of its own.",
            )
        if "*" not in path:
            yield Caution(
                "exact-path",
                f"{path} matches only exactly this path (upper and lower case count). Did you mean {path}*?",
            )


def some_condition(found: tuple[Condition, ...], flow: Answers) -> Iterator[Caution]:
    if not (found or flow.hosts or flow.paths):
        raise Refused(
            "A rule needs at least one condition: enter one here, such as method=POST, or go back and enter a path, "
            "such as /old/*, or a host."
        )
    for group in listener_conditions.groups(found):
        if len(group) > VALUES:
            raise Refused(
                f"These are {len(group)} values for one {group[0].kind} condition. It can have up to 3. "
                "Make a second rule."
            )
    _together((*flow.hosts, *flow.paths), found)
    methods = {each.value for each in found if each.kind == listener_conditions.METHOD}
    if "GET" in methods and "HEAD" not in methods:
        yield Caution("get-alone", "GET is not HEAD: programs that only look whether a page is there are not caught.")
    if any(each.kind == listener_conditions.SOURCE for each in found):
        yield Caution(
            "nearest-address",
            "What counts is the address that the request comes from last: behind CloudFront or another proxy it is the "
            "proxy's, and X-Forwarded-For is not looked at.",
        )


def _together(texts: tuple[str, ...], found: tuple[Condition, ...] = ()) -> None:
    count = len(texts) + len(found)
    if count > ALL_VALUES:
        raise Refused(
            f"These are {count} values. A rule can have at most 3 values per condition and 5 in total. "
            "Make a second rule."
        )
    wild = sum(text.count("*") + text.count("?") for text in texts) + sum(each.wildcards for each in found)
    if wild > WILDCARDS:
        raise Refused(f"These are {wild} wildcards. A rule can have at most 5 wildcards (* or ?).")


def _few(kind: str, values: tuple[str, ...]) -> None:
    if len(values) > VALUES:
        raise Refused(
            f"These are {len(values)} values. A rule can have only one {kind} condition, but with up to 3 values. "
            "Make a second rule."
        )


# -- what is answered ------------------------------------------------------------------------------------------


def code(text: str) -> int:
    number = text.upper().removeprefix("HTTP_")
    if not (number.isascii() and number.isdigit() and len(number) == 3):
        raise Refused(f"“{text}” is not a status code. It has three digits, for example 301 or 503.")
    return int(number)


def codes(flow: Answers) -> Iterator[Option[str]]:
    """The codes to pick from."""
    for number, meaning in (MOVED if flow.action == REDIRECT else ANSWERED).items():
        yield Option(str(number), str(number), str(number), meaning)


def fitting_code(number: int, flow: Answers) -> Iterator[Caution]:
    if flow.action == REDIRECT:
        if number not in (301, 302):
            raise Refused(
                f"{number} is not possible: a load balancer redirects with 301, “moved for ever”, "
                "or 302, “only for now”.",
                suggestion="302",
            )
        if number == 301:
            yield Caution(
                "301-stays",
                "Browsers remember a 301 for a long time. Use 302 while you are testing.",
                switch="302",
            )
        return
    if str(number)[0] not in "245":
        raise Refused(
            f"{number} is not possible: the status code must start with 2, 4 or 5 and have three digits, "
            "for example 503.",
            suggestion="503",
        )
    if number == 503:
        yield Caution("no-retry-after", "The load balancer cannot send “Retry-After” with it.")
    if number < 300 and flow.scope == ALL:
        yield Caution(
            "200-for-all",
            "Search engines would take a maintenance page for your real page. 503 is the right code.",
            switch="503",
        )


def usual_code(flow: Answers) -> int:
    if flow.action == FIXED:
        return 503 if flow.scope == ALL else 404
    return 301 if flow.scope == ALL else 302


def short_enough(text: str, flow: Answers) -> None:
    if (size := len(text.encode())) > BYTES:
        raise Refused(
            f"The text has {size} bytes; at most 1024 are possible. Shorten it or put the page into S3 and "
            "redirect there."
        )


def really_json(kind: str, flow: Answers) -> None:
    if kind == "application/json":
        try:
            json.loads(flow.body)
        except ValueError as error:
            raise Refused(
                f"This is not valid JSON: {error}.", remedy="Correct the text, or choose text/plain."
            ) from None


def kind_of_text(flow: Answers) -> str:
    text = flow.body.lstrip()
    if text.startswith("<"):
        return "text/html"
    try:
        return "application/json" if text[:1] in ("{", "[") and json.loads(text) is not None else "text/plain"
    except ValueError:
        return "text/plain"


# -- rules -----------------------------------------------------------------------------------------------------


def rules_first(chosen: str, flow: Answers) -> Iterator[Caution]:
    if not (found := own_rules(flow)):
        return
    if chosen == BEFORE:
        if not first_place(flow) and not rule_in_place(flow):
            raise Refused(
                f"Priority 1 is already used by the rule {found[0]}, so nothing can stand before it.",
                remedy="Move that rule first, or leave the rules as they are.",
                suggestion=LEAVE,
            )
        return
    what = "redirected" if flow.action == REDIRECT else "answered this way"
    some = "; ".join(answers(rule) for rule in found[:8]) + (f"; and {len(found) - 8} more" if len(found) > 8 else "")
    count = f"{len(found)} rules. They are" if len(found) > 1 else "one rule. It is"
    yield Caution(
        "rules-first",
        f"This listener has {count} checked first, so these requests will not be {what}: {some}.",
        switch=BEFORE,
    )


def position(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text) in PRIORITIES):
        raise Refused(f"“{text}”: the priority is a number from 1 to 50000.")
    return int(text)


def free_position(number: int, flow: Answers) -> Iterator[Caution]:
    found = own_rules(flow)
    if (there := same_rule(flow)) and there.priority == number:
        return
    if taken := next((rule for rule in found if rule.priority == number), None):
        free = next_free(number, found)
        raise Refused(
            f"Priority {number} is already used by the rule {taken}. The next free one is {free}.",
            suggestion=str(free),
        )
    new = Rule(number, outcome(flow), *conditions(flow), certain=not further(flow))
    if shadow := next((rule for rule in found if rule.priority < number and rule.catches(new)), None):
        yield Caution(
            "never-used",
            f"The rule with priority {shadow.priority} already catches these requests; the new rule would "
            "never be used.",
            True,
            str(next_position(flow)),
        )
    for rule in found:
        if rule.priority > number and new.catches(rule):
            yield Caution("shadows", f"After this, the rule with priority {rule.priority} is never reached: {rule}.")


def next_free(number: int, found: list[Rule]) -> int:
    taken = {rule.priority for rule in found}
    return next((n for n in (*range(number, 50001), *range(number, 0, -1)) if n not in taken), number)


def next_position(flow: Answers) -> int:
    """Where a rule does it already. Else behind all others; but before a rule that would catch everything that the new
    one is for, where there is room."""
    if there := same_rule(flow):
        return there.priority
    found = own_rules(flow)
    new = Rule(50000, outcome(flow), *conditions(flow), certain=not further(flow))
    taken = {rule.priority for rule in found}
    if shadow := next((rule for rule in found if rule.catches(new)), None):
        earlier = max((n for n in taken if n < shadow.priority), default=0)
        between = (earlier + shadow.priority) // 2
        free = [between, *range(shadow.priority - 1, 0, -1)]
        if place := next((n for n in free if n and n not in taken), 0):
            return place
    return next_free(min(max(taken, default=0) + 10, 50000), found)


# -- visitors --------------------------------------------------------------------------------------------------


def left_closed(yes: bool, flow: Answers) -> Iterator[Caution]:
    if not yes:
        for port in closed_ports(flow):
            yield Caution("port-closed", f"Then port {port} stays closed and visitors see a time-out.")


def usual_visitors(flow: Answers) -> str:
    """Those who may already use another of the ports, or whoever the load balancer is for."""
    found = ports.groups(flow.cloud, flow.load_balancer.groups)
    known: tuple[Source, ...] = next((s for port in (*needed_ports(flow), 80) if (s := ports.sources(found, port))), ())
    if not known and flow.load_balancer.internal:
        known = ports.networks(flow.cloud, flow.load_balancer.vpc)
    return ", ".join(map(str, known or (ports.ANYWHERE_TOO if flow.load_balancer.dualstack else ports.ANYWHERE)))


def to_everybody(found: tuple[Source, ...], flow: Answers) -> Iterator[Caution]:
    """That a port which is closed now will be open to the whole world."""
    if closed := ports.to_everybody(found) and not flow.load_balancer.internal and closed_ports(flow):
        several = "s" if len(closed) > 1 else ""
        yield Caution(
            "port-to-everybody",
            f"Port{several} {' and '.join(map(str, closed))} will be open to everybody, for all behind this firewall.",
            confirm=True,
            danger=Danger.OPENS,
        )


def strict(seconds: int, flow: Answers) -> Iterator[Caution]:
    if seconds and flow.https_listener == ELSEWHERE:
        raise Refused(f"HSTS is sent by https listeners, and {flow.host} is somewhere else.", suggestion="0")
    if seconds:
        days = f"{seconds // 86400} days" if seconds >= 86400 else f"{seconds // 60} minutes"
        yield Caution(
            "hsts",
            f"For {days} browsers will refuse http for this name. Only do this when https works for good. Nobody can "
            "take it back before.",
            confirm=True,
            switch="0",
            danger=Danger.FOR_GOOD,
        )


def likely_names(flow: Answers) -> list[str]:
    """The names in conditions; if there are none, those that the https listener's certificate was made for."""
    if found := known_names(flow):
        return found
    if not (flow.action == REDIRECT and flow.protocol == HTTPS):
        return []
    if flow.https_listener == NEW:
        return [name for name in flow.certificate.names if "*" not in name]
    there = https_here(flow)
    try:
        arns = lb.listener_certificates(flow.cloud, there) if there else []
        names = [name for arn in arns for name in lb.certificate(flow.cloud, arn).names]
    except CloudError:  # only a proposal
        return []
    return [name for name in dict.fromkeys(names) if "*" not in name]


def preview(url: Url | None, flow: Answers) -> Iterator[Caution]:
    if url:
        rest = ", where it fits the further conditions, too" if further(flow) else ""
        yield Caution("preview", f"{front_after(flow).follow(url)}{rest}")
