"""One's own pre-shared keys: from a file to AWS and to the device's file, and nowhere else."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from support.clock import FakeClock
from vpn.cases import STATIC, session

from flows.engine import Blocked, Call, CloudError, Finding, Grade, Journal, Session
from flows.engine.boto import Aws
from flows.export.cli import script
from flows.vpn import own_keys

FIRST, SECOND = "First.Key_of.the.office1", "Second.Key_of.the.office2"
Keys = Callable[..., Path]


@pytest.fixture
def keys(tmp_path: Path) -> Keys:
    """A file with these lines, which only its owner reads."""

    def write(*lines: str, mode: int = 0o600) -> Path:
        path = tmp_path / "my keys.txt"
        path.write_text("".join(f"{line}\n" for line in lines))
        path.chmod(mode)
        return path

    return write


def with_keys(cloud: Aws, journal: Journal | None, path: Path, clock: FakeClock, **more: Any) -> Session:
    return session(cloud, journal, {**STATIC, "keys": "own", "key_file": str(path), **more}, clock=clock)


def of(found: list[Any]) -> dict[str, Any]:
    return {each.id: each for each in found}


def test_they_reach_aws_and_the_devices_file_and_nothing_else_of_ours(
    cloud: Aws, journal: Journal, clock: FakeClock, keys: Keys
) -> None:
    made = with_keys(cloud, journal, keys(FIRST, SECOND), clock)
    review = made.review()
    (finding,) = (each for each in review.findings if each.id == "own-keys")
    assert finding.grade is Grade.PROVED
    assert not [event.problem for event in made.apply() if event.problem]
    made.hand_over()
    (found,) = cloud.make(Call("ec2.DescribeVpnConnections"))["VpnConnections"]
    assert [each["PreSharedKey"] for each in found["Options"]["TunnelOptions"]] == [FIRST, SECOND]
    assert made.run is not None
    written = {path.name: path.read_text() for path in made.run.folder.rglob("*") if path.is_file()}
    assert {name for name, text in written.items() if FIRST in text or SECOND in text} == {"swanctl.conf"}
    kept = Path(journal.path).read_bytes().decode("latin-1") + repr(review) + repr(made.answers())
    kept += script(review.plan, flow="vpn", title="x", region="eu-central-1")
    assert FIRST not in kept and SECOND not in kept


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ((FIRST,), "has 1 line."),
        ((FIRST, SECOND, ""), "has 3 lines."),
        ((), "has 0 lines."),
        (("short.7", SECOND), "The key of tunnel 1 has 7 characters; AWS takes 8 to 64."),
        ((FIRST, "x" * 65), "The key of tunnel 2 has 65 characters; AWS takes 8 to 64."),
        ((FIRST, ""), "The key of tunnel 2 has 0 characters; AWS takes 8 to 64."),
        (("good#but.not", SECOND), "The key of tunnel 1 has '#' in it; AWS takes letters, digits, “.” and “_” alone."),
        (
            ("no spaces here", SECOND),
            "The key of tunnel 1 has ' ' in it; AWS takes letters, digits, “.” and “_” alone.",
        ),
        (("über.lange.keys", SECOND), "The key of tunnel 1 has '\\xfc' in it"),
        ((FIRST, "0beginning"), "The key of tunnel 2 begins with 0, which AWS does not take."),
        (("0", "§"), "The key of tunnel 1 has 1 characters; AWS takes 8 to 64. The key of tunnel 2 has 1 characters"),
    ],
)
def test_what_aws_would_refuse_is_refused_before(keys: Keys, lines: tuple[str, ...], said: str) -> None:
    (found,) = own_keys.looked_at(keys(*lines))
    assert isinstance(found, Finding) and found.grade is Grade.REFUSED
    assert said in found.sentence and found.remedy
    assert not any(line and len(line) > 2 and line in f"{found.sentence} {found.remedy}" for line in lines)


@pytest.mark.parametrize("key", ["x" * 8, "x" * 64, "_underscore", ".dot.first", "9eight.9"])
def test_what_aws_takes_is_taken(keys: Keys, key: str) -> None:
    assert of(list(own_keys.looked_at(keys(key, SECOND))))["own-keys"].grade is Grade.PROVED


def test_a_file_that_is_not_there_or_is_no_text_is_named(tmp_path: Path) -> None:
    (missing,) = own_keys.looked_at(tmp_path / "none.txt")
    assert isinstance(missing, Finding) and f"{tmp_path / 'none.txt'} cannot be read: No such file" in missing.sentence
    (tmp_path / "binary").write_bytes(b"\xff\xfe\x00")
    (binary,) = own_keys.looked_at(tmp_path / "binary")
    assert isinstance(binary, Finding) and "it is no text" in binary.sentence


def test_the_same_key_twice_and_a_file_that_others_read_are_warned_of(keys: Keys) -> None:
    found = of(list(own_keys.looked_at(keys(FIRST, FIRST, mode=0o644))))
    assert found["own-keys"].grade is Grade.PROVED and {"same-keys", "keys-readable"} < set(found)
    assert "chmod 600" in found["keys-readable"].message


def test_a_file_without_a_folder_is_in_the_current_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert own_keys.path("keys.txt") == tmp_path / "keys.txt"


def test_nothing_is_made_without_them(cloud: Aws, journal: Journal, clock: FakeClock, tmp_path: Path) -> None:
    made = with_keys(cloud, journal, tmp_path / "none.txt", clock)
    with pytest.raises(Blocked, match="cannot be read"):
        list(made.apply())
    assert made.run is None or made.run.plan is None


def test_a_file_that_went_meanwhile_stops_the_connection_alone_and_the_run_goes_on_once_it_is_back(
    cloud: Aws, journal: Journal, clock: FakeClock, keys: Keys
) -> None:
    path = keys(FIRST, SECOND)
    made = with_keys(cloud, journal, path, clock)
    made.review()
    path.unlink()
    problems = [event.problem for event in made.apply() if event.problem]
    assert problems and isinstance(problems[0], CloudError) and str(path) in problems[0].what
    assert not cloud.make(Call("ec2.DescribeVpnConnections")).get("VpnConnections")
    keys(FIRST, SECOND)
    assert not [event.problem for event in made.apply() if event.problem]
    (found,) = cloud.make(Call("ec2.DescribeVpnConnections"))["VpnConnections"]
    assert found["Options"]["TunnelOptions"][1]["PreSharedKey"] == SECOND


def test_the_script_reads_them_from_the_file(cloud: Aws, clock: FakeClock, keys: Keys) -> None:
    plan = with_keys(cloud, None, keys(FIRST, SECOND), clock).review().plan
    text = script(plan, flow="vpn", title="x", region="eu-central-1")
    assert text.count("sed -n '1s/[[:space:]]*$//p'") == 1 == text.count("sed -n '2s/[[:space:]]*$//p'")
    assert "openssl" not in text and "my keys.txt" in text


def test_a_connection_that_exists_keeps_its_keys(
    cloud: Aws, journal: Journal, clock: FakeClock, keys: Keys, tmp_path: Path
) -> None:
    list(session(cloud, journal, STATIC, clock=clock).apply())
    again = with_keys(cloud, None, tmp_path / "none.txt", clock)
    review = again.review()
    assert not review.plan.secrets and "own-keys" not in {each.id for each in review.findings}
