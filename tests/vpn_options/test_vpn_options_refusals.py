"""What AWS would refuse of a tunnel is refused before, with what to enter; what cuts the office off needs a yes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from vpn_options.cases import MODERN, TIMES, session
from vpn_options.test_vpn_options_apply_and_undo import change, speaks, up

import flows
from flows.engine import Blocked, Danger, Journal, Refused
from flows.engine.boto import Aws
from flows.practice import PracticeAccount

NOTHING: Mapping[str, Any] = {"connection": "branch", "encryption": "as-it-is", "logs": "as-it-is"}


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("phase_1_lifetime", "899", "899 is not 900 to 28800 seconds."),
        ("phase_1_lifetime", "28801", "28801 is not 900 to 28800 seconds."),
        ("phase_2_lifetime", "3601", "3601 is not 900 to 3600 seconds."),
        ("rekey_margin", "59", "59 is not 60 to 1800 seconds."),
        ("rekey_fuzz", "101", "101 is not 0 to 100 percent."),
        ("rekey_fuzz", "-1", "-1 is not 0 to 100 percent."),
        ("rekey_fuzz", "--1", "“--1” is not a whole number."),
        ("replay_window", "63", "63 is not 64 to 2048 packets."),
        ("silent_after", "29", "29 is not 30 to 86400 seconds."),
        ("silent_after", "4" * 5000, f"{'4' * 5000} is not 30 to 86400 seconds."),
        ("silent_after", "half a minute", "“half a minute” is not a whole number."),
        ("ike_versions", "ikev3", "“ikev3” is not among the choices for ike_versions."),
        ("phase_1_groups", "5", "“5” is not among the choices for phase_1_groups."),
        ("connection", "nowhere", "“nowhere” is not among the choices for connection."),
    ],
)
def test_one_answer_alone(cloud: Aws, key: str, value: str, said: str) -> None:
    with pytest.raises(Refused) as refused:
        session(cloud, None, {**NOTHING, key: value})
    assert said in str(refused.value)


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        ({}, "Nothing changes: the tunnels of branch are like that already."),
        ({"phase_1_lifetime": "3600"}, "phase 2 would last 3600 s and phase 1 3600 s"),
        ({"phase_2_lifetime": "900", "rekey_margin": "451"}, "a rekey margin of 451 s is more than half of the 900 s"),
        ({"started_by": "start"}, "AWS starts tunnel 1 only with IKEv2, and IKEv1 would be allowed as well."),
    ],
)  # fmt: skip
def test_answers_that_do_not_fit_with_each_other_or_with_what_stays(
    cloud: Aws, answers: Mapping[str, Any], said: str
) -> None:
    refused = [each for each in session(cloud, None, {**NOTHING, **answers}).review().findings
               if each.grade.value == "refused"]  # fmt: skip
    assert said in refused[0].sentence and refused[0].remedy


def test_the_only_tunnel_that_is_up_needs_a_yes(account: PracticeAccount, cloud: Aws, journal: Journal) -> None:
    speaks(account, "ikev2")
    change(account, 1, IKEVersions=[{"Value": "ikev1"}])
    assert up(account) == [False, True]
    made = session(cloud, journal, TIMES)
    review = made.review()
    assert [action.id for action in review.plan.actions] == ["tunnel-1", "tunnel-2"], "the one that is down comes first"
    (caution,) = (each for each in review.cautions if each.confirm)
    assert (caution.id, caution.danger) == ("cuts-the-only-tunnel", Danger.STOPS)
    assert caution.message.startswith("Tunnel 2 is the only one that is up: while it is changed")
    with pytest.raises(Blocked):
        list(made.apply())


def test_the_one_that_is_down_is_changed_alone_without_a_yes(account: PracticeAccount, cloud: Aws) -> None:
    speaks(account, "ikev2")
    change(account, 1, IKEVersions=[{"Value": "ikev1"}])
    review = session(cloud, None, {**MODERN, "tunnels": "1"}).review()
    assert not [each for each in review.cautions if each.confirm]
    assert any("nothing proves that it comes up" in each.sentence for each in review.findings)


def test_the_last_question_says_that_all_as_it_is_changes_nothing() -> None:
    essential = [each for each in flows.find("vpn_options").questions if not each.fine_tuning]
    assert "change only by what you set on the review" in essential[-1].why
