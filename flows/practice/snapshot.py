"""The account as it stands, on the disk: so that what was ever practised need not all be played at every opening.

It only saves time. Where it cannot be written, was made by another version, or does not belong to the diary, the diary
is played as if there were none. What is read back is data and names from moto and from here: nothing else is called.
"""

from __future__ import annotations

import hashlib
import io
import json
import pickle
import sys
import threading
from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from threading import Condition
from types import CodeType, FunctionType, MethodType
from typing import Any
from weakref import WeakKeyDictionary, WeakValueDictionary

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.x509 import Certificate, load_pem_x509_certificate

from flows.practice import simulator
from flows.practice.memory import made_by

Pages = list[dict[str, Any]]
LOCK, REENTRANT = type(threading.Lock()), type(threading.RLock())
PLAIN = {
    "builtins": {
        "bool",
        "bytearray",
        "bytes",
        "dict",
        "float",
        "frozenset",
        "int",
        "list",
        "object",
        "set",
        "str",
        "tuple",
    },
    "collections": {"OrderedDict", "defaultdict", "deque", "Counter"},
    "datetime": {"datetime", "date", "timedelta", "timezone"},
    "copyreg": {"_reconstructor"},
    "decimal": {"Decimal"},
    "ipaddress": {"IPv4Network", "IPv4Address", "IPv6Network", "IPv6Address"},
    "re": {"_compile"},
    "uuid": {"UUID", "SafeUUID"},
}
"""Names that are taken from elsewhere: kinds of value, and what makes them."""
OURS = ("moto.", "flows.practice.")


def taken(pages: Pages, founded: Iterable[str]) -> bytes:
    """The account in which all of these pages are played, and these parts of the company are set up.

    Nothing where there is something in it that cannot be kept.
    """
    data = io.BytesIO()
    things = simulator.contents()
    about = {
        "of": made_by(), "pages": len(pages), "last": _digest(pages[-1]), "founded": sorted(founded),
        "services": sorted({service for service, *_ in things}),
    }  # fmt: skip
    try:
        _Pickler(data, 5).dump(things)
    except (pickle.PicklingError, TypeError, AttributeError, ValueError):
        return b""
    return json.dumps(about).encode() + b"\n" + data.getvalue()


def restore(path: Path, pages: Pages) -> tuple[int, set[str]]:
    """Make the account what was kept of it: how many of the pages are in it, and which parts of the company.

    (0, nothing) where there is nothing to begin with.
    """
    try:
        with path.open("rb") as file:
            about = json.loads(file.readline())
            if not _belongs(about, pages):
                return 0, set()
            simulator.import_services(about["services"])
            things = _Unpickler(file).load()
    except Exception:  # a file that is damaged fails in every way there is, and is only there to save time
        return 0, set()
    simulator.put(things)
    return about["pages"], set(about["founded"])


def _belongs(about: Mapping[str, Any], pages: Pages) -> bool:
    count = about["pages"]
    return bool(about["of"] == made_by() and 0 < count <= len(pages) and about["last"] == _digest(pages[count - 1]))


def _digest(page: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(page, sort_keys=True).encode()).hexdigest()


class _Pickler(pickle.Pickler):
    def reducer_override(self, thing: Any) -> Any:
        match thing:
            case RSAPrivateKey():
                pem = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
                return _key, (thing.private_bytes(*pem),)
            case Certificate():
                return _certificate, (thing.public_bytes(serialization.Encoding.PEM),)
            case WeakValueDictionary() | WeakKeyDictionary():
                return _weak, (isinstance(thing, WeakKeyDictionary), dict(thing))
            case FunctionType() if "<locals>" in thing.__qualname__ and not thing.__closure__:
                return _function, (thing.__module__, thing.__qualname__, thing.__code__.co_firstlineno)
            case MethodType():
                return _method, (thing.__self__, thing.__name__)
            case Condition():
                return _condition, ()
            case defaultdict() if type(thing) is not defaultdict:
                made = type(thing), thing.default_factory
                return _filled, made, vars(thing), None, iter(thing.items())
        if isinstance(thing, LOCK):
            return _lock, (False,)
        return (_lock, (True,)) if isinstance(thing, REENTRANT) else NotImplemented


class _Unpickler(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        if not module.startswith(OURS) and name not in PLAIN.get(module, ()):
            raise pickle.UnpicklingError(f"{module}.{name} is nothing that an account has")
        return super().find_class(module, name)


@cache
def _key(pem: bytes) -> Any:
    return serialization.load_pem_private_key(pem, None)


def _certificate(pem: bytes) -> Certificate:
    return load_pem_x509_certificate(pem)


def _weak(by_key: bool, known: dict[Any, Any]) -> Any:
    return WeakKeyDictionary(known) if by_key else WeakValueDictionary(known)


def _lock(reentrant: bool) -> Any:
    return threading.RLock() if reentrant else threading.Lock()


def _method(of: Any, name: str) -> Any:
    found = getattr(of, name)
    if not isinstance(found, MethodType):
        raise pickle.UnpicklingError(f"{name} is no method")
    return found


def _condition() -> Condition:
    return Condition()


def _filled(kind: type[defaultdict[Any, Any]], factory: Any) -> Any:
    """An empty one of a kind that wants more to be made; what is in it follows."""
    made = kind.__new__(kind)
    made.default_factory = factory
    return made


def _function(module: str, name: str, line: int) -> FunctionType:
    """A function that another one makes, such as the factory of a table, found in the code of that one."""
    outer: Any = sys.modules[module]
    for part in name.partition(".<locals>")[0].split("."):
        outer = getattr(outer, part)
    codes = (each for each in outer.__code__.co_consts if isinstance(each, CodeType))
    code = next(each for each in codes if (each.co_qualname, each.co_firstlineno) == (name, line))
    return FunctionType(code, vars(sys.modules[module]))
