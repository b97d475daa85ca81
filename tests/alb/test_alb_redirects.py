"""The model of a load balancer: what a redirect yields, which rule takes a request, and where it ends."""
# ruff: noqa: E501 - tables are read line by line

from __future__ import annotations

import fnmatch
import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.aws.listener_rules import (  # fmt: skip
    ALLOWED,
    PLACEHOLDERS,
    Fixed,
    Forward,
    Front,
    Listener,
    Other,
    Redirect,
    Rule,
    Url,
    covers,
    examples,
    location,
    matches,
    target_host,
    target_path,
    target_port,
    target_query,
    url,
)
from flows.engine import Refused

word = st.text("abcXYZ019-_.~", min_size=1, max_size=8)
hosts = st.lists(st.text("abc019", min_size=1, max_size=5), min_size=2, max_size=4).map(".".join)
paths = st.lists(word, max_size=4).map(lambda parts: "/" + "/".join(parts))
queries = st.lists(st.tuples(word, word).map("=".join), max_size=3).map("&".join)
urls = st.builds(Url, st.sampled_from(["http", "https"]), hosts, st.integers(1, 65535), paths, queries)


def template(field: str) -> st.SearchStrategy[list[str]]:
    """Text and placeholders in turns, as AWS takes them in that field."""
    marks = st.sampled_from([f"#{{{name}}}" for name in ALLOWED[field]])
    return st.lists(st.one_of(word, marks), max_size=5)


def spelled(pieces: list[str], asked: Url) -> str:
    """The specification, piece by piece: each placeholder is that part of the request, no leading / or ?."""
    parts = {
        "#{protocol}": asked.protocol, "#{host}": asked.host, "#{port}": str(asked.port), "#{path}": asked.path[1:],
        "#{query}": asked.query,
    }  # fmt: skip
    return "".join(parts.get(piece, piece) for piece in pieces)


@given(urls, st.sampled_from(["HTTP", "HTTPS", "#{protocol}"]), st.one_of(st.just("#{port}"), st.integers(1, 65535).map(str)),
       template("host"), template("path"), template("query"))  # fmt: skip
def test_the_location_is_what_the_specification_says(
    asked: Url, protocol: str, port: str, host: list[str], path: list[str], query: list[str]
) -> None:
    redirect = Redirect(protocol, port, "".join(host), "/" + "".join(path), "".join(query))
    expected = Url(
        asked.protocol if protocol == "#{protocol}" else protocol.lower(),
        spelled(host, asked),
        asked.port if port == "#{port}" else int(port),
        "/" + spelled(path, asked),
        spelled(query, asked),
    )
    assert location(asked, redirect) == expected


@given(urls)
def test_http_to_https_changes_nothing_else(asked: Url) -> None:
    asked = replace(asked, protocol="http", port=80)
    assert location(asked, Redirect()) == replace(asked, protocol="https", port=443)


@given(urls)
def test_an_address_is_read_as_it_is_written(asked: Url) -> None:
    assert url(str(asked)) == asked
    assert url(asked.explicit) == asked
    assert f":{asked.port}/" in asked.explicit


@given(urls, template("path"))
def test_what_a_request_contains_is_not_taken_for_a_placeholder(asked: Url, path: list[str]) -> None:
    """A visitor cannot write placeholders: each is replaced once, and what it stands for is left alone."""
    asked = replace(asked, query="#{host}", path="/#{query}")
    assert location(asked, Redirect(path="/#{path}")).path == "/#{query}"
    assert location(asked, Redirect(query="q=#{query}")).query == "q=#{host}"


