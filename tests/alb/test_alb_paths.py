"""Every way through the questions leads to a review whose plan AWS's own service models accept."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import Any

import botocore.session
import jmespath
import pytest
from alb.cases import GONE, HTTPS, VARIANTS, Front, session
from botocore.validate import validate_parameters

import flows
from flows.engine import Flow, Identity, Plan, Ref
from flows.engine.boto import Aws
from flows.engine.cache import CachedCloud
from flows.engine.plan_permissions import Needs
from flows.engine.references import fill
from flows.export.cli import script
from flows.practice import PracticeAccount

FLOW: type[Flow] = flows.find("alb")
TUNED: list[dict[str, Any]] = [
    {**HTTPS, "protocol": "HTTP", "port": "80", "host": "www.fjord-coffee.example"},
    {**HTTPS, "protocol": "#{protocol}", "port": "80", "path": "/x"},
    {**HTTPS, "open_ports": "no"},
    {**GONE, "open_ports": "no"},
    {**VARIANTS["maintenance"], "open_ports": "no", "existing_rules": "before"},
    {**VARIANTS["moved"], "open_ports": "no", "protocol": "HTTP", "port": "80"},
    {**VARIANTS["moved"], "protocol": "HTTP", "port": "80"},
    {**VARIANTS["moved"], "open_ports": "no"},
    {**VARIANTS["moved"], "load_balancer": "office", "protocol": "HTTPS"},
    {**VARIANTS["moved"], "load_balancer": "office", "open_ports": "no"},
    {**VARIANTS["office"], "open_ports": "no"},
    {**VARIANTS["moved"], "https_listener": "new"},
    {**VARIANTS["moved"], "https_listener": "new", "open_ports": "no"},
    {**HTTPS, "protocol": "HTTP", "port": "80", "host": "www.fjord-coffee.example", "open_ports": "no"},
]


def former(ref: Ref) -> Any:
    """What references are filled with: text, because that is what they all are, but what is put back."""
    if ref.path == "@before" and ref.action.startswith("keep-"):
        return [{"Key": "stickiness.enabled", "Value": "false"}]
    return [{"Type": "forward"}] if ref.path == "@before" and ref.action == "default" else "text"


@pytest.fixture(scope="module")
def once(still: PracticeAccount, still_cloud: Aws) -> CachedCloud:
    Front(still).rule(10, hosts=["*.fjord-coffee.example"], paths=["/img/*"])
    return CachedCloud(still_cloud)


@pytest.fixture(scope="module")
def plans(once: CachedCloud) -> list[tuple[tuple[str, ...], Plan]]:
    made = [session(once, None, answers) for answers in (*VARIANTS.values(), *TUNED)]
    return [(tuple(line.question.id for line in each.trail()), each.review().plan) for each in made]


@pytest.mark.wild
def test_every_route_was_walked(plans: list[tuple[tuple[str, ...], Plan]]) -> None:
    """As the machine itself counts them."""
    assert {route for route, _ in plans} == {tuple(question.id for question in route) for route in FLOW.routes()}


@pytest.mark.wild
def test_every_call_is_accepted_by_its_service_model(plans: list[tuple[tuple[str, ...], Plan]]) -> None:
    core = botocore.session.get_session()
    seen = set()
    for _, plan in plans:
        for call in plan.calls():
            model = core.get_service_model(call.service).operation_model(call.name)
            filled = fill(call.params, former)
            validate_parameters(filled, model.input_shape)
            seen.add(call.operation)
    assert {
        "elbv2.CreateListener",
        "elbv2.CreateRule",
        "elbv2.ModifyListener",
        "elbv2.ModifyListenerAttributes",
        "elbv2.ModifyTargetGroupAttributes",
    } <= seen


@pytest.mark.wild
def test_every_path_into_an_answer_exists(plans: list[tuple[tuple[str, ...], Plan]]) -> None:
    for _, plan in plans:
        for action in plan.actions:
            for path in plan.paths_into(action.id):
                jmespath.compile(path)
                assert path.lstrip("(").split("[")[0] in ("Listeners", "Rules", "SecurityGroupRules")


@pytest.mark.wild
def test_every_permission_is_known(plans: list[tuple[tuple[str, ...], Plan]]) -> None:
    who = Identity("123456789012", "arn:aws:iam::123456789012:user/kim", "eu-central-1")
    needed = {need.action for _, plan in plans for need in Needs(who, "alb", plan).all}
    assert not [action for action in needed if action.startswith("?")]
    assert {"elasticloadbalancing:AddTags", "elasticloadbalancing:DescribeTags", "ec2:CreateTags"} <= needed


def test_redirects_always_have_all_six_fields(plans: list[tuple[tuple[str, ...], Plan]]) -> None:
    found = [
        action["RedirectConfig"]
        for _, plan in plans
        for each in plan.actions
        for action in each.call.params.get("DefaultActions", each.call.params.get("Actions", []))
        if not isinstance(action, Ref) and action["Type"] == "redirect"
    ]
    assert found
    assert {frozenset(config) for config in found} == {
        frozenset(("Protocol", "Port", "Host", "Path", "Query", "StatusCode"))
    }


def test_nothing_is_looked_up_twice(still_cloud: Aws) -> None:
    """Answering and reviewing asks AWS each question once."""
    from support.clouds import Between

    between = Between(still_cloud)
    session(between, None, VARIANTS["office"]).review()
    asked = [f"{call.operation} {call.params}" for call in between.calls]
    assert sorted(asked) == sorted(set(asked))
    assert len(asked) < 40


@pytest.mark.wild
def test_the_script_says_what_the_plan_does(plans: list[tuple[tuple[str, ...], Plan]], tmp_path: Path) -> None:
    """Every step of every plan, in a script that shellcheck has nothing to say about."""
    for number, (_, plan) in enumerate(plans):
        text = script(plan, flow="alb", title=FLOW.title, region="eu-central-1")
        (tmp_path / f"{number}.sh").write_text(text)
        for action in plan.actions:
            assert action.sentence in text
    if shutil.which("shellcheck") is None:
        pytest.skip("there is no shellcheck on this machine to ask")
    subprocess.run(["shellcheck", *map(str, tmp_path.glob("*.sh"))], check=True)
