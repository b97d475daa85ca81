"""What an Application Load Balancer answers to a request: which rule fits, and where a redirect leads.

Pure: it knows nothing of accounts. What cannot be told from a rule is `None`, never a guess. Facts: Elastic Load
Balancing API Reference (RedirectActionConfig) and Application Load Balancers guide, "Listener rules", 2026-10.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import parse_qsl, urlsplit

from flows.engine import Refused

PLACEHOLDERS = ("protocol", "host", "port", "path", "query")
ALLOWED: Mapping[str, tuple[str, ...]] = {
    "protocol": ("protocol",),
    "host": ("host",),
    "port": ("port",),
    "path": ("host", "path", "port"),
    "query": PLACEHOLDERS,
}
"""Which placeholders AWS takes in which field."""
LONGEST = 128
HOPS = 10
"""After that many, a browser would have given up too."""
SHOWN = 3
"""Addresses of a circle that are told; the rest goes on in the same way."""
USUAL = {"http": 80, "https": 443}
CONTENT_TYPES = {
    "text/plain": "Plain text",
    "text/html": "A web page (HTML)",
    "application/json": "JSON",
    "application/javascript": "JavaScript",
    "text/css": "A style sheet (CSS)",
}
"""What a fixed response can say that it is (FixedResponseActionConfig)."""


@dataclass(frozen=True)
class Url:
    """A request, or the answer's Location. `path` starts with a slash, `query` has no question mark."""

    protocol: str
    host: str
    port: int
    path: str = "/"
    query: str = ""

    def __str__(self) -> str:
        """As a person types it: without the port that goes without saying."""
        port = "" if USUAL.get(self.protocol) == self.port else f":{self.port}"
        return f"{self.protocol}://{self.host}{port}{self._tail}"

    @property
    def explicit(self) -> str:
        """As a load balancer writes it: always with the port."""
        return f"{self.protocol}://{self.host}:{self.port}{self._tail}"

    @property
    def _tail(self) -> str:
        return self.path + (f"?{self.query}" if self.query else "")


@dataclass(frozen=True)
class Redirect:
    """Where to, all six fields; by default the same address by https."""

    protocol: str = "HTTPS"
    port: str = "443"
    host: str = "#{host}"
    path: str = "/#{path}"
    query: str = "#{query}"
    status: int = 301

    @property
    def changes(self) -> bool:
        """Whether it leads anywhere else at all; AWS refuses one that does not (the query does not count)."""
        same = ("#{protocol}", "#{host}", "#{port}", "/#{path}")
        return (self.protocol, self.host, self.port, self.path) != same

    def __str__(self) -> str:
        protocol = self.protocol if self.protocol.startswith("#") else self.protocol.lower()
        return f"{protocol}://{self.host}:{self.port}{self.path}" + (f"?{self.query}" if self.query else "")


@dataclass(frozen=True)
class Fixed:
    status: int


@dataclass(frozen=True)
class Forward:
    """Handed to servers. `to` is how they are called."""

    to: str = ""


@dataclass(frozen=True)
class Other:
    """An action whose outcome is not known here, such as a sign-in."""

    what: str


Answer = Redirect | Fixed | Forward | Other


@dataclass(frozen=True)
class Rule:
    """A rule of a listener. `priority` 0 is the default rule; `certain` is False if it has further conditions.

    Of further conditions that are known, `queries` are those on the query, each a name and a pattern of which one in
    each group has to be there, and `once` says that it is not for GET: who is redirected asks by GET, and fits it no
    more.
    """

    priority: int
    answer: Answer
    hosts: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()
    certain: bool = True
    arn: str = ""
    queries: tuple[tuple[tuple[str, str], ...], ...] = ()
    once: bool = False

    @property
    def place(self) -> int:
        """The order in which rules are tried; the default rule comes last."""
        return self.priority or 1_000_000

    def fits(self, url: Url) -> bool | None:
        """Whether this rule takes the request; None if that depends on what is not known."""
        for patterns, value in ((self.hosts, url.host.lower()), (self.paths, url.path)):
            lower = patterns is self.hosts
            if patterns and not any(matches(p.lower() if lower else p, value) for p in patterns):
                return False
        if not all(any(_asks(url.query, *each) for each in group) for group in self.queries):
            return False
        return True if self.certain else None

    def catches(self, other: Rule) -> bool:
        """Whether every request that fits `other` fits this rule too."""
        hosts = [pattern.lower() for pattern in self.hosts]
        wanted = [pattern.lower() for pattern in other.hosts]
        always = self.certain and not self.queries and not self.once
        return always and _catch(hosts, wanted or ["*"]) and _catch(self.paths, other.paths or ("/*",))

    def __str__(self) -> str:
        conditions = [*self.hosts, *self.paths, *([] if self.certain else ["further conditions"])]
        return f"{' and '.join(conditions) or 'everything'} → {told(self.answer)}"


