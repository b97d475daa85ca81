"""Every refusal and every warning, each with its sentence. The practice account would take some of them."""
# ruff: noqa: E501 - tables are read line by line

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from alb.cases import ELSEWHERE, GONE, HTTPS, MAINTENANCE, MOVED, Front, session

import flows
from flows.engine import Asking, Refused, Reviewing, Session
from flows.engine.boto import Aws
from flows.engine.cache import CachedCloud
from flows.practice import PracticeAccount

OFFICE = {**HTTPS, "load_balancer": "office"}


@pytest.fixture(scope="module")
def looked_at(still: PracticeAccount) -> Iterator[PracticeAccount]:
    """The company, whose shop has rules 10 and 20 and a listener on another port as well."""
    shop = Front(still)
    shop.rule(10, hosts=["*.fjord-coffee.example"], paths=["/img/*"])
    shop.rule(20, paths=["/api"])
    shop.rule(21, paths=["/beta/*"], more=[{"Field": "source-ip", "SourceIpConfig": {"Values": ["203.0.113.0/24"]}}])
    yield still


@pytest.fixture(scope="module")
def cloud_once(looked_at: PracticeAccount, still_cloud: Aws) -> CachedCloud:
    """Read once for all: nothing here changes anything."""
    return CachedCloud(still_cloud)


CONFIRMED = {"port-stays", "http-on-443", "never-used"}

REFUSED = [
    ({**HTTPS, "load_balancer": "nope"}, "“nope” is not among the choices for load_balancer"),
    ({**HTTPS, "status": "307"}, "307 is not possible: a load balancer redirects with 301, “moved for ever”, or 302"),
    ({**HTTPS, "status": "30"}, "“30” is not a status code. It has three digits"),
    ({**MAINTENANCE, "status": "301"}, "301 is not possible: the status code must start with 2, 4 or 5 and have three digits"),
    ({**MAINTENANCE, "status": "101"}, "101 is not possible: the status code must start with 2, 4 or 5"),
    ({**MAINTENANCE, "body": "ä" * 513}, "The text has 1026 bytes; at most 1024 are possible. Shorten it or put the page into S3"),
    ({**MAINTENANCE, "content_type": "image/png"}, "“image/png” is not among the choices for content_type"),
    ({**MAINTENANCE, "content_type": "application/json"}, "This is not valid JSON: Expecting value"),
    ({**GONE, "paths": []}, "A rule needs at least one condition"),
    ({**GONE, "hosts": ["https://a.example"]}, "“https://a.example” is not valid for a host. Allowed are letters, digits, “-”, “.”, “*” and “?”"),
    ({**GONE, "hosts": ["a.example:80"]}, "“a.example:80” is not valid for a host"),
    ({**GONE, "hosts": ["localhost"]}, "“localhost”: a host needs at least one dot, like shop.example.com"),
    ({**GONE, "hosts": ["192.0.2.1"]}, "“192.0.2.1”: after the last dot only letters are allowed"),
    ({**GONE, "hosts": ["a" * 120 + ".example.com"]}, "At most 128 characters"),
    ({**GONE, "hosts": ["a.example", "b.example", "c.example", "d.example"]}, "These are 4 values. A rule can have only one host condition, but with up to 3 values"),
    ({**GONE, "paths": ["old"]}, "“old”: a path begins with “/”, for example /old/*"),
    ({**GONE, "paths": ["/" + "a" * 128]}, "At most 128 characters"),
    ({**GONE, "paths": ["/ä"]}, "“/ä” is not valid for a path"),
    ({**GONE, "paths": ["/a", "/b", "/c", "/d"]}, "These are 4 values. A rule can have only one path condition"),
    ({**GONE, "hosts": ["a.example", "b.example", "c.example"], "paths": ["/1", "/2", "/3"]}, "These are 6 values. A rule can have at most 3 values per condition and 5 in total"),
    ({**GONE, "hosts": ["*.a.example", "*.b.example"], "paths": ["/*/x*", "/*/?"]}, "These are 6 wildcards. A rule can have at most 5 wildcards"),
    ({**GONE, "priority": "0"}, "“0”: the priority is a number from 1 to 50000"),
    ({**GONE, "priority": "50001"}, "“50001”: the priority is a number from 1 to 50000"),
    ({**GONE, "priority": "first"}, "“first”: the priority is a number from 1 to 50000"),
    ({**GONE, "priority": "20"}, r"Priority 20 is already used by the rule /api → forward to shop. The next free one is 22."),
    ({**OFFICE, "listener": "443", "protocol": "HTTP"}, "From https you cannot redirect back to http"),
    ({**HTTPS, "port": "70000"}, "“70000”: a port is a number from 1 to 65535, or #{port}."),
    ({**HTTPS, "path": "new"}, "“new”: the path begins with “/”."),
    ({**HTTPS, "query": "?a=1"}, "Write the query without “?”."),
    ({**HTTPS, "query": "#{qeury}"}, "Unknown placeholder #{qeury}. There are #{protocol}, #{host}, #{port}, #{path} and #{query}."),
    ({**HTTPS, "host": "#{path}"}, "#{path} cannot be used in host."),
    ({**HTTPS, "preview_url": "shop"}, "“shop” is not an address to try"),
    ({**HTTPS, "visitors": "everybody"}, "“everybody” is not an IP range like 203.0.113.0/24"),
    ({**ELSEWHERE, "hsts": "300"}, "HSTS is sent by https listeners, and www.fjord-coffee.example is somewhere else."),
    ({**HTTPS, "https_listener": "elsewhere"}, "“elsewhere” is not among the choices for https_listener"),
]  # fmt: skip


