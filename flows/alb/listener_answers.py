"""The options, defaults and refusals that are about listeners: their certificates, TLS, servers and ports."""

from __future__ import annotations

from collections.abc import Iterator

from flows.aws import listener_rules
from flows.aws import load_balancers as lb
from flows.aws.load_balancers import NEW, Certificate, Listener, Targets
from flows.engine import Caution, Option, Refused

from .outcome import ELSEWHERE, HTTP, HTTPS, NOT_FOUND, REDIRECT, SAME, Answers, known_names, listening, same_backend


def listener_options(flow: Answers) -> Iterator[Option[Listener | str]]:
    found = lb.listeners(flow.cloud, flow.load_balancer)
    for each in found:
        count = len(lb.rules(flow.cloud, each))
        more = f", {count} rule{'s' if count > 1 else ''} before that" if count else ""
        yield Option(str(each.port), each, each.name, f"{lb.told(each)}{more}")
    if all(each.port != 80 for each in found):
        yield Option(NEW, NEW, "A new one: HTTP 80")


def usual_listener(flow: Answers) -> str:
    """For a redirect where http comes in, for a fixed response where most visitors are."""
    found = lb.listeners(flow.cloud, flow.load_balancer)
    plain = [each.port for each in found if each.protocol == HTTP]
    secure = [each.port for each in found if each.protocol == HTTPS]
    if flow.action == REDIRECT:
        return str(80 if 80 in plain else plain[0]) if plain else NEW if not any(p == 80 for p in secure) else "80"
    wanted = [*sorted(secure, key=lambda port: port != 443), *sorted(plain, key=lambda port: port != 80)]
    return str(wanted[0]) if wanted else NEW


def not_back_to_http(protocol: str, flow: Answers) -> None:
    if protocol == HTTP and isinstance(flow.listener, Listener) and flow.listener.protocol == HTTPS:
        raise Refused("From https you cannot redirect back to http.", remedy="Choose https.", suggestion=HTTPS)


def https_options(flow: Answers) -> Iterator[Option[Listener | str]]:
    found = lb.listeners(flow.cloud, flow.load_balancer)
    for each in found:
        if each.protocol == HTTPS:
            yield Option(str(each.port), each, each.name, lb.told(each))
    if all(each.port != 443 for each in found):
        yield Option(NEW, NEW, "A new one: HTTPS 443", "made and proved first")
    if "#{host}" not in flow.host:
        yield Option("elsewhere", ELSEWHERE, "None here", f"{flow.host} is somewhere else")


def usual_https(flow: Answers) -> str:
    keys = [option.key for option in https_options(flow)]
    there = [key for key in keys if key.isdigit()]
    if "443" in there or there:
        return "443" if "443" in there else there[0]
    return "elsewhere" if "elsewhere" in keys else NEW


def sound_https(chosen: Listener | str, flow: Answers) -> Iterator[Caution]:
    if not isinstance(chosen, Listener):
        return
    if chosen.port != 443:
        yield Caution(
            "other-https-port",
            f"Your HTTPS listener is on port {chosen.port}; the redirect will go to port {chosen.port}.",
        )
    known = lb.policies(flow.cloud)
    if old := lb.old_tls(known.get(chosen.policy, ())):
        yield Caution(
            "old-tls",
            f"The HTTPS listener still allows {old} ({chosen.policy}). It is left as it is; {lb.best_policy(known)} "
            "is today's.",
        )


def certificate_options(flow: Answers) -> Iterator[Option[Certificate]]:
    for each in lb.certificates(flow.cloud):
        until = f", until {each.ends[:10]}" if each.ends else ""
        yield Option(each.arn, each, each.name, f"covers {', '.join(each.names)}{until}")


def best_certificate(flow: Answers) -> str | None:
    """The one that covers most of the names; among equals the one that lasts longest."""
    wanted = known_names(flow)
    found = sorted(lb.certificates(flow.cloud), key=lambda c: (sum(map(c.covers, wanted)), c.ends))
    return found[-1].arn if found else None


def names_covered(certificate: Certificate, flow: Answers) -> Iterator[Caution]:
    missing = [name for name in known_names(flow) if not certificate.covers(name)]
    if missing:
        yield Caution(
            "not-covered",
            f"The certificate covers {', '.join(certificate.names)}, but not {', '.join(missing)}. "
            "Browsers will show a warning.",
        )


def policy_options(flow: Answers) -> Iterator[Option[str]]:
    known = lb.policies(flow.cloud)
    best = [policy for policy in lb.POLICIES if policy in known]
    for name in [*best, *sorted(set(known) - set(best), reverse=True)]:
        old = lb.old_tls(known[name])
        yield Option(name, name, name, f"allows {old}, which is old" if old else "")


def modern(policy: str, flow: Answers) -> Iterator[Caution]:
    if old := lb.old_tls(lb.policies(flow.cloud)[policy]):
        yield Caution("old-tls", f"{policy} allows {old}, which browsers have given up.")


def backends(flow: Answers) -> Iterator[Option[Targets | str]]:
    if same := same_backend(flow):
        yield Option("same", SAME, f"Where http goes now: {listener_rules.told(lb.answer(same))}")
    for each in lb.targets(flow.cloud, flow.load_balancer.vpc):
        yield Option(each.name, each, each.name, f"{each.protocol} {each.port}".strip())
    yield Option("404", NOT_FOUND, "Nowhere yet", "a plain 404")


def usual_backend(flow: Answers) -> str:
    return "same" if same_backend(flow) else "404"


def some_backend(chosen: Targets | str, flow: Answers) -> Iterator[Caution]:
    if chosen == NOT_FOUND:
        yield Caution("https-404", "Visitors would be redirected to a plain “Not found”: no servers answer https yet.")


def usual_port(flow: Answers) -> str:
    if flow.protocol == HTTPS:
        return str(flow.https_listener.port) if isinstance(flow.https_listener, Listener) else "443"
    return "80" if flow.protocol == HTTP else "#{port}"


def answered_port(port: str, flow: Answers) -> Iterator[Caution]:
    plain = not isinstance(flow.listener, Listener) or flow.listener.protocol == HTTP
    here = listening(flow)
    if plain and flow.protocol == HTTPS and port in ("#{port}", str(here)):
        yield Caution(
            "port-stays",
            f"The port would stay {here}; https does not answer there. Use 443.",
            True,
            usual_port(flow),
        )
    elif plain and flow.protocol != HTTPS and port == "443":
        yield Caution("http-on-443", "This leads to http on port 443, which answers only https. Choose https.", True)
    elif port.isdigit() and "#{host}" in flow.host:
        there = {each.port for each in lb.listeners(flow.cloud, flow.load_balancer)} | {443, here}
        if int(port) not in there:
            yield Caution("nothing-listens", f"Nothing listens on port {port} of this load balancer.")
