"""`handrail check alb` on visitors who are kept with a server, and on those who should be and are not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from alb.cases import BY_APPLICATION, BY_BALANCER, Front, picture
from alb.standing import WithHealth, ill
from alb.test_alb_check import check
from support.clock import FakeClock
from support.clouds import Between
from support.repairs import check as checked
from support.repairs import mended_and_back, mended_or_why_not

import flows
from flows.engine import Finding, Grade, Journal, Page
from flows.engine.boto import Aws
from flows.practice import PracticeAccount


def behind_awss_back(shop: Front, attributes: dict[str, str]) -> None:
    """Set what AWS would refuse to be set now, and may have been set before."""
    from moto.elbv2.models import elbv2_backends

    backend = elbv2_backends[shop.targets.split(":")[4]]["eu-central-1"]
    backend.target_groups[shop.targets].attributes.update(attributes)


def nothing(shop: Front) -> None:
    pass


def by_application(shop: Front) -> None:
    shop.set(BY_APPLICATION)


def by_balancer(shop: Front) -> None:
    shop.set({**BY_BALANCER, "stickiness.lb_cookie.duration_seconds": "1800"})


def across_no_zones(shop: Front) -> None:
    shop.set(BY_BALANCER)
    behind_awss_back(shop, {"load_balancing.cross_zone.enabled": "false"})


def at_random(shop: Front) -> None:
    shop.set(BY_BALANCER)
    behind_awss_back(shop, {"load_balancing.algorithm.type": "weighted_random"})


def divided_and_application(shop: Front) -> None:
    shop.default(80, shop.divided(shop.group(), keeps=True))
    shop.set(BY_APPLICATION)


def divided_and_kept(shop: Front) -> None:
    shop.default(80, shop.divided(shop.group(), keeps=True))
    shop.set(BY_BALANCER)


def divided(shop: Front) -> None:
    shop.default(80, shop.divided(shop.group()))
    behind_awss_back(shop, BY_BALANCER)


def divided_by_a_rule(shop: Front) -> None:
    shop.rule(5, paths=["/api"], actions=shop.divided(shop.group()))
    behind_awss_back(shop, BY_BALANCER)


def idle(shop: Front) -> None:
    shop.default(80, shop.divided(shop.group(), weight=0))
    shop.set(BY_APPLICATION)


STATES: dict[str, tuple[Callable[[Front], None], str, Grade, str]] = {
    "nothing": (nothing, "kept:shop", Grade.PROVED, "Visitors of shop are not kept with one server."),
    "by the application": (
        by_application, "kept:shop", Grade.PROVED,
        "Visitors of shop are kept by the application's cookie JSESSIONID, for 1 day after the last request.",
    ),
    "by the balancer": (
        by_balancer, "kept:shop", Grade.PROVED,
        "Visitors of shop are kept by the load balancer's cookie, for 30 minutes after the last request.",
    ),
    "across no zones": (
        across_no_zones, "kept:shop", Grade.REFUSED,
        "Visitors are to be kept, but shop has cross-zone load balancing switched off; AWS keeps no visitors then.",
    ),
    "at random": (
        at_random, "kept:shop", Grade.REFUSED,
        "Visitors are to be kept, but shop picks servers at random with weights; AWS keeps no visitors then.",
    ),
    "divided, by the application": (
        divided_and_application, "divided:80:0", Grade.REFUSED,
        "HTTP 80 divides visitors by weight among shop and green; the application's cookie does not keep them there.",
    ),
    "divided, and kept": (
        divided_and_kept, "divided:80:0", Grade.PROVED,
        "HTTP 80 divides visitors by weight, and keeps each with one of shop and green.",
    ),
    "divided": (
        divided, "divided:80:0", Grade.REFUSED,
        "HTTP 80 divides visitors by weight and does not keep them with a group: they change between shop and green.",
    ),
    "divided by a rule": (
        divided_by_a_rule, "divided:80:5", Grade.REFUSED,
        "HTTP 80, rule 5 divides visitors by weight and does not keep them with a group: they change between shop and "
        "green.",
    ),
    "an idle group": (
        idle, "kept:shop", Grade.PROVED,
        "Visitors of shop are kept by the application's cookie JSESSIONID, for 1 day after the last request.",
    ),
}  # fmt: skip


def about(found: list[Finding]) -> dict[str, Finding]:
    return {each.id: each for each in found if each.id.startswith(("kept", "divided", "moved"))}


class Outside(Between):
    """Whose load balancer answers with these cookies."""

    def __init__(self, cloud: Aws, *cookies: str) -> None:
        super().__init__(cloud)
        self.cookies, self.seen = cookies, list[str]()

    def look_at(self, url: str) -> Page:
        self.seen.append(url)
        return Page(200, {"set-cookie": "\n".join(self.cookies)} if self.cookies else {})


@pytest.mark.parametrize("state", STATES)
@pytest.mark.some("divided, by the application", "an idle group")
def test_each_state_is_told(account: PracticeAccount, cloud: Aws, state: str) -> None:
    made, id, grade, sentence = STATES[state]
    made(Front(account))
    found = about(check(cloud))
    assert (found[id].grade, found[id].sentence) == (grade, sentence)
    wrong = {each.id for each in found.values() if each.grade is Grade.REFUSED}
    assert wrong == ({id} if grade is Grade.REFUSED else set())
    assert mended_or_why_not("alb", checked("alb", cloud, {"load_balancer": "shop"})) == []


def test_an_idle_group_divides_nobody(account: PracticeAccount, cloud: Aws) -> None:
    idle(Front(account))
    assert list(about(check(cloud))) == ["kept:shop"]


def test_who_was_with_a_server_that_is_ill_was_moved(account: PracticeAccount, cloud: Aws) -> None:
    shop = Front(account)
    by_application(shop)
    two: Any = WithHealth(cloud, (ill(state="healthy"), ill("Target.Timeout")))
    found = about(check(two))
    assert found["moved:shop"].sentence.startswith("1 of 2 servers in shop are not healthy; their visitors were moved")


def test_where_an_applications_cookie_cannot_keep_them_the_balancers_does(
    account: PracticeAccount, cloud: Aws, journal: Journal, clock: FakeClock
) -> None:
    divided_and_application(Front(account))
    subject = {"load_balancer": "shop"}
    mended_and_back("alb", cloud, journal, clock, subject, lambda: picture(account), cause="divided", after="works")


BOTH = ("JSESSIONID=a; Path=/; HttpOnly", "AWSALBAPP-0=b; Expires=Mon, 07 Dec 2026 10:00:00 GMT; Path=/")


@pytest.mark.parametrize(
    ("cookies", "grade", "sentence"),
    [
        (BOTH, Grade.PROVED, "The load balancer keeps visitors who have JSESSIONID."),
        ((), Grade.NOT_CHECKED, "sets no cookie for somebody who is not signed in."),
        (BOTH[:1], Grade.REFUSED, "sets JSESSIONID, but the load balancer adds nothing to it."),
        (("lang=en", "jsessionid=a"), Grade.CAUTION, "the cookie JSESSIONID; the site sets lang, jsessionid."),
        (("JSESSIONID=a; Path=/; Secure", BOTH[1]), Grade.CAUTION, "only sent back over https"),
        (("JSESSIONID=a; Path=/app", BOTH[1]), Grade.CAUTION, "is sent back only below /app"),
    ],
)  # fmt: skip
@pytest.mark.some(2)
def test_what_a_page_sets_is_compared(
    account: PracticeAccount, cloud: Aws, cookies: tuple[str, ...], grade: Grade, sentence: str
) -> None:
    by_application(Front(account))
    outside: Any = Outside(cloud, *cookies)
    subject = {"load_balancer": "shop", "probe": "yes"}
    (found,) = [each for each in flows.find("alb").diagnose(outside, subject) if each.id == "cookie:shop"]
    assert found.grade is grade and sentence in found.sentence, found
    assert outside.seen == ["http://shop-1.eu-central-1.elb.amazonaws.com/"]


@pytest.mark.parametrize(
    ("attributes", "told"),
    [
        ("Max-Age=600", "JSESSIONID itself ends after 10 minutes unless an answer sets it anew"),
        ("Max-Age=600; Expires=Thu, 31 Dec 2099 23:59:59 GMT", "ends after 10 minutes"),
        ("Expires=Thu, 01 Jan 1970 00:00:00 GMT", "takes JSESSIONID away"),
        ("Max-Age=604800", ""),
        ("Expires=soon", ""),
        ("Expires=Thu, 01 Jan 1970 00:00:00 -0000", ""),
        ("SameSite=Lax", "Inside pages of other sites it is not sent back (SameSite=Lax)"),
    ],
)
@pytest.mark.some(1)
def test_what_ends_it_all_the_same_is_told(account: PracticeAccount, cloud: Aws, attributes: str, told: str) -> None:
    by_application(Front(account))
    outside: Any = Outside(cloud, f"{BOTH[0]}; {attributes}", BOTH[1])
    subject = {"load_balancer": "shop", "probe": "yes"}
    (found,) = [each for each in flows.find("alb").diagnose(outside, subject) if each.id == "cookie:shop"]
    assert found.grade is Grade.PROVED
    assert told in found.remedy if told else not found.remedy


def test_no_page_is_fetched_unless_that_is_allowed(account: PracticeAccount, cloud: Aws) -> None:
    by_application(Front(account))
    outside: Any = Outside(cloud, *BOTH)
    (found,) = [each for each in check(outside) if each.id == "cookie:shop"]
    assert found.grade is Grade.NOT_CHECKED and "--set probe=yes" in found.remedy and found.aside
    assert outside.seen == []
