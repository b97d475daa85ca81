"""Conditions of a load balancer's rule beside host and path: a method, a header, a query, or who asks.

Pure. Facts: Application Load Balancers guide, "Condition types for listener rules"; Elastic Load Balancing API
Reference, RuleCondition, 2026-11.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from ipaddress import ip_address, ip_network
from typing import Any

from flows.engine import Refused

from . import addresses

METHOD, HEADER, QUERY, SOURCE = "method", "header", "query", "source"
FIELDS: Mapping[str, tuple[str, str]] = {
    METHOD: ("http-request-method", "HttpRequestMethodConfig"),
    HEADER: ("http-header", "HttpHeaderConfig"),
    QUERY: ("query-string", "QueryStringConfig"),
    SOURCE: ("source-ip", "SourceIpConfig"),
}
FURTHER = tuple(config for _, config in FIELDS.values())
CONFIGS = ("HostHeaderConfig", "PathPatternConfig", *FURTHER)
LONGEST, LONGEST_NAME = 128, 40
EXAMPLES = "method=POST, query=version=v1, header=X-Beta=yes or source=203.0.113.0/24"


@dataclass(frozen=True)
class Condition:
    """One value that a request may have. `name` is that of the header or of the query's parameter, else empty."""

    kind: str
    name: str
    value: str

    @property
    def wildcards(self) -> int:
        return self.value.count("*") + self.value.count("?") if self.kind in (HEADER, QUERY) else 0

    def __str__(self) -> str:
        match self.kind:
            case "method":
                return f"the method {self.value}"
            case "header":
                return f"the header {self.name}: {self.value}"
            case "query":
                return f"the query {f'{self.name}=' if self.name else ''}{self.value}"
            case _:
                return f"requests from {self.value}"


def condition(text: str) -> Condition:
    """A condition as it is typed, such as `method=POST`. Raises Refused."""
    kind, _, rest = text.partition("=")
    if kind.lower() not in FIELDS or not rest:
        raise Refused(f"“{text}” is not a condition. Enter one like {EXAMPLES}.")
    made = {METHOD: _method, HEADER: _header, QUERY: _query, SOURCE: _source}[kind.lower()](rest)
    if len(made.value) > LONGEST or len(made.name) > LONGEST:
        raise Refused(f"At most {LONGEST} characters.")
    return made


def _method(text: str) -> Condition:
    if not re.fullmatch(r"[A-Z_-]{1,40}", text):
        better = text.upper()
        raise Refused(
            f"“{text}” is not a method. It has capital letters, “-” and “_”, for example POST, and no wildcards.",
            suggestion=f"method={better}" if re.fullmatch(r"[A-Z_-]{1,40}", better) else "",
        )
    return Condition(METHOD, "", text)


def _header(text: str) -> Condition:
    name, _, value = text.partition("=")
    if not re.fullmatch(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+", name) or not value:
        raise Refused(f"“{text}” is not a header. Enter its name and value, for example header=X-Beta=yes.")
    if name.lower() == "host":
        raise Refused("The header Host has a condition of its own.", remedy="Enter it as a host name.")
    if len(name) > LONGEST_NAME:
        raise Refused(f"The name of a header has at most {LONGEST_NAME} characters here.")
    return Condition(HEADER, name, value)


def _query(text: str) -> Condition:
    name, separator, value = text.partition("=")
    if not separator:
        return Condition(QUERY, "", text)
    if not value:
        raise Refused(f"“{text}” has no value. Enter one, for example query={name}=*.", suggestion=f"query={name}=*")
    return Condition(QUERY, name, value)


def _source(text: str) -> Condition:
    try:
        network = ip_network(text, strict=False)
    except ValueError:
        raise Refused(f"“{text}” is not an IP range like 203.0.113.0/24.") from None
    if ip_address(text.partition("/")[0]) != network.network_address:
        raise Refused(str(addresses.beginning(text, network)), suggestion=f"{SOURCE}={network}")
    return Condition(SOURCE, "", str(network))


def groups(found: Iterable[Condition]) -> list[list[Condition]]:
    """Those that are one condition: one of its values has to fit. Of every condition one has to."""
    made: dict[tuple[str, str], list[Condition]] = {}
    for each in found:
        made.setdefault((each.kind, each.name.lower()), []).append(each)
    return list(made.values())


def as_taken(found: Iterable[Condition]) -> list[dict[str, Any]]:
    """The same as AWS takes it."""
    taken = []
    for group in groups(found):
        field, config = FIELDS[group[0].kind]
        values: list[Any] = [each.value for each in group]
        if group[0].kind == QUERY:
            values = [{**({"Key": each.name} if each.name else {}), "Value": each.value} for each in group]
        named = {"HttpHeaderName": group[0].name} if group[0].kind == HEADER else {}
        taken.append({"Field": field, config: {**named, "Values": values}})
    return taken


def conditions(hosts: Iterable[str], paths: Iterable[str], further: Iterable[Condition] = ()) -> list[dict[str, Any]]:
    """The conditions of a rule as AWS takes them."""
    wanted = (
        ("host-header", "HostHeaderConfig", list(hosts)),
        ("path-pattern", "PathPatternConfig", list(paths)),
    )
    plain = [{"Field": field, config: {"Values": values}} for field, config, values in wanted if values]
    return [*plain, *as_taken(further)]


def alike(had: Iterable[Mapping[str, Any]], wanted: Iterable[Mapping[str, Any]]) -> bool:
    """Whether two rules have the same conditions, in whichever order and form AWS tells them."""
    return {_shape(each) for each in had} == {_shape(each) for each in wanted}


def _shape(condition: Mapping[str, Any]) -> tuple[str, str, frozenset[tuple[str, str]], bool]:
    """Its kind, its header's name, its values, and whether there is more to it, such as regular expressions."""
    config: Mapping[str, Any] = next((condition[each] for each in CONFIGS if condition.get(each)), {})
    values = config.get("Values") or condition.get("Values") or []
    pairs = (
        (str(each.get("Key") or ""), str(each["Value"])) if isinstance(each, Mapping) else ("", str(each))
        for each in values
    )
    name = str(config.get("HttpHeaderName") or "").lower()
    return str(condition.get("Field")), name, frozenset(pairs), bool(config.get("RegexValues"))


def trying(found: Iterable[Condition]) -> list[str]:
    """What `curl` is given so that a request fits, as far as it can be: one value of each condition."""
    words: list[str] = []
    for first, *_ in groups(found):
        if first.kind == METHOD:
            words += ["-X", first.value]
        elif first.kind == HEADER:
            words += ["-H", f"{first.name}: {_sample(first.value)}"]
    return words


def sample_query(found: Iterable[Condition]) -> str:
    """A query that fits; empty where none is wanted."""
    queries = [first for first, *_ in groups(found) if first.kind == QUERY]
    return "&".join(f"{each.name or 'x'}={_sample(each.value)}" for each in queries)


def _sample(pattern: str) -> str:
    return pattern.replace("*", "a").replace("?", "b")
