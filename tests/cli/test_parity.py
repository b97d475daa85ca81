"""One plan, every use: a journey gives the identical plan, whichever face leads through it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

import flows
from flows.engine import Asking, Cloud, Picks, Place, Plan, Session
from flows.engine.boto import Aws
from tui.answers_file import load_answers
from tui.lines.conversation import Conversation
from tui.lines.reading import Quit

Step = tuple[str, str]
"""Which question, and the reply; a key that was answered before is a change of mind."""

STATIC: list[Step] = [
    ("vpc", "shop"),
    ("gateway_ip", "203.0.113.10"),
    ("device", "linux"),
    ("networks", "192.168.10.0/24, 192.168.20.0/24"),
    ("routing", "static"),
    ("route_tables", "shop-private-a, shop-private-b"),
    ("security_groups", "app"),
    ("name", "office"),
]
BGP: list[Step] = [
    *STATIC[:4],
    ("routing", "bgp"),
    ("asn", "65010"),
    *STATIC[5:],
]
JOURNEYS: dict[str, list[Step]] = {
    "static": STATIC,
    "bgp": BGP,
    "a mind that changed": [
        *STATIC,
        ("routing", "bgp"),
        ("asn", "64512.5"),
        ("vpc", "staging"),
        ("route_tables", "staging-private"),
        ("security_groups", "default"),
        ("name", "harbour"),
    ],
    "another device": [*BGP, ("device", "7125681a"), ("name", "harbour")],
    "there and back": [*STATIC, ("routing", "bgp"), ("asn", "65010"), ("routing", "static")],
    "fine-tuning": [
        *BGP,
        ("allow", "ssh, tcp/8080"),
        ("amazon_asn", "64600"),
        ("route_method", "fixed"),
        ("encryption", "compatible"),
        ("behind_nat", "yes"),
        ("keys", "secrets_manager"),
        ("inside_networks", "169.254.44.244/30, 169.254.44.248/30"),
        ("interface", "ens3"),
    ],
}


def last_words(steps: list[Step]) -> dict[str, str]:
    """What holds in the end: the last reply to each question, as an answers file would say it."""
    said = dict(steps)
    if said["routing"] == "static":
        said.pop("asn", None)
    return said


# -- the faces: each takes an account and a journey, and gives the plan --------------------------------------


def by_session(cloud: Cloud, steps: list[Step], folder: Path) -> Plan:
    """No face at all."""
    session = _fresh(cloud)
    for key, reply in steps:
        state = session.state()
        if not isinstance(state, Asking) or state.question.id != key:
            session.revisit(key)
        session.answer(reply)
        state = session.state()
        assert not (isinstance(state, Asking) and state.question.id == key and state.problem), state
    return session.review().plan


def by_file(cloud: Cloud, steps: list[Step], folder: Path) -> Plan:
    """An answers file in YAML."""
    path = folder / "answers.yaml"
    path.write_text(yaml.safe_dump(last_words(steps)))
    return _filled(cloud, load_answers(path, ()))


def by_json(cloud: Cloud, steps: list[Step], folder: Path) -> Plan:
    """An answers file in JSON, with real lists."""
    lists = {
        key: [part.strip() for part in reply.split(",")] if "," in reply else reply
        for key, reply in last_words(steps).items()
    }
    path = folder / "answers.json"
    path.write_text(json.dumps(lists))
    return _filled(cloud, load_answers(path, ()))


def by_flags(cloud: Cloud, steps: list[Step], folder: Path) -> Plan:
    """`--set` alone."""
    return _filled(cloud, load_answers(None, [f"{key}={reply}" for key, reply in last_words(steps).items()]))


def by_prompts(cloud: Cloud, steps: list[Step], folder: Path) -> Plan:
    """Line prompts, with somebody who answers what is asked and changes the rest at the review."""
    session = _fresh(cloud)
    left = list(steps)

    def ask(prompt: str, start: str) -> str:
        state = session.state()
        if isinstance(state, Asking):
            for number, (key, reply) in enumerate(left):
                if key == state.question.id:
                    del left[number]
                    return reply
            return "yes" if state.cautions else start  # an answer that was kept is taken with Enter
        if not left:
            raise Quit
        return f"change {left[0][0]}"

    Conversation(session, ask).hold()
    assert not left, left
    return session.review().plan


Face = Callable[[Cloud, list[Step], Path], Plan]
FACES: Mapping[str, Face] = {
    "file": by_file,
    "json": by_json,
    "flags": by_flags,
    "prompts": by_prompts,
}
"""Every way to drive a set-up but the bare session. A new face is one function and one line here."""


@pytest.mark.parametrize("journey", JOURNEYS)
@pytest.mark.some("bgp")
def test_every_face_leads_to_the_identical_plan(
    cloud: Aws, tmp_path: Path, journey: str, capsys: pytest.CaptureFixture[str]
) -> None:
    steps = JOURNEYS[journey]
    expected = by_session(cloud, steps, tmp_path)
    assert expected.actions
    for name, face in FACES.items():
        assert face(cloud, steps, tmp_path) == expected, name


@pytest.mark.wild
def test_the_journeys_differ(cloud: Aws, tmp_path: Path) -> None:
    """A comparison that could not fail proves nothing."""
    plans = [
        by_session(cloud, JOURNEYS[name], tmp_path) for name in ("static", "bgp", "a mind that changed", "fine-tuning")
    ]
    assert all(one != other for number, one in enumerate(plans) for other in plans[number + 1 :])
    assert by_session(cloud, JOURNEYS["there and back"], tmp_path) == plans[0]


def test_the_journeys_answer_every_question_that_a_person_can_be_asked() -> None:
    asked = {key for steps in JOURNEYS.values() for key, _ in steps}
    essential = {question.id for question in flows.find("vpn").questions if not question.fine_tuning}
    assert essential <= asked
    assert any(isinstance(flows.find("vpn").question(key), Picks) for key in asked)


def _fresh(cloud: Cloud) -> Session:
    return Session(flows.find("vpn"), cloud, place=Place(practice=True))


def _filled(cloud: Cloud, answers: Mapping[str, Any]) -> Plan:
    session = _fresh(cloud)
    session.fill(answers)
    return session.review().plan
