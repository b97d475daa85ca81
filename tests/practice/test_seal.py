"""Nothing leaves the process, and nothing of the user's comes in."""

from __future__ import annotations

import os
import socket
from pathlib import Path
from typing import Any

import pytest
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from botocore.model import OperationModel, Shape

from flows.practice import PracticeAccount, open_account


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The addresses somebody tried to reach."""
    tried: list[Any] = []

    def attempt(*args: Any, **_: Any) -> Any:
        tried.append(args)
        raise OSError("a test of the seal opened a socket")

    monkeypatch.setattr(socket, "getaddrinfo", attempt)
    monkeypatch.setattr(socket, "create_connection", attempt)
    monkeypatch.setattr(socket.socket, "connect", attempt)
    monkeypatch.setattr(socket.socket, "connect_ex", attempt)
    return tried


@pytest.fixture
def hostile(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """An environment that would lead any ordinary client to the user's account."""
    (tmp_path / "config").write_text(
        "[default]\nregion = us-west-1\nendpoint_url = http://192.0.2.1\ncredential_process = false\n"
    )
    for name, value in {
        "AWS_PROFILE": "not-there",
        "AWS_CONFIG_FILE": str(tmp_path / "config"),
        "AWS_SHARED_CREDENTIALS_FILE": str(tmp_path / "config"),
        "AWS_ENDPOINT_URL": "http://192.0.2.1",
        "AWS_ENDPOINT_URL_EC2": "http://192.0.2.2",
        "AWS_ACCESS_KEY_ID": "AKIAREALREALREALREAL",
        "AWS_SECRET_ACCESS_KEY": "real",
        "AWS_SESSION_TOKEN": "real",
        "AWS_REGION": "us-west-1",
        "AWS_DEFAULT_REGION": "us-west-1",
        "AWS_USE_DUALSTACK_ENDPOINT": "true",
        "AWS_USE_FIPS_ENDPOINT": "true",
        "AWS_CA_BUNDLE": "/nowhere",
    }.items():
        monkeypatch.setenv(name, value)


@pytest.mark.usefixtures("hostile")
def test_the_users_surroundings_do_not_matter_and_are_left_alone(folder: Path, no_network: list[Any]) -> None:
    before = dict(os.environ)
    with open_account(folder, hurry=True) as account:
        ec2: Any = account.session.client("ec2")
        assert ec2.meta.endpoint_url == "https://ec2.eu-central-1.amazonaws.com"
        assert len(ec2.describe_vpcs()["Vpcs"]) == 3
        assert account.session.client("sts").get_caller_identity()["Account"] == "123456789012"
        credentials = account.session.get_credentials()
        assert credentials is not None
        assert "REAL" not in str(credentials.access_key)
        assert credentials.token is None
    assert dict(os.environ) == before
    assert no_network == []


@pytest.mark.parametrize(
    "address",
    ["https://example.com", "http://192.0.2.1:5000", "https://ec2.eu-central-1.api.aws", "http://localhost"],
)
def test_a_client_for_another_host_is_refused(account: PracticeAccount, no_network: list[Any], address: str) -> None:
    ec2: Any = account.session.client("ec2", endpoint_url=address)
    with pytest.raises(ClientError, match="not part of the practice account"):
        ec2.describe_vpcs()
    assert no_network == []


def test_a_closed_account_answers_no_more(folder: Path, no_network: list[Any]) -> None:
    with open_account(folder) as account:
        ec2: Any = account.session.client("ec2")
    with pytest.raises(ClientError, match="has been closed"):
        ec2.describe_vpcs()
    assert no_network == []


@pytest.mark.wild
def test_no_service_at_all_reaches_a_socket(account: PracticeAccount, no_network: list[Any]) -> None:
    """Each of botocore's services is asked one thing; an answer and a refusal are equally good.

    A few are not even sent, for want of a bearer token or of a host name that can be built.
    """
    asked = 0
    config = Config(parameter_validation=False, retries={"total_max_attempts": 1})
    for name in account.session.get_available_services():
        client: Any = account.session.client(name, config=config)  # type: ignore[call-overload]
        model = client.meta.service_model
        operation = model.operation_model(model.operation_names[0])
        try:
            client._make_api_call(operation.name, _least(operation))
        except ClientError as refusal:
            assert refusal.response["Error"].get("Code"), name
        except BotoCoreError:
            continue
        asked += 1
    assert asked > 300
    assert no_network == []


def _least(operation: OperationModel) -> Any:
    """The smallest input that can be put on the wire."""
    return _filler(operation.input_shape) if operation.input_shape else {}


def _filler(shape: Shape) -> Any:
    match shape.type_name:
        case "structure":
            return {name: _filler(shape.members[name]) for name in getattr(shape, "required_members", [])}  # type: ignore[attr-defined]
        case "list":
            return []
        case "map":
            return {}
        case "integer" | "long" | "float" | "double":
            return 1
        case "boolean":
            return True
        case "blob":
            return b"x"
        case "timestamp":
            return 0
        case _:
            return (getattr(shape, "enum", None) or ["x" * max(3, int(shape.metadata.get("min", 3)))])[0]
