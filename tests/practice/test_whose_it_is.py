"""What moto notes beside an account, it knows of an account that was kept as well."""

from __future__ import annotations

from pathlib import Path

import pytest
from practice.office import refused

from flows.practice import door, open_account
from flows.practice.company.basics import PARTNER
from flows.practice.company.storage import FILES


def test_a_name_of_a_bucket_that_somebody_has_is_taken(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(door, "KEPT_AFTER", 1)
    with open_account(folder, hurry=True) as account:
        account.session.client("s3").put_object(Bucket=FILES, Key="more")
    monkeypatch.setattr(door, "_unpacked", lambda page: pytest.fail("it is played again"))
    with open_account(folder, hurry=True) as account, refused("BucketAlreadyExists"):
        partner, here = account.session_of(PARTNER), {"LocationConstraint": "eu-central-1"}
        assert partner
        partner.client("s3").create_bucket(Bucket=FILES, CreateBucketConfiguration=here)
