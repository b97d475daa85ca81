"""The keys of the tunnels are in one file of the person's, and nowhere else that we write."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from support.clock import FakeClock
from vpn.cases import BGP, STATIC, session

from flows.engine import Call, Journal
from flows.engine.boto import Aws
from flows.vpn import device


class WithKeys:
    """AWS's sample for a device repeats the keys; the practice account's may not."""

    def __init__(self, cloud: Aws) -> None:
        self._cloud = cloud

    def __getattr__(self, name: str) -> Any:
        return getattr(self._cloud, name)

    def keys(self) -> list[str]:
        *_, found = self._cloud.make(Call("ec2.DescribeVpnConnections"))["VpnConnections"]
        return re.findall(r"<pre_shared_key>(.+?)</pre_shared_key>", found["CustomerGatewayConfiguration"])

    def make(self, call: Call) -> dict[str, Any]:
        answer = self._cloud.make(call)
        if call.name == "GetVpnConnectionDeviceSampleConfiguration":
            return {"VpnConnectionDeviceSampleConfiguration": "crypto " + " ".join(self.keys())}
        return answer


@pytest.mark.parametrize("answers", [STATIC, BGP], ids=["static", "bgp"])
@pytest.mark.some("static")
def test_one_file_holds_the_keys(cloud: Aws, journal: Journal, clock: FakeClock, answers: Any) -> None:
    account = WithKeys(cloud)
    made = session(account, journal, answers, clock=clock)
    list(made.apply())
    handover = made.hand_over()
    assert made.run is not None
    keys = account.keys()
    assert len(set(keys)) == 2
    written = {path: path.read_text() for path in made.run.folder.rglob("*") if path.is_file()}
    assert {"aws-sample.txt", "README.txt"} <= {path.name for path in written}
    holders = {path for path, text in written.items() if any(key in text for key in keys)}
    assert holders == {made.run.folder / device.KEYS}
    assert all(key in written[made.run.folder / device.KEYS] for key in keys)
    told = f"{handover.outputs} {handover.next_steps} {handover.findings}" + Path(journal.path).read_bytes().decode(
        "latin-1"
    )
    assert not any(key in told for key in keys)