@dataclass(frozen=True)
class Listener:
    protocol: str
    port: int
    rules: tuple[Rule, ...]

    def answering(self, url: Url, *, redirected: bool = False) -> Rule | None:
        """The rule that takes the request; None if that is not known."""
        for rule in sorted(self.rules, key=lambda rule: rule.place):
            fits = rule.fits(url) if not (rule.once and redirected) else False
            if fits is None:
                return None
            if fits:
                return rule
        return None


@dataclass(frozen=True)
class Trace:
    """What a browser meets. `end` is one of answered, loop, nothing listens, elsewhere, not known."""

    steps: tuple[tuple[Url, Answer], ...]
    end: str
    last: Url

    def __str__(self) -> str:
        words = [str(self.steps[0][0] if self.steps else self.last)]
        for url, answer in self.steps:
            words.append(
                f"{answer.status} → {location(url, answer).explicit}" if isinstance(answer, Redirect) else told(answer)
            )
        if self.end == "loop":
            words = words[:SHOWN]
        ends = {
            "loop": "… round in circles",
            "nothing listens": "nothing listens there",
            "not known": "not known",
        }
        return " → ".join([*words, *([ends[self.end]] if self.end in ends else [])])


@dataclass(frozen=True)
class Front:
    """A load balancer's listeners, and the host names that are known to lead to it.

    A host that is built from the visitor's own, such as `www.#{host}`, is taken to lead here too.
    """

    listeners: tuple[Listener, ...]
    names: frozenset[str] = field(default_factory=frozenset)

    def follow(self, url: Url) -> Trace:
        """Follow a request until something other than a redirect of this load balancer answers it."""
        steps: list[tuple[Url, Answer]] = []
        own = {name.lower() for name in self.names} | {url.host.lower()}
        seen = {url}
        while True:
            listener = next((each for each in self.listeners if each.port == url.port), None)
            if listener is None or listener.protocol.lower() != url.protocol:
                return Trace(tuple(steps), "nothing listens", url)
            rule = listener.answering(url, redirected=bool(steps))
            if rule is None or isinstance(rule.answer, Other):
                return Trace(tuple(steps), "not known", url)
            steps.append((url, rule.answer))
            if not isinstance(rule.answer, Redirect):
                return Trace(tuple(steps), "answered", url)
            url = location(url, rule.answer)
            if url.host.lower() not in own and "#{host}" not in rule.answer.host:
                return Trace(tuple(steps), "elsewhere", url)
            if url in seen or len(steps) >= HOPS:
                return Trace(tuple(steps), "loop", url)
            seen.add(url)


def location(url: Url, redirect: Redirect) -> Url:
    """Where a redirect leads a request. Each placeholder stands for that part of the request, once."""
    parts = {
        "protocol": url.protocol, "host": url.host, "port": str(url.port),
        "path": url.path.removeprefix("/"), "query": url.query,
    }  # fmt: skip

    def filled(text: str) -> str:
        return re.sub(r"#\{(\w+)\}", lambda found: parts.get(found[1], found[0]), text)

    return Url(
        filled(redirect.protocol).lower(), filled(redirect.host), int(filled(redirect.port)),
        filled(redirect.path), filled(redirect.query),
    )  # fmt: skip


def told(answer: Answer) -> str:
    """An answer in a few words."""
    match answer:
        case Redirect(status=status) if answer == Redirect(status=status):
            return f"{status} to the same address by https"
        case Redirect():
            return f"{answer.status} to {answer}"
        case Fixed(status):
            return f"{status} by itself"
        case Forward(to):
            return f"forward to {to}" if to else "forward"
        case Other(what):
            return what


def answers(rule: Rule) -> str:
    """One rule in a list of them."""
    return f"{rule} (priority {rule.priority})"


def matches(pattern: str, text: str) -> bool:
    """A load balancer's patterns: `*` stands for any characters, `?` for exactly one."""
    return re.fullmatch(_expression(pattern, "."), text, re.DOTALL) is not None


def _asks(query: str, name: str, pattern: str) -> bool:
    """Whether a query has that value; upper and lower case are the same there, and an empty name is any."""
    found = parse_qsl(query, keep_blank_values=True)
    return any(name.lower() in ("", key.lower()) and matches(pattern.lower(), value.lower()) for key, value in found)


def covers(general: str, special: str) -> bool:
    """Whether everything that `special` matches is matched by `general`. Its yes is certain, its no is not."""
    return re.fullmatch(_expression(general, r"[^*]"), special, re.DOTALL) is not None


def _expression(pattern: str, one: str) -> str:
    return "".join(".*" if c == "*" else one if c == "?" else re.escape(c) for c in re.sub(r"\*+", "*", pattern))


