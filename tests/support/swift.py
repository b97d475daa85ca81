"""What botocore and moto work out again for every session and every value, worked out once for all tests.

Nothing of it changes an answer: which names a member of an answer may have in moto's objects depends on its shape and
on the kind of object alone, and an answer in XML is a text that can be put together directly.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from copy import copy
from functools import cache
from io import BytesIO
from types import FunctionType, MethodType, SimpleNamespace
from typing import Any
from urllib.parse import unquote, urlsplit
from xml.sax.saxutils import escape, quoteattr

import botocore.endpoint
import botocore.regions
import botocore.session
from botocore import hooks, httpsession
from botocore.client import ClientCreator
from botocore.compat import get_current_datetime
from botocore.endpoint import EndpointCreator
from botocore.endpoint_provider import EndpointProvider
from botocore.exceptions import NoCredentialsError
from botocore.loaders import create_loader

from flows.practice import seal, simulator
from support.founded import swift_company

STREAMING = "STREAMING-UNSIGNED-PAYLOAD-TRAILER"


def swift() -> None:
    """All of it, for an account that is opened in this process."""
    swift_descriptions()
    swift_clients()
    swift_hooks()
    swift_signatures()
    vars(simulator)["start"] = then(simulator.start, swift_requests, swift_answers, few_images, swift_company)


def swift_descriptions() -> None:
    """AWS's descriptions of its services are read and worked out once, not once for every session and client."""
    loader, providers = create_loader(), dict[int, Any]()

    def provider(ruleset_data: Any, **rest: Any) -> Any:
        if id(ruleset_data) not in providers:  # the loader keeps them, so an id is not used again
            providers[id(ruleset_data)] = EndpointProvider(ruleset_data=ruleset_data, **rest)
        return providers[id(ruleset_data)]

    for module in (botocore.session, seal):
        vars(module)["create_loader"] = lambda _=None: loader
    vars(botocore.regions)["EndpointProvider"] = provider
    for step in ("_load_service_model", "_create_client_class"):
        setattr(ClientCreator, step, _once(getattr(ClientCreator, step)))


def _once(step: Callable[..., Any]) -> Callable[..., Any]:
    known: dict[tuple[Any, ...], Any] = {}

    def known_or_done(creator: ClientCreator, *given: Any) -> Any:
        if given not in known:
            known[given] = step(creator, *given)
        return known[given]

    return known_or_done


def swift_clients() -> None:
    """What encrypts takes as long to make as half a client, and is used only where something is sent to another place
    than AWS; nor does anybody read which request it was.
    """
    create, context = EndpointCreator.create_endpoint, httpsession.create_urllib3_context()

    class Unread(httpsession.URLLib3Session):
        def _get_ssl_context(self) -> Any:
            return context

    def created(creator: EndpointCreator, *given: Any, endpoint_url: str, **rest: Any) -> Any:
        if not rest["proxies"] and (endpoint_url.startswith("http://") or endpoint_url.endswith(".amazonaws.com")):
            rest["http_session_cls"] = Unread
        return create(creator, *given, endpoint_url=endpoint_url, **rest)

    EndpointCreator.create_endpoint = created  # type: ignore[method-assign]
    vars(botocore.endpoint)["uuid"] = SimpleNamespace(uuid4=lambda: "0" * 32)


def swift_hooks() -> None:
    """A session registers the same hundred handlers under the same names as every other."""
    accepts, begin, known = cache(hooks.accepts_kwargs), hooks.EventAliaser.__init__, dict[str, str]()
    register, first = botocore.session.Session._register_builtin_handlers, list[hooks.HierarchicalEmitter]()

    def accepts_kwargs(handler: Any) -> bool:
        match handler:
            case MethodType():
                return bool(accepts(handler.__func__))
            case FunctionType():
                return bool(accepts(handler))
        return bool(accepts.__wrapped__(handler))

    def begun(aliaser: Any, emitter: Any, event_aliases: Any = None) -> None:
        begin(aliaser, emitter, event_aliases)
        if aliaser._event_aliases == hooks.EVENT_ALIASES:
            aliaser._alias_name_cache = known

    def registered(session: Any, events: Any) -> None:
        if not first:
            register(session, events)
            first.append(copy(session._original_handler))
        vars(session._original_handler).update(vars(copy(first[0])))

    botocore.session.Session._register_builtin_handlers = registered
    vars(hooks)["accepts_kwargs"] = accepts_kwargs
    hooks.EventAliaser.__init__ = begun
    vars(hooks)["_PrefixTrie"] = _Handlers


