"""How moto is asked, directly and without its own switchboard.

`mock_aws` would patch this process's boto3, `requests` and environment for everybody, and answers only what
it recognises. Here moto's service code is called for one request at a time, so nothing of the process is
changed and there is nothing to fall through.
"""

from __future__ import annotations

import contextlib
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from functools import cache, lru_cache, partial
from typing import Any
from urllib.parse import urlsplit

import boto3
from botocore.awsrequest import AWSPreparedRequest

from flows.practice import gaps
from flows.practice.seal import sealed_session, shared_loader

Handler = Callable[..., Any]
MotoAnswer = tuple[int, dict[str, Any], str | bytes]
MACHINE_TYPES = "ec2/resources/instance_type"


def start() -> None:
    """An empty account that knows of no profile and no Docker."""
    with _quiet_imports():
        from moto.core import base_backend, responses, utils
        from moto.core.config import default_user_config

    vars(base_backend)["Session"] = _by_heart
    vars(utils)["create_loader"] = shared_loader
    vars(responses)["method_names_from_class"] = gaps.methods
    _empty()
    gaps.install("")
    default_user_config["lambda"]["use_docker"] = False
    default_user_config["batch"]["use_docker"] = False


def stop() -> None:
    from moto.core.model_instances import reset_model_data

    _empty()
    reset_model_data()


def _empty() -> None:
    from moto.core.base_backend import BackendDict

    in_use: list[Any] = vars(BackendDict)["_instances"]
    for backends in in_use:
        if backends.service_name == "ec2":
            # A reset would first fill it again, with every image; the others have files to close.
            backends.clear()
    BackendDict.reset()


def contents() -> list[tuple[str, str, str, Any]]:
    """All that is in the account: moto's name of a service, account, region, and what it holds there."""
    from moto.core.base_backend import BackendDict

    in_use: list[Any] = vars(BackendDict)["_instances"]
    return [
        (type(backend).__module__.split(".")[1].removesuffix("_simple"), account, region, backend)
        for backends in in_use
        for account, regions in backends.items()
        for region, backend in regions.items()
    ]


def put(things: Iterable[tuple[str, str, str, Any]]) -> None:
    """Make these the contents of the account."""
    _empty()
    hold(things)


def hold(things: Iterable[tuple[str, str, str, Any]]) -> None:
    """Put these into the account, and whose its buckets are into what moto knows beside it."""
    for _, account, region, backend in things:
        accounts = _accounts_with(type(backend))
        dict.__setitem__(accounts[account], region, backend)
        if hasattr(accounts, "bucket_accounts"):
            for name, bucket in backend.buckets.items():
                accounts.bucket_accounts[name] = (bucket.partition, account)


def _accounts_with(kind: type) -> Any:
    """moto's table of what a service holds, which stands beside its class; Lambda has two, and one name for them."""
    beside = vars(sys.modules[kind.__module__]).values()
    return next(each for each in beside if getattr(each, "backend", None) is kind)


def import_services(services: Iterable[str]) -> None:
    """Have moto's code for these services, with what is filled in here."""
    for service in services:
        _routes(service)


def fix_randomness(seed: str) -> None:
    """The same call at the same place in the diary makes the same ids, keys and addresses."""
    from moto.moto_api._internal import mock_random

    mock_random.seed(seed)


@lru_cache(maxsize=1000)  # moto has hundreds of patterns, and every request is asked about twice
def services_of(url: str) -> tuple[str, ...]:
    """moto's names for the services an address could belong to, the likeliest first."""
    from moto.backend_index import backend_url_patterns

    address = _address(url)
    return tuple(service for service, pattern in backend_url_patterns if pattern.match(address))


def ask(request: AWSPreparedRequest) -> MotoAnswer:
    """moto's answer; NotImplementedError where it has none, and any other exception where it has a bug."""
    from moto.core.request import normalize_request
    from werkzeug.exceptions import HTTPException

    url = str(request.url)
    for service in services_of(url):
        for pattern, handler in _routes(service):
            if pattern.match(_address(url)):
                normal = normalize_request(request)
                try:
                    answer: MotoAnswer = handler(normal, normal.raw_url, normal.headers)
                except HTTPException as error:
                    return error.code or 400, dict(error.get_headers()), error.get_body()
                return answer
    raise NotImplementedError(url)


@cache
def _routes(service: str) -> list[tuple[re.Pattern[str], Handler]]:
    """The addresses of a service, read off its class: an account made only to ask would cost a network."""
    with _quiet_imports():
        from moto.backends import get_backend

        kind = get_backend(service).backend  # type: ignore[call-overload]
        gaps.install(service)
    return [(re.compile(url), handler) for url, handler in kind.__new__(kind).urls.items()]


def _address(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}{parts.path}"


_by_heart = cache(sealed_session)
"""moto makes a session wherever it wants a list of regions."""


@contextlib.contextmanager
def _quiet_imports() -> Iterator[None]:
    """Some of moto's modules make a boto3 session while imported, which must not read the user's profiles, and EC2
    reads a hundred files of machine types; `gaps.swift` reads those that are asked for.
    """
    from moto.utilities import utils

    session, read = boto3.Session, utils.load_resource
    boto3.Session = _by_heart  # type: ignore[assignment,misc]
    utils.load_resource = partial(_read_others, read)
    try:
        yield
    finally:
        boto3.Session, utils.load_resource = session, read  # type: ignore[misc]


def _read_others(read: Callable[[str], Any], resource: str) -> Any:
    if not resource.startswith(MACHINE_TYPES):
        return read(resource)
    return {} if resource.endswith("types.json") else []
