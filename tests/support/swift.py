"""What botocore and moto work out again for every session and every value, worked out once for all tests.

Nothing of it changes an answer: which names a member of an answer may have in moto's objects depends on its shape and
on the kind of object alone, and an answer in XML is a text that can be put together directly.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from functools import cache
from types import FunctionType, MethodType
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from botocore import hooks


def swift_hooks() -> None:
    """A session registers the same hundred handlers under the same names as every other."""
    accepts, begin, known = cache(hooks.accepts_kwargs), hooks.EventAliaser.__init__, dict[str, str]()

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

    vars(hooks)["accepts_kwargs"] = accepts_kwargs
    hooks.EventAliaser.__init__ = begun


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
