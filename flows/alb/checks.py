"""What can stand in the way of an answer at a load balancer, looked at beforehand. Everything here only reads."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from flows.aws import load_balancers as lb
from flows.aws.listener_rules import Forward, Redirect, examples
from flows.aws.load_balancers import Certificate, Listener
from flows.engine import Call, Caution, CloudError, Finding, Grade

from . import ports, rules
from .outcome import (
    ALL,
    HTTPS,
    REDIRECT,
    Answers,
    backend,
    closed_ports,
    conditions,
    front_after,
    https_here,
    known_names,
    new_https,
    outcome,
    own_rules,
    start,
    to_copy,
)


def before(flow: Answers) -> Iterator[Finding | Caution]:
    yield from _circles(flow)
    yield from _https(flow)
    yield from _in_front(flow)
    yield from _habits(flow)
    yield from _shared_groups(flow)
    yield from _room(flow)
    yield Finding(
        "cost", Grade.PREDICTED,
        "This change costs nothing extra, and requests that the load balancer answers do not reach your servers.",
        "Elastic Load Balancing pricing, 2026-11: more than 10 rules a request count into its capacity units",
    )  # fmt: skip


def _circles(flow: Answers) -> Iterator[Finding]:
    """Where requests end, tried on a model of the load balancer as it would be."""
    to = outcome(flow)
    if isinstance(to, Redirect) and not to.changes:
        yield Finding(
            "loop", Grade.REFUSED, "Source and target are the same; visitors would go round in circles.",
            "protocol, host, port and path all stay", "Change at least one of them.",
        )  # fmt: skip
        return
    front, tries = front_after(flow), list(examples(*conditions(flow), flow.names, start(flow)))
    if flow.preview_url:
        tries.append(flow.preview_url)
    seen: dict[str, Finding] = {}
    for url in tries:
        trace = front.follow(url)
        if trace.end == "loop":
            seen[str(url)] = Finding(
                "loop", Grade.REFUSED,
                f"The target {trace.last} would match the same rule again and again (loop): {trace}.",
                "followed through the listeners as they would be",
                "Redirect to another host or path, or only for certain ones.",
            )  # fmt: skip
        elif trace.end == "nothing listens":
            seen[str(url)] = Finding(
                "preview", Grade.REFUSED, f"{trace}: visitors would be sent to where nothing answers.",
                "followed through the listeners as they would be", "Choose https and its port, or an https listener.",
            )  # fmt: skip
        else:
            seen[str(url)] = Finding(
                "preview", Grade.PREDICTED, f"{trace}", "followed through the listeners as they would be"
            )
    yield from seen.values()


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
    for arn in (each for action in actions for each in lb.forwards_to(action)):
        states = lb.health(flow.cloud, arn)
        name = arn.split("/")[1]
        if "healthy" in states:
            count = f"{states.count('healthy')} of {len(states)}"
            yield Finding("healthy", Grade.PROVED, f"{count} servers in {name} are healthy.", "DescribeTargetHealth")
        elif not {"initial", "unused"} & set(states):
            yield Caution(
                "no-healthy-server",
                f"No healthy server behind https ({name}): visitors would be redirected to an error page.",
                True,
            )


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
    found = list(found)
    told = set(known_names(flow)) if new_https(flow) else set()  # by the question for the certificate
    names = [name for name in flow.names if "*" not in name and name not in told]
    missing = [name for name in names if not any(each.covers(name) for each in found)]
    if missing and found:
        covered = ", ".join(dict.fromkeys(name for each in found for name in each.names))
        yield Caution(
            "not-covered",
            f"The certificate covers {covered}, but not {', '.join(missing)}. Browsers will show a warning.",
        )


def _in_front(flow: Answers) -> Iterator[Finding]:
    """CloudFront that speaks only http to this load balancer would be sent in circles by a redirect to https."""
    if flow.action != REDIRECT or flow.protocol != HTTPS or flow.load_balancer.internal:
        return
    try:
        pages = flow.cloud.pages(Call("cloudfront.ListDistributions"))
        found = [each for page in pages for each in page.get("DistributionList", {}).get("Items") or []]
    except CloudError as problem:
        yield Finding(
            "in-front", Grade.NOT_CHECKED, "Whether CloudFront stands in front was not checked.", problem.what
        )
        return
    for each in found:
        for origin in each["Origins"]["Items"]:
            policy = (origin.get("CustomOriginConfig") or {}).get("OriginProtocolPolicy")
            if origin["DomainName"].lower() == flow.load_balancer.dns_name.lower() and policy == "http-only":
                yield Finding(
                    "in-front", Grade.REFUSED,
                    f"TLS ends before the load balancer at CloudFront {each['Id']}, which talks http to it: "
                    "redirecting http to https here makes an endless loop.",
                    f"OriginProtocolPolicy of {each['Id']} is http-only",
                    "Set that origin to “HTTPS only” or “Match viewer” first.",
                )  # fmt: skip
                return
    yield Finding(
        "in-front",
        Grade.PROVED,
        "No CloudFront distribution here speaks only http to it.",
        "ListDistributions",
    )


def _habits(flow: Answers) -> Iterator[Caution]:
    """What surprises people afterwards."""
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
        yield Caution("shared-group", f"{group.name} ({group.id}) is also used by {len(others)} others ({some}).")


def _room(flow: Answers) -> Iterator[Finding]:
    """Whether the load balancer takes that many rules; AWS's usual limit is 100 without default rules."""
    more = len(to_copy(flow)) if new_https(flow) and flow.copy_rules else 0
    more += 1 if flow.scope != ALL or own_rules(flow) else 0
    count = sum(len(lb.rules(flow.cloud, each)) for each in lb.listeners(flow.cloud, flow.load_balancer))
    most = lb.limit(flow.cloud, "rules-per-application-load-balancer", 100)
    if more and count + more > most:
        yield Finding(
            "room", Grade.REFUSED,
            f"The load balancer has {count} rules; {more} more would be over the limit of {most}.",
            "counted in your account", "Combine rules, or request a higher quota (L-7EED9B64).",
        )  # fmt: skip