class _Handlers(hooks._PrefixTrie):
    """Every client begins with its session's handlers: a copy shares them until one of the two is given another."""

    def append_item(self, key: str, value: Any, section: int = 1) -> None:
        def end(node: dict[str, Any]) -> None:
            node["values"] = hooks.NodeList(*(list(part) for part in node["values"] or ((), (), ())))
            node["values"][section].append(value)

        self._root = _changed(self._root, key.split("."), end)

    def remove_item(self, key: str, value: Any) -> None:
        self._root = self._recursive_copy(self._root)
        super().remove_item(key, value)

    def __copy__(self) -> _Handlers:
        copied = _Handlers()
        copied._root = self._root
        return copied


def _changed(node: dict[str, Any], way: list[str], end: Callable[[dict[str, Any]], None]) -> dict[str, Any]:
    """A tree of handlers that is another one along one way, and else the same."""
    node = dict(node)
    if not way:
        end(node)
        return node
    below = node["children"].get(way[0]) or {"chunk": way[0], "values": None, "children": {}}
    node["children"] = {**node["children"], way[0]: _changed(below, way[1:], end)}
    return node


def swift_signatures() -> None:
    """Nobody in the practice account reads a signature; who signs, when and where is read, and stands there."""
    try:
        from botocore.crt import auth
    except ImportError:
        return
    for way in (auth.CrtSigV4Auth, auth.CrtS3SigV4Auth):
        way.add_auth = _signed


def _signed(auth: Any, request: Any) -> None:
    if auth.credentials is None:
        raise NoCredentialsError
    auth._modify_request_before_signing(request)
    if auth._is_streaming_checksum_payload(request):
        request.headers["X-Amz-Content-SHA256"] = STREAMING
    now = get_current_datetime(remove_tzinfo=False)
    scope = f"{auth.credentials.access_key}/{now:%Y%m%d}/{auth._region_name}/{auth._service_name}/aws4_request"
    request.headers["X-Amz-Date"] = f"{now:%Y%m%dT%H%M%SZ}"
    if auth.credentials.token:
        request.headers["X-Amz-Security-Token"] = auth.credentials.token
    request.headers["Authorization"] = (
        f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host;x-amz-date, Signature={'0' * 64}"
    )


def swift_answers() -> None:
    """moto looks through six kinds of names for every member, and writes XML through a parser's events."""
    import xmltodict
    from moto.core import serialize

    slowly, unparse, names = serialize.ResponseSerializer.get_value, xmltodict.unparse, dict[Any, tuple[str, ...]]()

    def get_value(serializer: Any, value: Any, key: str, shape: Any) -> Any:
        picker = serializer._value_picker
        if getattr(picker, "alias_providers", None) is not serialize.DEFAULT_ALIAS_PROVIDERS:
            return slowly(serializer, value, key, shape)
        kind = type(picker), type(value), shape, key
        if kind not in names:
            context = serialize.AttributePickerContext(value, key, shape)
            names[kind] = tuple(dict.fromkeys(picker.get_possible_keys(context)))
        for name in names[kind]:
            found = serialize.get_value(value, name, serialize.MISSING)
            if found is not serialize.MISSING:
                break
        else:
            found = None
        if transformers := picker.response_transformers:
            path = ".".join((*serializer.path, key))
            if path.endswith(tuple(transformers)):
                return next(change for end, change in transformers.items() if path.endswith(end))(found)
        return found

    def written(body: Any, *, full_document: bool, pretty: bool, short_empty_elements: bool) -> str:
        if pretty or (full_document and len(body) != 1):
            whole: str = unparse(
                body, full_document=full_document, pretty=pretty, short_empty_elements=short_empty_elements
            )
            return whole
        head = '<?xml version="1.0" encoding="utf-8"?>\n' if full_document else ""
        return head + "".join(
            part for key, value in body.items() for part in _element(key, value, short_empty_elements)
        )

    serialize.ResponseSerializer.get_value = get_value  # type: ignore[method-assign]
    xmltodict.unparse = lambda body, **how: (written if how.keys() == _HOW else unparse)(body, **how)


_HOW = {"full_document", "pretty", "short_empty_elements"}