@pytest.mark.parametrize(
    ("redirect", "text"),
    [
        (Redirect(), "https://shop.example.com:443/a/b?x=1"),
        (Redirect(query=""), "https://shop.example.com:443/a/b"),
        (Redirect(host="www.#{host}", path="/new/#{path}"), "https://www.shop.example.com:443/new/a/b?x=1"),
        (Redirect("#{protocol}", "443"), "http://shop.example.com:443/a/b?x=1"),
        (Redirect("HTTPS", "#{port}"), "https://shop.example.com:80/a/b?x=1"),
        (Redirect(path="/", query="from=#{host}:#{port}#{path}"), "https://shop.example.com:443/?from=shop.example.com:80a/b"),
    ],
)  # fmt: skip
def test_known_answers(redirect: Redirect, text: str) -> None:
    """As captured from real load balancers: the port is always written."""
    assert location(url("http://shop.example.com/a/b?x=1"), redirect).explicit == text


@given(st.text("ab.*?/", max_size=8), st.text("ab./", max_size=8))
def test_patterns_match_as_shells_do(pattern: str, text: str) -> None:
    assert matches(pattern, text) == bool(re.match(fnmatch.translate(pattern), text))


@given(st.text("ab*?", max_size=6), st.text("ab*?", max_size=6), st.text("ab", max_size=6))
def test_what_is_covered_is_matched(general: str, special: str, text: str) -> None:
    """A yes of `covers` is certain."""
    if covers(general, special) and matches(special, text):
        assert matches(general, text)


@given(st.text("ab*?", max_size=6))
def test_everything_covers_itself_and_is_covered_by_a_star(pattern: str) -> None:
    assert covers(pattern, pattern)
    assert covers("*", pattern)


patterns = st.lists(st.text("ab*", min_size=1, max_size=3), max_size=2).map(tuple)
rules = st.builds(Rule, st.just(1), st.just(Forward()), patterns, patterns, st.booleans())


@given(rules, rules, st.text("ab", max_size=3), st.text("ab", max_size=3))
def test_a_rule_that_catches_another_takes_all_of_its_requests(early: Rule, late: Rule, host: str, path: str) -> None:
    asked = Url("http", host, 80, path)
    if early.catches(late) and late.fits(asked):
        assert early.fits(asked)


@given(rules)
def test_a_rule_fits_its_own_examples(rule: Rule) -> None:
    for asked in examples(rule.hosts, rule.paths, (), Url("http", "x.example", 80)):
        assert rule.fits(asked) is not False


def test_host_and_path_differ_in_case() -> None:
    rule = Rule(1, Forward(), ("Shop.Example.com",), ("/Img/*",))
    assert rule.fits(url("http://shop.EXAMPLE.com/Img/1"))
    assert not rule.fits(url("http://shop.example.com/img/1"))
    assert not rule.fits(url("http://shop.example.com/Img"))


def test_conditions_are_all_needed_and_values_are_alternatives() -> None:
    rule = Rule(1, Forward(), ("a.example", "b.example"), ("/x",))
    told = {
        text: rule.fits(url(f"http://{text}"))
        for text in ("a.example/x", "b.example/x?q=1", "a.example/y", "c.example/x")
    }
    assert told == {"a.example/x": True, "b.example/x?q=1": True, "a.example/y": False, "c.example/x": False}


def test_what_is_not_known_is_said() -> None:
    """A rule with other conditions may or may not take a request that fits the rest."""
    rules_ = (Rule(1, Fixed(404), paths=("/a",), certain=False), Rule(0, Forward()))
    front = Front((Listener("HTTP", 80, rules_),))
    assert front.follow(url("http://x.example/a")).end == "not known"
    assert front.follow(url("http://x.example/b")).end == "answered"
    assert (
        Front((Listener("HTTP", 80, (Rule(0, Other("authenticate-oidc")),)),)).follow(url("http://x.example/")).end
        == "not known"
    )


HTTP = Listener("HTTP", 80, (Rule(0, Redirect()),))
SECURE = Listener("HTTPS", 443, (Rule(0, Forward()),))


