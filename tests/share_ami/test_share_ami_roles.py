"""The receiver's account is reached by assuming a role, also at an emulator's address."""

from __future__ import annotations

from pathlib import Path

import pytest

from flows.engine import Call, Place
from flows.engine.boto import Aws
from flows.practice import SECOND_ACCOUNT_ID
from flows.practice.server import serve

PROFILES = f"""
[profile mine]
aws_access_key_id = AKIAVISITOR000000000
aws_secret_access_key = not-a-key

[profile receiver]
role_arn = arn:aws:iam::{SECOND_ACCOUNT_ID}:role/Receiver
source_profile = mine
"""


def test_a_role_is_assumed_where_the_endpoint_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "config"
    file.write_text(PROFILES)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(file))
    with serve() as served:
        mine = Aws(Place("mine", "eu-central-1", served.url))
        assert mine.make(Call("sts.GetCallerIdentity", profile="receiver"))["Account"] == SECOND_ACCOUNT_ID
        assert mine.identity.account != SECOND_ACCOUNT_ID
