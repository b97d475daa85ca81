"""Makes moto's own furniture the same every time.

moto sets up an account and region, with its default VPC, when it is first looked at. A look is not in the
diary, so its ids must not depend on what happened before it. And what is played again from the diary has to
carry the date it was first made on.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from moto.core.base_backend import AccountSpecificBackend, backend_lock
from moto.core.utils import utcnow as moto_utcnow
from moto.moto_api._internal import mock_random


def install() -> None:
    if AccountSpecificBackend.__getitem__ is not _furnished:
        AccountSpecificBackend.__getitem__ = _furnished  # type: ignore[method-assign]
        # The modules hold moto's function by name, so it is given another inside.
        moto_utcnow.__code__ = _utcnow.__code__


def _utcnow() -> Any:
    """It runs as moto's own, which sees none of this module's names."""
    import datetime as dt

    from flows.practice.clock import CLOCK

    return dt.datetime.fromtimestamp(CLOCK.now(), dt.UTC).replace(tzinfo=None)


_original: Any = AccountSpecificBackend.__getitem__


def _furnished(self: AccountSpecificBackend[Any], region: str) -> Any:
    if region in self.keys():
        return _original(self, region)
    with backend_lock, same_every_time(f"{self.service_name} {self.account_id} {region}"):
        return _original(self, region)


@contextmanager
def same_every_time(seed: str) -> Iterator[None]:
    """What is drawn in here is the same every time, and what is drawn afterwards as if nothing had been."""
    state = mock_random.getstate()
    mock_random.seed(seed)
    try:
        yield
    finally:
        mock_random.setstate(state)
