"""What a listener does is told in AWS's own words where they are not known here."""

from __future__ import annotations

import pytest

from flows.aws import load_balancers as lb
from flows.aws.listener_rules import told

TO_HTTPS = {"Protocol": "HTTPS", "Port": "443", "Host": "#{host}", "Path": "/#{path}", "Query": "#{query}"}


@pytest.mark.parametrize(
    ("status", "sentence"),
    [
        ("HTTP_301", "301 to the same address by https"),
        ("HTTP_308", "308 to the same address by https"),
        ("PERMANENT", "redirect (PERMANENT)"),
    ],
)
def test_a_redirects_status_may_be_a_word_of_next_year(status: str, sentence: str) -> None:
    assert told(lb.answer([{"Type": "redirect", "RedirectConfig": {**TO_HTTPS, "StatusCode": status}}])) == sentence


def test_an_action_may_be_one_of_next_year() -> None:
    assert told(lb.answer([{"Type": "teleport"}])) == "teleport"