@pytest.mark.parametrize(("answers", "sentence"), REFUSED, ids=[sentence[:40] for _, sentence in REFUSED])
def test_refused_with_its_sentence(cloud_once: CachedCloud, answers: Mapping[str, Any], sentence: str) -> None:
    with pytest.raises(Refused) as refused:
        session(cloud_once, None, answers)
    assert sentence in str(refused.value)


WARNED = [
    (HTTPS, "301-stays", "Browsers remember a 301 for a long time. Use 302 while you are testing."),
    (HTTPS, "post-becomes-get", "Forms sent by http (POST) lose their content: the browser repeats the request as GET."),
    (HTTPS, "http-ends", "Until now port 80 delivers your site directly. After the change only https does."),
    (HTTPS, "rules-first", "This listener has 3 rules. They are checked first, so these requests will not be redirected: *.fjord-coffee.example and /img/* → forward to shop (priority 10); /api → forward to shop (priority 20)"),
    (MAINTENANCE, "rules-first", "so these requests will not be answered this way"),
    (MAINTENANCE, "no-retry-after", "The load balancer cannot send “Retry-After” with it."),
    ({**MAINTENANCE, "status": "200"}, "200-for-all", "Search engines would take a maintenance page for your real page. 503 is the right code."),
    ({**GONE, "paths": ["/a?b"]}, "question-mark", "/a?b: “?” stands for any single character here."),
    ({**GONE, "paths": ["/Old"]}, "exact-path", "/Old matches only exactly this path (upper and lower case count). Did you mean /Old*?"),
    ({**GONE, "hosts": ["shop-1.eu-central-1.elb.amazonaws.com"]}, "own-name", "Visitors who use another name"),
    ({**GONE, "paths": ["/api"], "priority": "30"}, "never-used", "The rule with priority 20 already catches these requests; the new rule would never be used."),
    ({**GONE, "paths": ["/api*"], "priority": "15"}, "shadows", "After this, the rule with priority 20 is never reached"),
    ({**HTTPS, "names": "shop.fjord-coffee.example, www.example.org"}, "not-covered", "The certificate covers shop.fjord-coffee.example, but not www.example.org. Browsers will show a warning."),
    ({**HTTPS, "tls_policy": "ELBSecurityPolicy-2016-08"}, "old-tls", "ELBSecurityPolicy-2016-08 allows TLS 1.0 and TLS 1.1"),
    ({**HTTPS, "forward_to": "404"}, "https-404", "Visitors would be redirected to a plain “Not found”"),
    ({**HTTPS, "port": "8443"}, "nothing-listens", "Nothing listens on port 8443 of this load balancer."),
    ({**HTTPS, "port": "#{port}"}, "port-stays", "The port would stay 80; https does not answer there. Use 443."),
    ({**HTTPS, "protocol": "#{protocol}", "port": "443"}, "http-on-443", "This leads to http on port 443, which answers only https. Choose https."),
    ({**HTTPS, "open_ports": "no"}, "port-closed", "Then port 443 stays closed and visitors see a time-out."),
    ({**HTTPS, "hsts": "31536000"}, "hsts", "For 365 days browsers will refuse http for this name. Only do this when https works for good."),
    (OFFICE, "internal", "This load balancer is internal"),
    (OFFICE, "old-tls", "The HTTPS listener still allows TLS 1.0 and TLS 1.1 (ELBSecurityPolicy-2016-08). It is left as it is"),
    ({**HTTPS, "preview_url": "http://a.example/x?y=1"}, "preview", "http://a.example/x?y=1 → 301 → https://a.example:443/x?y=1 → forward to shop"),
]  # fmt: skip