def _catch(general: Iterable[str], special: Iterable[str]) -> bool:
    general = list(general)
    return not general or all(any(covers(g, s) for g in general) for s in special)


def examples(hosts: Iterable[str], paths: Iterable[str], names: Iterable[str], start: Url) -> Iterator[Url]:
    """Requests that the conditions fit, one for each of their values; wildcards become letters."""
    hosts = [_sample(host) for host in hosts] or list(names) or [start.host]
    paths = [_sample(path) for path in paths] or ["/a/b"]
    for index in range(max(len(hosts), len(paths))):
        yield replace(start, host=hosts[index % len(hosts)], path=paths[index % len(paths)], query="x=1")


def _sample(pattern: str) -> str:
    return pattern.replace("*", "a").replace("?", "b")


# -- what may be typed -----------------------------------------------------------------------------------------


def url(text: str) -> Url:
    """An address to try, such as `http://shop.example.com/a?x=1`. Raises Refused."""
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        parts, port = urlsplit(""), None
    if parts.scheme not in USUAL or not parts.hostname:
        raise Refused(f"“{text}” is not an address to try. Enter one like http://shop.example.com/a?x=1.")
    return Url(parts.scheme, parts.hostname, port or USUAL[parts.scheme], parts.path or "/", parts.query)


def host_pattern(text: str) -> str:
    """A host condition. Raises Refused (spelling rules: Application Load Balancers guide, "Host conditions")."""
    if len(text) > LONGEST:
        raise Refused("At most 128 characters.")
    if not re.fullmatch(r"[A-Za-z0-9.*?-]+", text):
        remedy = re.sub(r"^\w+://|[:/].*$", "", text)
        raise Refused(
            f"“{text}” is not valid for a host. Allowed are letters, digits, “-”, “.”, “*” and “?”, "
            "for example *.example.com.",
            suggestion=remedy if re.fullmatch(r"[A-Za-z0-9.*?-]+\.[A-Za-z]+", remedy) else "",
        )
    if "." not in text:
        raise Refused(f"“{text}”: a host needs at least one dot, like shop.example.com.")
    if not re.fullmatch(r"[A-Za-z*?]+", text.rpartition(".")[2]):
        raise Refused(f"“{text}”: after the last dot only letters are allowed.")
    return text


def path_pattern(text: str) -> str:
    """A path condition. Raises Refused (Application Load Balancers guide, "Path conditions")."""
    if len(text) > LONGEST:
        raise Refused("At most 128 characters.")
    if not text.startswith("/"):
        raise Refused(f"“{text}”: a path begins with “/”, for example /old/*.", suggestion=f"/{text}")
    if not re.fullmatch(r"[A-Za-z0-9_.$/~\"'@:+&*?-]+", text):
        raise Refused(
            f"“{text}” is not valid for a path. Allowed are letters, digits and _ - . $ / ~ \" ' @ : + & * ?, "
            "for example /old/*."
        )
    return text


def target_port(text: str) -> str:
    """The port of a redirect: a number or `#{port}`. Raises Refused."""
    if text == "#{port}" or (text.isascii() and text.isdigit() and 1 <= int(text) <= 65535):
        return text
    _placeholders("port", text)
    raise Refused(f"“{text}”: a port is a number from 1 to 65535, or #{{port}}.")


def target_host(text: str) -> str:
    """The host of a redirect, `#{host}` possibly inside. Raises Refused."""
    _placeholders("host", text)
    if not re.fullmatch(r"[A-Za-z0-9.-]+", text.replace("#{host}", "a")):
        raise Refused(f"“{text}” cannot be a host. Enter one like www.example.com, www.#{{host}} or #{{host}}.")
    return text


def target_path(text: str) -> str:
    """The path of a redirect. Raises Refused."""
    _placeholders("path", text)
    if not text.startswith("/"):
        raise Refused(f"“{text}”: the path begins with “/”.", suggestion=f"/{text}")
    return text


def target_query(text: str) -> str:
    """The query of a redirect; empty drops it. Raises Refused."""
    if text.startswith("?"):
        raise Refused("Write the query without “?”.", suggestion=text[1:])
    _placeholders("query", text)
    return text


def _placeholders(where: str, text: str) -> None:
    if len(text) > LONGEST:
        raise Refused(f"At most 128 characters for {where}.")
    for found in re.findall(r"#\{[^}]*\}?", text):
        name = found.removeprefix("#{").removesuffix("}")
        if name not in PLACEHOLDERS or not found.endswith("}"):
            raise Refused(
                f"Unknown placeholder {found}. There are #{{protocol}}, #{{host}}, #{{port}}, #{{path}} and #{{query}}."
            )
        if name not in ALLOWED[where]:
            raise Refused(f"{found} cannot be used in {where}.")
