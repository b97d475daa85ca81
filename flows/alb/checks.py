"""What can stand in the way of an answer at a load balancer, looked at beforehand. Everything here only reads."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from flows.aws import load_balancers as lb
from flows.aws import security_group_rules, stickiness
from flows.aws.listener_rules import Forward, Redirect
from flows.aws.load_balancers import Certificate, Listener
from flows.engine import Caution, CloudError, Finding, Grade

from . import kept, ports, rules, stick_answers
from .outcome import (
    ALL,
    HTTPS,
    REDIRECT,
    STICK,
    Answers,
    backend,
    by_rule,
    closed_ports,
    front_after,
    https_here,
    known_names,
    listening,
    new_https,
    outcome,
    signs_in,
    to_copy,
    tries,
)


def before(flow: Answers) -> Iterator[Finding | Caution]:
    if flow.action == STICK:
        yield from _keeping(flow)
        return
    here = situation(flow)
    yield from _circles(flow, here)
    yield from _https(flow)
    yield from rules.in_front(here)
    yield from _habits(flow)
    yield from _shared_groups(flow)
    yield from _room(flow)
    yield Finding(
        "cost", Grade.PREDICTED,
        "This change costs nothing extra, and requests that the load balancer answers do not reach your servers.",
        "Elastic Load Balancing pricing, 2026-11: more than 10 rules a request count into its capacity units",
    )  # fmt: skip


def _keeping(flow: Answers) -> Iterator[Finding | Caution]:
    """Who is moved by it, and what it rests on."""
    wanted = stick_answers.wanted(flow)
    for group in flow.target_groups:
        now = stickiness.keeping(flow.cloud, group.arn)
        if now.enabled and now.by != wanted.by and len(stick_answers.health(flow, group)) > 1:
            yield Caution(
                "visitors-move",
                f"{group.name} keeps visitors {now.by} now. Who is on the site may land on another server once; a "
                "session that only its server's memory has is lost.",
                confirm=True,
            )
    if flow.keep_by == stick_answers.APPLICATION:
        see = kept.showing_cookies(kept.site(flow.cloud, flow.load_balancer))
        yield Finding(
            "cookie-set", Grade.NOT_CHECKED, f"Whether the application's answers set {flow.cookie} was not looked at.",
            "no request was made over the internet", f"See it: {see}", aside=True,
        )  # fmt: skip
    yield Finding(
        "server-goes", Grade.PREDICTED,
        "Who is kept moves when their server goes, and stays with the other then. Sessions outlast that only in a "
        "store that the servers share.",
        "Application Load Balancers guide, Sticky sessions, 2026-11",
    )  # fmt: skip
    yield Finding(
        "cost", Grade.PREDICTED,
        "This costs nothing extra. Servers may get unequal load, as new ones get only new visitors.",
        "Elastic Load Balancing pricing, 2026-11",
    )  # fmt: skip


def situation(flow: Answers) -> rules.Situation:
    """The load balancer as it would be."""
    return rules.Situation(
        flow.cloud, flow.load_balancer, front_after(flow),
        to_https=flow.action == REDIRECT and flow.protocol == HTTPS, planned=True,
    )  # fmt: skip


def _circles(flow: Answers, here: rules.Situation) -> Iterator[Finding]:
    """Where requests end, tried on a model of the load balancer as it would be."""
    to = outcome(flow)
    if isinstance(to, Redirect) and not to.changes:
        yield Finding(
            "loop", Grade.REFUSED, "Source and target are the same; visitors would go round in circles.",
            "protocol, host, port and path all stay", "Change at least one of them.",
        )  # fmt: skip
        return
    more = [flow.preview_url] if flow.preview_url else []
    yield from rules.circles(here, [*tries(flow), *more])


def _https(flow: Answers) -> Iterator[Finding | Caution]:
    """Whether https works before anybody is sent there."""
    if flow.action != REDIRECT or flow.protocol != HTTPS:
        return
    if there := https_here(flow):
        yield Finding("https", Grade.PROVED, f"Port {there.port} listens for https.", "DescribeListeners")
        yield from listener_certificates(flow, there)
        actions = [dict(each) for each in there.actions]
    elif new_https(flow):
        yield Finding(
            "https", Grade.PREDICTED, "Port 443 will listen for https, and is proved before port 80 is changed.",
            "one step waits for the other",
        )  # fmt: skip
        yield from rules.lasts(flow.certificate)
        yield from _covered(flow, [flow.certificate])
        actions = backend(flow)
    else:
        yield Finding(
            "https",
            Grade.NOT_CHECKED,
            f"Whether {flow.host} answers https was not checked.",
            "it is not here",
        )
        return
    for found in rules.servers(flow.cloud, actions):
        if found.grade is Grade.REFUSED:
            yield Caution("no-healthy-server", f"{found.sentence} Visitors would be redirected there.", True)
        else:
            yield found


def listener_certificates(flow: Answers, listener: Listener) -> Iterator[Finding | Caution]:
    try:
        found = [lb.certificate(flow.cloud, arn) for arn in lb.listener_certificates(flow.cloud, listener)]
    except CloudError as problem:
        yield Finding("certificate", Grade.NOT_CHECKED, "The certificate could not be read.", problem.what)
        return
    for each in found:
        yield from rules.lasts(each)
    yield from _covered(flow, found)


def _covered(flow: Answers, found: Iterable[Certificate]) -> Iterator[Caution]:
    told = set(known_names(flow)) if new_https(flow) else set()  # by the question for the certificate
    names = [name for name in flow.names if "*" not in name and name not in told]
    for each in rules.covers(found, names, 443):
        yield Caution("not-covered", each.sentence)


def _habits(flow: Answers) -> Iterator[Caution]:
    """What surprises people afterwards."""
    if signs_in(flow) and flow.scope == ALL:
        yield Caution(
            "sign-in-kept",
            f"Port {listening(flow)} lets visitors sign in first. AWS never tells the secret of that again, so it is "
            "not replaced: a rule for all paths answers instead, and undo deletes that rule.",
        )
    if flow.action != REDIRECT:
        return
    plain = not isinstance(flow.listener, Listener) or flow.listener.protocol != HTTPS
    if plain:
        yield Caution(
            "post-becomes-get",
            "Forms sent by http (POST) lose their content: the browser repeats the request as GET.",
        )
    if flow.scope == ALL and isinstance(flow.listener, Listener):
        now = lb.answer(flow.listener.actions)
        if isinstance(now, Forward):
            yield Caution(
                "http-ends",
                f"Until now port {flow.listener.port} delivers your site directly. After the change only "
                f"{'https' if flow.protocol == HTTPS else 'the new address'} does. Health checks of the targets "
                "are not affected.",
            )


def _shared_groups(flow: Answers) -> Iterator[Caution]:
    """Who else is let in when a port is opened."""
    if not flow.open_ports or not closed_ports(flow):
        return
    group = ports.groups(flow.cloud, flow.load_balancer.groups)[0]
    own = f"ELB {flow.load_balancer.metric}"
    others = [user for user in ports.users(flow.cloud, group.id) if user != own]
    if others:
        some = ", ".join(others[:3])
        count = f"{len(others)} other{'' if len(others) == 1 else 's'}"
        yield Caution("shared-group", f"{group.name} ({group.id}) is also used by {count} ({some}).")


def _room(flow: Answers) -> Iterator[Finding]:
    """Whether the load balancer takes that many rules; AWS's usual limit is 100 without default rules."""
    more = len(to_copy(flow)) if new_https(flow) and flow.copy_rules else 0
    more += 1 if by_rule(flow) else 0
    count = sum(len(lb.rules(flow.cloud, each)) for each in lb.listeners(flow.cloud, flow.load_balancer))
    most = lb.limit(flow.cloud, "rules-per-application-load-balancer", 100)
    if more and count + more > most:
        yield Finding(
            "room", Grade.REFUSED,
            f"The load balancer has {count} rules; {more} more would be over the limit of {most}.",
            "counted in your account", "Combine rules, or request a higher quota (L-7EED9B64).",
        )  # fmt: skip
    found = ports.groups(flow.cloud, flow.load_balancer.groups)
    if flow.open_ports and flow.visitors and found:
        wanted = [each for port in closed_ports(flow) for each in ports.admitting(port, flow.visitors)]
        yield from security_group_rules.room(flow.cloud, found[0].told, wanted)
