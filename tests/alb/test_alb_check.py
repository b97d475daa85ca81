"""`handrail check alb` on a load balancer that works, and on each way in which one does not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from alb.cases import HTTPS, Front, session, to
from support.clock import FakeClock
from support.sessions import carried_out

import flows
from flows.engine import Finding, Grade, Journal, Refused
from flows.engine.boto import Aws
from flows.engine.cache import CachedCloud
from flows.engine.checking import look
from flows.engine.repair import why_not
from flows.engine.verdict import Status
from flows.place import Place
from flows.practice import PracticeAccount


def check(cloud: Aws, name: str = "shop") -> list[Finding]:
    return list(flows.find("alb").diagnose(CachedCloud(cloud), {"load_balancer": name}))


def broken(cloud: Aws, name: str = "shop") -> dict[str, str]:
    return {rule_of(each): each.sentence for each in check(cloud, name) if each.grade is Grade.REFUSED}


def rule_of(found: Finding) -> str:
    """What was looked at, without the thing."""
    return found.id.partition(":")[0]


def test_what_the_set_up_made_works(account: PracticeAccount, cloud: Aws, journal: Journal, clock: FakeClock) -> None:
    assert [each.sentence for each in check(cloud) if each.id == "https"] == [
        "Nothing listens for https: visitors come by http alone."
    ]
    assert broken(cloud) == {}, "one that only speaks http works"
    carried_out(session(cloud, journal, HTTPS, clock=clock))
    found = check(cloud)
    assert {each.grade for each in found} == {Grade.PROVED, Grade.PREDICTED}
    assert {"state", "listener", "open", "way-in", "certificate", "tls", "healthy", "loop", "in-front", "kept"} == set(
        map(rule_of, found)
    )
    assert len({each.id for each in found}) == len(found)


@pytest.mark.wild
def test_the_old_office(cloud: Aws) -> None:
    """The company's own bad example: everything that is wrong with it is found, and has a remedy."""
    found = check(cloud, "office")
    wrong = {each.id for each in found if each.grade is Grade.REFUSED}
    assert wrong == {"open:443", "redirect-fields:80:0", "shadowed:80:20", "nothing-listens:80"}
    assert [each.id for each in found if each.grade is Grade.CAUTION] == ["tls:443"]
    assert all(each.remedy for each in found if each.grade is Grade.REFUSED)
    assert list(map(rule_of, found)).count("still-http") == 2


def test_what_follows_from_a_redirect_is_told_to_go_with_it(cloud: Aws) -> None:
    found = check(cloud, "office")
    (nothing,) = [each for each in found if each.id == "nothing-listens:80"]
    assert nothing.follows == ("redirect-fields:80:0",)
    (cause,) = [each for each in found if each.id == "redirect-fields:80:0"]
    assert why_not(flows.find("alb"), nothing, found) == f"It follows from this: {cause.sentence}"
    assert "Only you know" in why_not(flows.find("alb"), nothing, [nothing])


def fixed(code: int) -> list[Any]:
    """An answer of the load balancer's own, as somebody else might have written it."""
    return [{"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": str(code)}}]


def nothing_listens(shop: Front) -> None:
    shop.default(80, to("HTTPS", Port="443"))


def loop(shop: Front) -> None:
    shop.default(80, to("HTTP", Port="80", Path="/x/#{path}"))


def loop_over_two(shop: Front) -> None:
    shop.listen(443, to("HTTPS", Host="www.#{host}"), https=True)
    shop.default(80, to("HTTPS", Port="443"))


def no_port(shop: Front) -> None:
    shop.listen(443, https=True)
    shop.default(80, to("HTTPS"))


def no_protocol(shop: Front) -> None:
    shop.listen(443, https=True)
    shop.default(80, to("#{protocol}", Port="443"))


def old_tls(shop: Front) -> None:
    shop.listen(443, https=True, policy="ELBSecurityPolicy-TLS-1-1-2017-01")


def closed(shop: Front) -> None:
    shop.listen(8080)


def shadowed(shop: Front) -> None:
    shop.rule(1, paths=["/a*"])
    shop.rule(2, hosts=["x.example.com"], paths=["/ab"])


def nobody_home(shop: Front) -> None:
    health = shop.elbv2.describe_target_health(TargetGroupArn=shop.targets)["TargetHealthDescriptions"]
    shop.elbv2.deregister_targets(TargetGroupArn=shop.targets, Targets=[each["Target"] for each in health])


