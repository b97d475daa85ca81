"""The Debian machine that the tests of the provisioning script share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from wordpress.machine import Machine, NoMachine


@pytest.fixture(scope="session")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    try:
        made = Machine(tmp_path_factory.mktemp("machine"))
    except NoMachine as why:
        pytest.skip(str(why))
    yield made
    made.close()