@pytest.mark.parametrize(("answers", "id", "sentence"), WARNED, ids=[id for _, id, _ in WARNED])
def test_warned_with_its_sentence(cloud_once: CachedCloud, answers: Mapping[str, Any], id: str, sentence: str) -> None:
    made = session(cloud_once, None, answers)
    made.accepted |= CONFIRMED
    found = [caution for caution in made.review().cautions if caution.id == id]
    assert any(sentence in caution.message for caution in found), made.review().cautions


@pytest.mark.parametrize("id", sorted(CONFIRMED))
def test_what_cannot_be_meant_needs_a_conscious_yes(cloud_once: CachedCloud, id: str) -> None:
    answers = next(answers for answers, known, _ in WARNED if known == id)
    made = session(cloud_once, None, answers)
    state = made.state()
    assert isinstance(state, Asking) and [caution.id for caution in state.cautions] == [id]
    made.accept(id)
    assert isinstance(made.state(), Reviewing)


@pytest.mark.parametrize(
    ("answers", "id", "sentence"),
    [
        ({**HTTPS, "protocol": "#{protocol}", "port": "#{port}"}, "loop", "Source and target are the same; visitors would go round in circles."),
        ({**OFFICE, "listener": "443"}, "loop", "would match the same rule again and again (loop)"),
        ({**HTTPS, "protocol": "HTTP", "port": "80", "path": "/x/#{path}"}, "loop", "would match the same rule again and again (loop)"),
        ({**MOVED, "protocol": "HTTP", "port": "80", "path": "/old/#{path}", "host": "old.fjord-coffee.example"}, "loop", "would match the same rule again and again (loop)"),
        ({**HTTPS, "protocol": "HTTP", "port": "8080"}, "nothing-listens", "visitors would be sent to where nothing answers."),
    ],
)  # fmt: skip
def test_a_review_refuses_circles_and_dead_ends(
    cloud_once: CachedCloud, answers: Mapping[str, Any], id: str, sentence: str
) -> None:
    refusals = session(cloud_once, None, answers).review().refusals
    assert any(each.id.partition(":")[0] == id and sentence in each.sentence for each in refusals), refusals


def test_the_limit_counts_bytes(cloud_once: CachedCloud) -> None:
    """1024 bytes are taken, whatever letters they are; one more is not."""
    for body in ("x" * 1024, "ä" * 512, "漢" * 341 + "x"):
        assert session(cloud_once, None, {**MAINTENANCE, "body": body}).review()
        with pytest.raises(Refused, match="The text has 1025 bytes"):
            session(cloud_once, None, {**MAINTENANCE, "body": body + "x"})


@pytest.mark.parametrize(
    ("paths", "priority"),
    [(["/blog/*"], "31"), (["/api"], "15"), (["/img/cat"], "31")],
    ids=["behind all others", "before a rule that catches it", "a rule for certain hosts catches nothing"],
)
def test_the_next_priority(cloud_once: CachedCloud, paths: list[str], priority: str) -> None:
    trail = {line.question.id: str(line.raw) for line in session(cloud_once, None, {**GONE, "paths": paths}).trail()}
    assert trail["priority"] == priority


def test_kinds_of_text_are_guessed(cloud_once: CachedCloud) -> None:
    for body, kind in (
        ("<p>", "text/html"),
        ('{"a": 1}', "application/json"),
        ("{a", "text/plain"),
        ("hm", "text/plain"),
    ):
        made = Session(flows.find("alb"), cloud_once)
        for reply in ("shop", "fixed_response", "all", "503", body):
            made.state()
            made.answer(reply)
        state = made.state()
        assert isinstance(state, Asking) and state.said == kind


def test_a_load_balancer_is_known_by_its_dns_name(cloud_once: CachedCloud) -> None:
    answers = {**HTTPS, "load_balancer": "SHOP-1.eu-central-1.elb.amazonaws.com."}
    assert session(cloud_once, None, answers).review().plan == session(cloud_once, None, HTTPS).review().plan