@pytest.mark.parametrize(
    ("damage", "id", "sentence"),
    [
        (nothing_listens, "https", "every redirect to https leads into nothing"),
        (loop, "loop", "goes round in circles"),
        (loop_over_two, "loop", "goes round in circles"),
        (no_port, "redirect-fields", "HTTP 80, the default changes the protocol but not the port"),
        (no_protocol, "redirect-fields", "HTTP 80, the default changes the port but not the protocol"),
        (closed, "open", "Port 8080 is closed: visitors see a time-out."),
        (shadowed, "shadowed", "rule 2 is never reached: rule 1 (/a* → forward to shop) catches all of its requests."),
        (nobody_home, "healthy", "There is no server in shop: visitors get 503."),
    ],
)
@pytest.mark.some(1)
def test_each_damage_is_found(
    account: PracticeAccount, cloud: Aws, damage: Callable[[Front], None], id: str, sentence: str
) -> None:
    damage(Front(account))
    assert sentence in broken(cloud)[id]


@pytest.mark.parametrize(
    ("default", "rule", "told"),
    [
        pytest.param(502, None, (Grade.REFUSED, "HTTP 80 answers everybody 502 by itself"), id="an error"),
        pytest.param(503, None, (Grade.CAUTION, "HTTP 80 answers everybody 503 by itself"), id="maintenance"),
        pytest.param(404, None, (Grade.CAUTION, "HTTP 80 answers everybody 404 by itself"), id="nothing there"),
        pytest.param(None, (503, ["/*"]), (Grade.CAUTION, "HTTP 80 answers everybody 503"), id="by a rule before all"),
        pytest.param(503, (500, ["/a"]), (Grade.REFUSED, "everybody 500 or 503 by itself"), id="two errors"),
        pytest.param(502, (200, ["/a"]), None, id="not everybody"),
        pytest.param(200, None, None, id="no error"),
        pytest.param(None, (503, ["/a"]), None, id="the rest goes to servers"),
    ],
)
@pytest.mark.some("an error", "maintenance", "not everybody")
def test_an_error_for_everybody_is_no_answer_that_works(
    account: PracticeAccount,
    cloud: Aws,
    default: int | None,
    rule: tuple[int, list[str]] | None,
    told: tuple[Grade, str] | None,
) -> None:
    shop = Front(account)
    if rule:
        shop.rule(1, paths=rule[1], actions=fixed(rule[0]))
    if default:
        shop.default(80, fixed(default))
    verdict = look(flows.find("alb"), CachedCloud(cloud), {"load_balancer": "shop"}, Place())
    found = [each for each in verdict.findings if rule_of(each) == "by-itself"]
    if told is None:
        assert not found
        return
    (one,) = found
    assert one.grade is told[0]
    assert told[1] in one.sentence
    assert one.remedy
    assert verdict.status is (Status.BROKEN if told[0] is Grade.REFUSED else Status.WORKS_BUT)
    assert verdict.cause == one.id


@pytest.mark.parametrize(
    ("days", "grade", "sentence"),
    [(29, Grade.CAUTION, "ends in 28 days"), (-1, Grade.REFUSED, "is not valid (issued, ended")],
)
def test_a_certificate_that_ends(cloud: Aws, days: int, grade: Grade, sentence: str) -> None:
    """Imported ones nobody renews: a month before they end it is said, and afterwards it is wrong."""
    from datetime import UTC, datetime, timedelta

    from flows.alb.rules import lasts
    from flows.aws.load_balancers import Certificate

    ends = (datetime.now(UTC) + timedelta(days=days)).isoformat()
    (found,) = lasts(Certificate("arn", "shop.example", ("shop.example",), "ISSUED", ends, renews=False))
    assert found.grade is grade
    assert sentence in found.sentence
    assert found.remedy


def test_conditions_that_cannot_be_judged_are_said(account: PracticeAccount, cloud: Aws) -> None:
    shop = Front(account)
    shop.rule(1, more=[{"Field": "source-ip", "SourceIpConfig": {"Values": ["203.0.113.0/24"]}}])
    shop.rule(2, paths=["/a"])
    found = {rule_of(each): each for each in check(cloud)}
    assert found["conditions"].grade is Grade.NOT_CHECKED
    assert "shadowed" not in found


@pytest.mark.parametrize("name", ["shop", "SHOP", "shop-1.eu-central-1.elb.amazonaws.com"])
@pytest.mark.some("shop")
def test_it_is_found_by_name_and_address(cloud: Aws, name: str) -> None:
    assert check(cloud, name)


@pytest.mark.wild
def test_an_unknown_one_is_refused_with_those_there_are(cloud: Aws) -> None:
    with pytest.raises(Refused) as refused:
        check(cloud, "shpo")
    assert str(refused.value) == (
        "There is no Application Load Balancer called “shpo” in eu-central-1. There are: shop, office."
    )
