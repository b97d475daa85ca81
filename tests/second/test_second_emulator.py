"""The set-ups on an AWS that neither we nor moto made: what it knows runs whole, and is taken back whole."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from elsewhere.everything import Things, everything, parts_of
from second.ministack import KEYS, PROGRAM, Second, furnished, ministack
from support.clock import FakeClock

from flows import SET_UPS
from flows.engine import apply, undo
from tui.cli.main import main

pytestmark = [
    pytest.mark.wild,
    pytest.mark.skipif(
        not PROGRAM.exists(), reason="the second emulator is not installed: make .venv-second/test.done"
    ),
    pytest.mark.xdist_group("second emulator"),
]
TRIED: Mapping[str, tuple[tuple[str, ...], Mapping[str, Any]]] = {
    "vpn": (("ec2",), {
        "vpc": "shop", "gateway_ip": "203.0.113.10", "networks": ["192.168.10.0/24"], "routing": "static",
        "route_tables": ["in-a", "in-b"], "security_groups": ["app"], "name": "office", "allow": ["ping", "ssh"],
    }),
    "peering": (("ec2",), {
        "vpc": "shop", "whose": "owner", "peer_account": "210987654321", "peer_region": "eu-central-1",
        "peer_vpc_id": "vpc-0123456789abcdef0", "peer_networks": ["10.40.0.0/16"], "security_groups": ["app"],
    }),
    "vpn_options": (("ec2",), {"connection": "branch", "encryption": "modern", "logs": "as-it-is"}),
    "alb": (("elbv2", "ec2"), {"load_balancer": "shop", "action": "redirect", "scope": "all", "status": "301"}),
    "alb, kept": (("elbv2",), {
        "load_balancer": "shop", "action": "stick", "keep_by": "application", "target_groups": ["shop"],
        "cookie": "JSESSIONID",
    }),
    "website": (("cloudfront", "s3"), {
        "bucket": "fjord-files", "origin": "fjord-files.s3.eu-central-1.amazonaws.com", "domain": "",
        "single_page_app": "no", "lock_origin": "yes",
    }),
    "aurora": (("rds", "ec2"), {
        "name": "shop-db", "engine": "aurora-postgresql", "min_capacity": "0.5", "max_capacity": "4", "vpc": "shop",
        "access": "vpc",
    }),
    "database_hours": (("rds", "iam"), {
        "cluster": "reports", "days": "MON,TUE", "time_zone": "Europe/Berlin", "from": "08:00", "to": "18:00",
    }),
    "s3_lambda": (("s3", "lambda"), {
        "bucket": "fjord-files", "function": "resize-photos", "events": ["s3:ObjectCreated:*"], "prefix": "in/",
        "suffix": ".jpg",
    }),
    "share_snapshot": (("rds",), {
        "database": "orders", "account": "210987654321", "region": "eu-central-1", "snapshot_name": "for-partner",
    }),
    "share_ami": (("ec2",), {
        "instance": "shop-1", "image_name": "golden", "consistency": "stop", "account": "210987654321",
        "region": "eu-central-1", "launch": "no",
    }),
    "wordpress": (("ec2", "iam"), {
        "mode": "new_instance", "instance_type": "t3.small", "subnet": "out-a", "domain": "",
        "upload_limit_mb": "100", "memory_limit_mb": "256",
    }),
    "spa_pipeline": (("s3", "iam"), {
        "name": "shop-front", "source": "codecommit", "repository": "shop-front", "branch": "main",
        "site_bucket": "fjord-shop-front", "build_output": "dist",
    }),
    "s3_pipeline": (("s3", "iam"), {
        "pipeline": "shop-front", "bucket": "fjord-source", "object_key": "app/source.zip", "detection": "eventbridge",
    }),
}  # fmt: skip
"""Each set-up, and another way of it: the services whose things are looked at before and after, and the answers."""
ACCEPTED = (
    "bucket-instead-of-website", "private-bucket-opened", "no-healthy-server", "open-origin", "port-to-everybody",
    "hsts", "versioning-on", "public-http", "set-up-page-open", "stops", "restarts", "address-changes",
    "compare-the-number",
)  # fmt: skip
LACKS: Mapping[str, str] = {
    "vpn_options": "is not among the choices",  # it has no connection with tunnels, and no ModifyVpnTunnelOptions
    "share_snapshot": "rds.ModifyDBSnapshotAttribute",
    "share_ami": "ec2.CreateImage",
    "wordpress": "agent has not answered",  # no machine there ever has one
    "spa_pipeline": "codecommit",
    "s3_pipeline": "codepipeline",
}
"""What it cannot do from the first call to the last, and of what the run says that it lacks it."""
WHOLE = [flow for flow in TRIED if flow not in LACKS]
KEEPS: Mapping[str, str] = {"wordpress": "vol-"}
"""What it keeps though it says that it goes with something else: the disk of a machine that was ended."""
DECIDED: Mapping[str, tuple[str, ...]] = {
    "aurora": ("--set", "final_snapshot=no"), "wordpress": ("--set", "last_snapshot=no"),
}  # fmt: skip
"""What a person must decide before it is taken back."""


@pytest.fixture(scope="module")
def second(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Second]:
    with ministack(tmp_path_factory.mktemp("second")) as account:
        furnished(account)
        yield account


@pytest.fixture(autouse=True)
def here(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in KEYS.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(apply, "RealClock", FakeClock)
    monkeypatch.setattr(undo, "RealClock", FakeClock)


def test_each_set_up_is_tried() -> None:
    assert {each.partition(",")[0] for each in TRIED} == set(SET_UPS)


@pytest.mark.parametrize("flow", WHOLE)
def test_it_runs_whole_and_is_taken_back_whole(
    second: Second, flow: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Everything is there, and then nothing but what was there before."""
    before = seen(second, flow)
    code, made = handrail(second, flow, tmp_path, capsys)
    assert code == 0, made
    assert seen(second, flow) != before
    assert taken_back(second, made["run"], capsys) == (0, "undone")
    assert seen(second, flow) == before


