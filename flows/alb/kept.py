"""Whether visitors of a load balancer stay with one server, and why they do not although they should."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from flows.aws import load_balancers as lb
from flows.aws import stickiness
from flows.aws.listener_rules import Url
from flows.aws.load_balancers import LoadBalancer
from flows.aws.stickiness import APPLICATION, RESERVED, Forwarding, Group, Keeping, lasting
from flows.engine import Cloud, CloudError, Finding, Grade, Missed, Page, shell

from . import repairs
from .outcome import HTTPS

BY = "DescribeTargetGroupAttributes"
NO_PAGE = Page(missed=Missed.UNREACHABLE, why="no request was made over the internet")


def kept(cloud: Cloud, balancer: LoadBalancer, *, probe: bool) -> Iterator[Finding]:
    """Of each target group that gets requests whether its visitors are kept, and of each place that divides them;
    `probe` allows to fetch a page."""
    now: dict[str, Keeping] = {}
    try:
        used = list(stickiness.forwardings(cloud, balancer))
        groups = stickiness.groups(cloud, used)
        for group in groups:
            now[group.arn] = stickiness.keeping(cloud, group.arn)
        url = site(cloud, balancer)
    except CloudError as problem:
        what = "Whether visitors stay with one server could not be read."
        yield Finding("kept", Grade.NOT_CHECKED, what, problem.what, aside=True)
        return
    for group in groups:
        if group.kind != "lambda" or now[group.arn].enabled:
            yield _of_group(group, now[group.arn])
        if now[group.arn].enabled:
            yield from _moved(cloud, group)
    for each in used:
        sticky = [group for group in groups if group.arn in each.groups and now[group.arn].enabled]
        if each.divides and sticky:
            yield _divided(balancer, each, sticky, now)
    page: Page | None = None
    for group in groups:
        if now[group.arn].enabled and now[group.arn].kind == APPLICATION:
            page = page or (cloud.look_at(url) if probe else NO_PAGE)
            yield _cookie(group, now[group.arn], url, page, alone=len(groups) == 1)


def _of_group(group: Group, now: Keeping) -> Finding:
    id = f"kept:{group.name}"
    if not now.enabled:
        return Finding(id, Grade.PROVED, f"Visitors of {group.name} are not kept with one server.", BY)
    why, remedy = stickiness.hindered(group, now)
    if why:
        return Finding(id, Grade.REFUSED, f"Visitors are to be kept, but {why}", BY, remedy)
    if now.kind == APPLICATION and not now.cookie:
        what = f"{group.name} waits for an application's cookie that has no name: nobody is kept."
        return Finding(id, Grade.REFUSED, what, BY, "Say the name of the cookie.")
    if now.kind == APPLICATION:
        remedy = (
            f"If they are not: no answer may set {now.cookie}, in upper and lower case as here; it may be for https or "
            "one path alone, or end before; or a client or proxy does not send it back together with AWSALBAPP-0."
        )
        return Finding(id, Grade.PROVED, f"Visitors of {group.name} are {now}.", BY, remedy)
    return Finding(id, Grade.PROVED, f"Visitors of {group.name} are {now}.", BY)


def _moved(cloud: Cloud, group: Group) -> Iterator[Finding]:
    """Who was with a server that is not well was moved, and stays where they are also when it is well again."""
    try:
        states = [each.state for each in lb.health(cloud, group.arn)]
    except CloudError:  # told where the servers are looked at
        return
    ill = sum(state not in ("healthy", "initial", "unavailable") for state in states)
    if ill and ill < len(states):
        yield Finding(
            f"moved:{group.name}", Grade.PREDICTED,
            f"{ill} of {len(states)} servers in {group.name} are not healthy; their visitors were moved, and stay "
            "where they are.",
            "DescribeTargetHealth",
            "Sessions outlast that only in a store that the servers share.",
        )  # fmt: skip


def site(cloud: Cloud, balancer: LoadBalancer) -> str:
    """An address at which visitors are: by https and by a name from a rule, where there is one. Raises CloudError."""
    found = lb.listeners(cloud, balancer)
    hosts = [host for each in found for rule in lb.rules(cloud, each) for host in rule.hosts]
    name = next((host for host in hosts if not set("*?") & set(host)), balancer.dns_name)
    secure = any(each.protocol == HTTPS and each.port == 443 for each in found)
    return str(Url("https", name, 443) if secure else Url("http", name, 80))


def showing_cookies(url: str) -> str:
    """A command that shows which cookies an address sets, and when repeated, with these cookies sent back."""
    return f"{shell.command('curl', '-si', '-c', 'jar', '-b', 'jar', url)} | grep -i set-cookie"


def cookies(lines: str) -> dict[str, dict[str, str]]:
    """The cookies of `Set-Cookie` lines by their names, each with its attributes in small letters."""
    found: dict[str, dict[str, str]] = {}
    for line in lines.splitlines():
        first, *rest = line.split(";")
        pairs = (each.strip().partition("=") for each in rest)
        found[first.partition("=")[0].strip()] = {name.lower(): value.strip() for name, _, value in pairs}
    return found


def lives(attributes: Mapping[str, str]) -> int | None:
    """For how many seconds from now a cookie is kept by a browser, by its attributes; None is until that is closed.

    `Max-Age` comes before `Expires` (RFC 6265, 5.3), of which whole minutes are told.
    """
    with suppress(ValueError, TypeError):  # a date without a time zone
        if age := attributes.get("max-age"):
            return int(age)
        if ends := attributes.get("expires"):
            return round((parsedate_to_datetime(ends) - datetime.now(UTC)).total_seconds() / 60) * 60
    return None


def _cookie(group: Group, now: Keeping, url: str, page: Page, *, alone: bool) -> Finding:
    """Whether a page sets the cookie that a group waits for, and the load balancer its own; `alone` says that no other
    group can have answered."""
    id, cookie = f"cookie:{group.name}", now.cookie
    if page.missed:
        return Finding(
            id, Grade.NOT_CHECKED, f"Whether the application's answers set {cookie} was not looked at.", page.why,
            f"See it: {showing_cookies(url)}; or allow one request to it: --set probe=yes", aside=True,
        )  # fmt: skip
    found = cookies(page.headers.get("set-cookie", ""))
    by = f"Set-Cookie of {url}: {', '.join(found) or 'none'}"
    own = [name for name in found if not name.startswith(RESERVED)]
    if cookie not in found and not own:
        return Finding(
            id, Grade.NOT_CHECKED, f"{url} sets no cookie for somebody who is not signed in.", by,
            f"Sign in, and look in the browser's developer tools for {cookie} and AWSALBAPP-0.", aside=True,
        )  # fmt: skip
    if cookie not in found:
        alike = next((name for name in own if name.lower() == cookie.lower()), "")
        remedy = f"Upper and lower case count: enter {alike}." if alike else "Right the name, if no page sets it."
        what = f"{group.name} waits for the cookie {cookie}; the site sets {', '.join(own)}."
        return Finding(id, Grade.CAUTION, f"{what} Nobody is kept unless another page sets it.", by, remedy)
    if not any(name.startswith(f"{RESERVED}APP") for name in found):
        grade = Grade.REFUSED if alone else Grade.CAUTION
        what = f"{url} sets {cookie}, but the load balancer adds nothing to it."
        remedy = "Right after a change, wait a minute. Else another group of servers answered, or nobody is kept there."
        return Finding(id, grade, what, by, remedy)
    path, secure = found[cookie].get("path", ""), "secure" in found[cookie]
    if secure and url.startswith("http:"):
        what = f"{cookie} is only sent back over https; over http nobody is kept."
        return Finding(id, Grade.CAUTION, what, by, "Send visitors to https: the same set-up does.")
    if path not in ("", "/"):
        return Finding(id, Grade.CAUTION, f"{cookie} is sent back only below {path}: elsewhere nobody is kept.", by,
                       "Let the application set it for the path /.")  # fmt: skip
    what = f"The load balancer keeps visitors who have {cookie}."
    return Finding(id, Grade.PROVED, what, by, " ".join(_limits(found[cookie], now)))


def _limits(attributes: Mapping[str, str], now: Keeping) -> Iterator[str]:
    """What may still end it, or keep a browser from sending the cookie back."""
    long = lives(attributes)
    if long is not None and long <= 0:
        yield f"This very answer takes {now.cookie} away: it ends at once."
    elif long is not None and long < now.seconds:
        yield f"{now.cookie} itself ends after {lasting(long)} unless an answer sets it anew: the shorter time counts."
    if (same := attributes.get("samesite", "")).lower() in ("lax", "strict"):
        yield f"Inside pages of other sites it is not sent back (SameSite={same}): there it needs None, and Secure."


def _divided(balancer: LoadBalancer, where: Forwarding, sticky: Sequence[Group], now: dict[str, Keeping]) -> Finding:
    """A place that divides visitors by weight: by an application's cookie nobody is kept there, by the load balancer's
    only who is kept with the group as well."""
    id, by = f"divided:{where.listener.port}:{where.priority}", f"DescribeRules, {BY}"
    names = " and ".join(arn.split("/")[1] for arn in where.groups)
    if not where.keeps:
        return Finding(
            id, Grade.REFUSED,
            f"{where.name} divides visitors by weight and does not keep them with a group: they change between "
            f"{names}.",
            by, "Keep visitors with one of the groups as well: "
            f"{shell.handrail('run', 'alb', load_balancer=balancer.name, action='stick', keep_by='balancer')}",
        )  # fmt: skip
    if by_cookie := [group for group in sticky if now[group.arn].kind == APPLICATION]:
        return Finding(
            id, Grade.REFUSED,
            f"{where.name} divides visitors by weight among {names}; the application's cookie does not keep them "
            "there.",
            by, "Let the load balancer's own cookie keep them, or forward to one group.",
        ).mended_by(repairs.by_balancer(balancer, by_cookie, now))  # fmt: skip
    what = f"{where.name} divides visitors by weight, and keeps each with one of {names}."
    return Finding(id, Grade.PROVED, what, by)