@pytest.mark.parametrize(
    ("listeners", "end"),
    [
        ((HTTP, SECURE), "answered"),
        ((HTTP,), "nothing listens"),
        ((HTTP, Listener("HTTP", 443, SECURE.rules)), "nothing listens"),
        ((Listener("HTTP", 80, (Rule(0, Redirect("HTTP", "80")),)),), "loop"),
        ((Listener("HTTP", 80, (Rule(0, Redirect("HTTP", "80", path="/x/#{path}")),)),), "loop"),
        ((HTTP, Listener("HTTPS", 443, (Rule(0, Redirect(host="www.#{host}")),))), "loop"),
        ((HTTP, Listener("HTTPS", 443, (Rule(0, Redirect(host="www.example")),))), "elsewhere"),
        ((HTTP, Listener("HTTPS", 443, (Rule(5, Redirect(path="/new/#{path}"), paths=("/old/*",)), Rule(0, Forward())))), "answered"),
    ],
)  # fmt: skip
def test_where_a_request_ends(listeners: tuple[Listener, ...], end: str) -> None:
    for path in ("/", "/old/a"):
        assert Front(listeners).follow(url(f"http://shop.example.com{path}")).end == end


@given(st.lists(st.builds(Redirect, st.sampled_from(["HTTP", "HTTPS", "#{protocol}"]), st.sampled_from(["80", "443", "#{port}"]),
       st.sampled_from(["#{host}", "a.example"]), st.sampled_from(["/#{path}", "/x#{path}", "/"])), min_size=2, max_size=2), urls)  # fmt: skip
def test_following_always_ends(two: list[Redirect], asked: Url) -> None:
    front = Front(
        tuple(Listener(p, n, (Rule(0, to),)) for (p, n), to in zip((("HTTP", 80), ("HTTPS", 443)), two, strict=True))
    )
    trace = front.follow(replace(asked, protocol="http", port=80))
    assert trace.end in ("loop", "nothing listens", "elsewhere")
    assert len(trace.steps) <= 10


# -- what may be typed -----------------------------------------------------------------------------------------


READ = {"host": target_host, "path": target_path, "port": target_port, "query": target_query}


@pytest.mark.parametrize("field", READ)
@pytest.mark.parametrize("name", PLACEHOLDERS)
def test_every_placeholder_is_offered_and_checked(field: str, name: str) -> None:
    """Each of the five is taken where AWS takes it, and refused with its name where it does not."""
    text = ("/" if field == "path" else "") + f"#{{{name}}}"
    if name in ALLOWED[field]:
        assert READ[field](text) == text
    else:
        with pytest.raises(Refused, match=rf"#\{{{name}\}} cannot be used in {field}"):
            READ[field](text)


@pytest.mark.parametrize(
    ("field", "text", "sentence"),
    [
        ("port", "0", "“0”: a port is a number from 1 to 65535, or #{port}."),
        ("port", "65536", "“65536”: a port is a number from 1 to 65535, or #{port}."),
        ("port", "https", "“https”: a port is a number from 1 to 65535, or #{port}."),
        ("path", "new", "“new”: the path begins with “/”."),
        ("path", "/" + "a" * 128, "At most 128 characters for path."),
        ("path", "/#{paht}", "Unknown placeholder #{paht}. There are #{protocol}, #{host}, #{port}, #{path} and #{query}."),
        ("path", "/#{path", "Unknown placeholder #{path. There are #{protocol}, #{host}, #{port}, #{path} and #{query}."),
        ("query", "?x=1", "Write the query without “?”."),
        ("query", "q" * 129, "At most 128 characters for query."),
        ("host", "https://x.example", "“https://x.example” cannot be a host. Enter one like www.example.com, www.#{host} or #{host}."),
        ("host", "", "“” cannot be a host. Enter one like www.example.com, www.#{host} or #{host}."),
        ("host", "a" * 129, "At most 128 characters for host."),
    ],
)  # fmt: skip
def test_targets_are_refused_with_a_sentence(field: str, text: str, sentence: str) -> None:
    with pytest.raises(Refused) as refused:
        READ[field](text)
    assert refused.value.what == sentence


@pytest.mark.parametrize(
    "text", ["", "shop.example.com", "ftp://x.example/", "http://", "http://x.example:99999/", "http://[::1"]
)
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(Refused, match="is not an address to try"):
        url(text)