def _element(key: str, value: Any, short: bool) -> Iterator[str]:
    many = hasattr(value, "__iter__") and not isinstance(value, (str, bytes, dict))
    for each in value if many else (value,):
        inside = {} if each is None else each if isinstance(each, dict) else {"#text": each}
        attributes, text, children = "", "", list[str]()
        for name, part in inside.items():
            if name == "#text":
                text = _text(part)
            elif name.startswith("@"):
                attributes += f" {name[1:]}={quoteattr(_text(part))}"
            elif not isinstance(part, list) or part:
                children += _element(name, part, short)
        if short and not text and not children:
            yield f"<{key}{attributes}/>"
        else:
            yield f"<{key}{attributes}>{''.join(children)}{escape(text)}</{key}>"


def _text(value: Any) -> str:
    match value:
        case str():
            return value
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case bytes():
            return value.decode(errors="replace")
    return str(value)


def swift_requests() -> None:
    """werkzeug builds a request by way of everything that its test client may be told, and to every answer moto gives
    fifty random letters that nobody reads.
    """
    from moto.core import responses
    from moto.core.request import Request
    from moto.moto_api._internal import mock_random

    slowly = Request.from_primitives

    def from_primitives(method: str, url: str, headers: Any, body: Any = None) -> Any:
        if not isinstance(body, str | bytes | None) or not url.isascii():
            return slowly(method, url, headers, body)
        return Request(environment(method, url, headers, body))

    def request_id(headers: dict[str, Any]) -> str:
        bits = mock_random.getrandbits
        for _ in range(52):  # what comes after has the same names as without this
            while bits(6) >= 62:
                pass
        headers["x-amzn-requestid"] = "0" * 52
        return "0" * 52

    Request.from_primitives = from_primitives  # type: ignore[method-assign, assignment]
    vars(responses)["gen_amzn_requestid_long"] = request_id


def environment(method: str, url: str, headers: Any, body: str | bytes | None) -> dict[str, Any]:
    """A request as WSGI has it: what `Request.from_primitives` makes of it."""
    from moto.core.request import (
        PRESERVED_HEADER_NAMES_ENVIRON_KEY,
        environ_key_for_header,
        should_preserve_original_header_name,
    )

    parts = urlsplit(url)
    host, _, port = parts.netloc.partition(":")
    content = body.encode() if isinstance(body, str) else body or b""
    made: dict[str, Any] = {
        "REQUEST_METHOD": method, "SCRIPT_NAME": "",
        "PATH_INFO": unquote(parts.path).encode().decode("latin1"), "QUERY_STRING": parts.query,
        "REQUEST_URI": parts.path, "RAW_URI": parts.path,
        "SERVER_NAME": host, "SERVER_PORT": port or ("443" if parts.scheme == "https" else "80"),
        "HTTP_HOST": parts.netloc, "SERVER_PROTOCOL": "HTTP/1.1",
        "wsgi.version": (1, 0), "wsgi.url_scheme": parts.scheme, "wsgi.input": BytesIO(content),
        "wsgi.errors": sys.stderr, "wsgi.multithread": False, "wsgi.multiprocess": False, "wsgi.run_once": False,
    }  # fmt: skip
    kept = dict[str, str]()
    for name, value in headers.items():
        if name.lower() == "transfer-encoding":
            continue
        key, text = environ_key_for_header(name), value.decode() if isinstance(value, bytes) else str(value)
        made[key] = f"{made[key]}, {text}" if key in made and key != "HTTP_HOST" else text
        if should_preserve_original_header_name(name):
            kept[key] = name
    if content:
        made["CONTENT_LENGTH"] = str(len(content))
    made[PRESERVED_HEADER_NAMES_ENVIRON_KEY] = kept
    made.setdefault("CONTENT_LENGTH", "0")
    return made


def few_images() -> None:
    """Most of Amazon's images are for a service that no set-up uses; moto does without, as in a region it hardly knows.

    Who imported moto's EC2 already has the reader under its own name.
    """
    from moto.utilities import utils

    read = utils.load_resource

    def resource(path: str) -> Any:
        if path.startswith("ec2/resources/ecs/"):
            raise FileNotFoundError(path)
        return read(path)

    utils.load_resource = resource
    if images := sys.modules.get("moto.ec2.models.amis"):
        vars(images)["load_resource"] = resource


def then(step: Callable[..., Any], *once: Callable[[], None]) -> Callable[..., Any]:
    """`step`, after whose first time each of `once` is done."""
    left = [*once]

    def stepped(*given: Any) -> Any:
        done = step(*given)
        while left:
            left.pop(0)()
        return done

    return stepped