@pytest.mark.parametrize("flow", LACKS)
def test_what_it_lacks_is_said_and_the_rest_taken_back(
    second: Second, flow: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It stops at what is not known there and says so, and undo leaves nothing but what the emulator itself keeps."""
    before = seen(second, flow)
    code, made = handrail(second, flow, tmp_path, capsys)
    assert code in (1, 2, 3), made
    assert LACKS[flow] in made["error"]["message"], made["error"]
    if made.get("run"):
        assert taken_back(second, made["run"], capsys) == (0, "undone")
    after = seen(second, flow)
    assert [name[:4] for name in after.keys() - before.keys()] == ([KEEPS[flow]] if flow in KEEPS else [])
    assert {name: after.get(name) for name in before} == before


def seen(second: Second, flow: str) -> Things:
    return everything(second, parts_of(TRIED[flow][0]))


def handrail(
    second: Second, flow: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> tuple[int, Mapping[str, Any]]:
    answers = folder / "answers.json"
    answers.write_text(json.dumps(TRIED[flow][1]))
    accepted = [word for id in ACCEPTED for word in ("--accept", id)]
    return said(("run", flow.partition(",")[0], "--answers", str(answers), *accepted), second, capsys)


def taken_back(second: Second, run: str, capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    decided = DECIDED.get(run.partition("-")[0], ())
    code, document = said(("undo", run, *decided), second, capsys)
    return code, document.get("status", str(document))


def said(words: tuple[str, ...], second: Second, capsys: pytest.CaptureFixture[str]) -> tuple[int, Mapping[str, Any]]:
    with pytest.raises(SystemExit) as ended:
        main([*words, "--yes", "--output", "json", "--endpoint-url", second.url])
    return int(ended.value.code or 0), json.loads(capsys.readouterr().out)
