"""Whatever is wrong with a file of answers: a sentence that says where and why."""

# ruff: noqa: E501 - the sentences stand whole, as a person reads them

from __future__ import annotations

from pathlib import Path

import pytest
from support.command import Account, Command

FILES: dict[str, tuple[bytes, str]] = {
    "broken.yaml": (b"vpc: shop\nname: [a\nrouting: static\n", "broken in line 3, column 8: expected ',' or ']', but got ':'. The line is: routing: static"),
    "tab.yaml": (b"vpc:\tshop\n", "broken in line 1, column 5"),
    "broken.json": (b'{"vpc": "shop",\n "name": }', 'broken in line 2, column 10: Expecting value. The line is: "name": }'),
    "empty.json": (b"", "broken in line 1, column 1"),
    "twice.yaml": (b"vpc: shop\nname: a\nname: b\n", "broken in line 3, column 1: “name” stands here twice. The line is: name: b"),
    "twice.json": (b'{"vpc": "a",\n "vpc": "b"}', "line 2, column 2: “vpc” stands here twice"),
    "list.yaml": (b"- vpc\n- name\n", "holds no answers."),
    "list.json": (b"[1, 2]", "holds no answers."),
    "text.yaml": (b"hello\n", "holds no answers."),
    "empty.yaml": (b"", "4 answers are missing"),
    "comments.yaml": (b"# nothing yet\n", "4 answers are missing"),
    "noise.yaml": (bytes(range(256)), "is not a text file (UTF-8)."),
    "latin.yaml": ("name: büro".encode("latin-1"), "is not a text file (UTF-8)."),
    "nul.yaml": (b"vpc: a\0b\n", "#x0000"),
    "huge.yaml": (b"vpc: " + b"x" * 5_000_000, "is far too large."),
    "deep.yaml": (b"vpc: " + b"[" * 5000, "is nested too deeply."),
    "deep.json": (b"[" * 100_000, "is nested too deeply."),
    "key.yaml": (b"? [a, b]\n: c\n", "broken in line 1, column 3"),
}  # fmt: skip


@pytest.mark.parametrize("name", FILES)
@pytest.mark.some("list.json", "list.yaml", "tab.yaml", "text.yaml", "twice.json", "twice.yaml")
def test_a_file_that_cannot_be_used_says_where_and_why(handrail: Command, tmp_path: Path, name: str) -> None:
    content, sentence = FILES[name]
    path = tmp_path / name
    path.write_bytes(content)
    text = handrail("plan", "vpn", "--answers", path)
    assert (text.code, text.out) == (2, "")
    assert sentence in text.err
    if "missing" not in sentence:
        assert str(path) in text.err
    error = handrail("plan", "vpn", "--answers", path, "--output", "json").error
    assert sentence in error["message"]


@pytest.mark.parametrize("name", ["missing.yaml", "."])
def test_a_file_that_is_not_there(handrail: Command, tmp_path: Path, name: str) -> None:
    ran = handrail("plan", "vpn", "--answers", tmp_path / name)
    assert ran.code == 2
    assert f"The answers file {tmp_path / name} cannot be read." in ran.err
    assert "--answers" in ran.err


def test_values_stay_what_was_written(handrail: Command, museum: Account, tmp_path: Path) -> None:
    """No date, no number and no Norway is made of them; nothing is run because a file says so."""
    file = tmp_path / "answers.yaml"
    file.write_text(
        "vpc: shop\ngateway_ip: 203.0.113.10\nnetworks: [192.168.10.0/24]\nrouting: static\n"
        "route_tables: shop-private-a\nsecurity_groups: []\nname: 2026-01-02\nbehind_nat: no\ndevice_name: no\n"
        f"interface: !!python/object/apply:os.system ['touch {tmp_path / 'pwned'}']\n"
    )
    ran = handrail("plan", "vpn", "--answers", file, "--output", "json", *museum.at)
    assert ran.code == 2
    assert not (tmp_path / "pwned").exists()
    file.write_text(file.read_text().rpartition("interface")[0])
    ran = handrail("run", "vpn", "--answers", file, *museum.at)
    assert "2026-01-02-vgw" in ran.err
    assert "(device_name): no\n" in ran.err
    assert "--yes" in ran.err


def test_the_account_and_the_file_are_looked_at_in_that_order(handrail: Command, tmp_path: Path) -> None:
    """A missing key is told without a region, a profile or anything else."""
    ran = handrail("run", "vpn", "--profile", "ghost", "--set", "vpc=shop", "--yes")
    assert ran.code == 2
    assert "gateway_ip" in ran.err
