"""However somebody wanders, answering, going back, changing and resuming, the way never matters."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from vpn.cases import OWN_KEYS as VPN

import flows
from flows.engine import Asking, Journal, Place, Reviewing, SecretText, Session
from flows.engine.boto import Aws
from flows.engine.cache import CachedCloud
from flows.practice import open_account

REPLIES: Mapping[str, list[Any]] = {
    "vpc": ["shop", "staging", "nowhere", ""],
    "gateway_ip": ["203.0.113.10", "198.51.100.99", "8.8.8.8", "10.0.0.1", "house", ""],
    "networks": ["192.168.10.0/24", ["192.168.10.0/24", "172.20.0.0/16"], "10.20.5.0/24", "10.0.5.0/24", "", "x"],
    "routing": ["static", "bgp", "rip"],
    "vpn_gateway": ["new", "staging-vgw", "vgw-0"],
    "asn": ["65000", "65010", "64512", "7224", "many"],
    "amazon_asn": ["64512", "64600", "65010", "1"],
    "route_tables": [["shop-private-a"], ["staging-private"], ["shop-private-a", "shop-private-b"], [], ["other"]],
    "security_groups": [[], ["app"], ["web", "app"], ["default"], ["other"]],
    "name": ["office", "office-berlin", "", "ünï"],
    "allow": ["ping", ["ssh", "https"], "tcp/8080", "everything", ""],
    "route_method": ["propagation", "fixed", "none"],
    "encryption": ["modern", "compatible"],
    "behind_nat": ["yes", "no", "perhaps"],
    "startup": ["aws", "device"],
    "keys": ["connection", "secrets_manager", "own", "mine"],
    **{key: [VPN[key], "@/no/such/file", "typed.on.a.command.line", ""] for key in ("psk_1", "psk_2")},
    "inside_networks": ["", "169.254.44.244/30, 169.254.44.248/30", "169.254.0.0/30, 169.254.44.248/30", "1"],
}
"""What people say: good and bad, fitting to one answer and not to another."""


class Wandering(RuleBasedStateMachine):
    """A person in front of the VPN set-up, with a journal and a mind of their own."""

    @initialize()
    def begin(self) -> None:
        self.stack = ExitStack()
        folder = Path(self.stack.enter_context(tempfile.TemporaryDirectory()))
        account = self.stack.enter_context(open_account(folder / "practice", hurry=True))
        self.cloud = CachedCloud(Aws(Place(practice=True), account.session))
        self.journal = Journal(folder / "state")
        self.session = Session(flows.find("vpn"), self.cloud, self.journal)
        self.said: dict[str, Any] = {}

    def teardown(self) -> None:
        if hasattr(self, "stack"):
            self.session.close()
            self.stack.close()

    # -- what a person does ------------------------------------------------------------------------------

    @rule(data=st.data())
    def say(self, data: st.DataObject) -> None:
        state = self.session.state()
        if not isinstance(state, Asking):
            return
        key = state.question.id
        reply = data.draw(st.sampled_from(REPLIES[key]) if key in REPLIES else st.just(state.said), label=key)
        self.session.answer(reply)
        after = self.session.state()
        refused = isinstance(after, Asking) and after.question.id == key and after.problem is not None
        if refused:
            assert isinstance(after, Asking)
            hidden = isinstance(after.question, SecretText)
            assert after.said == (self.said.get(key) if hidden else reply), (
                "a problem belongs to the reply in the field"
            )
            assert after.problem is not None and after.problem.what
        else:
            self.said[key] = reply

    @rule()
    def go_back(self) -> None:
        kept = {key: self.session._said[key].raw for key in self.session._said}
        self.session.back()
        assert {key: self.session._said[key].raw for key in self.session._said} == kept

    @rule(key=st.sampled_from([question.id for question in flows.find("vpn").questions]))
    def look_at(self, key: str) -> None:
        self.session.revisit(key)

    @rule(key=st.sampled_from([question.id for question in flows.find("vpn").questions if question.fine_tuning]))
    def leave_it_to_the_default(self, key: str) -> None:
        self.session.use_default(key)
        self.said.pop(key, None)

    @precondition(lambda self: self.session.run is not None)
    @rule()
    def come_back_tomorrow(self) -> None:
        assert self.session.run is not None
        run = self.session.run.id
        self.session.close()
        self.session = Session(flows.find("vpn"), self.cloud, self.journal, run=self.journal.run(run))

    # -- what must hold ----------------------------------------------------------------------------------

    @invariant()
    def there_is_always_a_way_on(self) -> None:
        """Either the review, or a question with something to show."""
        if not hasattr(self, "session"):
            return
        state = self.session.state()
        if isinstance(state, Reviewing):
            assert state.review.plan.actions
            return
        assert state.question.when.holds(self.session._walk()[0].answers)
        assert state.offer is None or state.offer.options or state.offer.way_out
        assert not state.because or state.problem is not None

    @invariant()
    def no_answer_is_lost(self) -> None:
        """Every reply that was ever accepted is still there, here and in the journal."""
        if not hasattr(self, "session"):
            return
        assert {key: said.raw for key, said in self.session._said.items()} == self.said
        if self.session.run is not None:
            assert dict(self.session.run.record.answers) == self.said

    @invariant()
    def how_we_got_here_does_not_matter(self) -> None:
        """A new session with the same replies stands at the same question, or has the same plan."""
        if not hasattr(self, "session"):
            return
        other = Session(flows.find("vpn"), self.cloud)
        other.suggest(self.said)
        here, there = self.session.state(), other.state()
        if isinstance(here, Reviewing):
            assert isinstance(there, Reviewing)
            assert here.review.plan == there.review.plan
        elif isinstance(there, Asking) and not self.session._revisiting:
            assert here.question is there.question


Wandering.TestCase.settings = settings(
    max_examples=5,
    stateful_step_count=30,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
TestWandering = Wandering.TestCase


@pytest.mark.wild
class TestWanderingFar(Wandering.TestCase):
    settings = settings(Wandering.TestCase.settings, max_examples=25)
