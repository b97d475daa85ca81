"""A plan's calls as `aws` commands: what the script and the runbook have in common."""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from flows.engine.calls import Call
from flows.engine.plan import Plan, Secret
from flows.engine.references import FLOW, FOUND, RUN, Join, Late, Ref, refs
from flows.engine.secret_text import ENVIRONMENT, FILE
from flows.engine.shell import aws, option, quoted

SERVICES = {"s3": "s3api"}
HEEDLESS = {"rds", "sqs"}
"""Those for which version 1 of the AWS CLI takes no heed of AWS_ENDPOINT_URL, in some regions or in all
(awscli/customizations/overridesslcommonname.py, 2026-11)."""
"""Where the AWS CLI calls a service otherwise than botocore does."""
OPPOSITES = {"no-reboot": "reboot", "disable-api-termination": "enable-api-termination"}
"""What the AWS CLI calls an option's "no", where it is not `--no-…` (awscli/customizations/argrename.py, 2026-11)."""
COUNTED = "MinCount", "MaxCount"
"""What the AWS CLI has one option `--count` for (awscli/customizations/ec2/addcount.py, 2026-11)."""
FETCHED = ("file://", "fileb://", "http://", "https://")
"""A value that begins so is read from there (awscli/paramfile.py, 2026-11); in a document it stands for itself."""
WHOLE = "cli-input-json"
"""The option that takes a call's parameters as one document."""


class Commands:
    """How the calls of one plan are written as commands, each value that is known only later as a variable of bash."""

    def __init__(self, plan: Plan, flow: str) -> None:
        self.plan, self.flow = plan, flow
        self._names: dict[Ref, str] = {}

    # -- commands ------------------------------------------------------------------------------------------------

    def command(self, call: Call, *, joint: str = " ", files: Mapping[str, str] | None = None) -> str:
        """One call as an `aws` command.

        Args:
            call: what is called.
            joint: what stands between its options.
            files: parameters whose values are in files, each with the file's address as a word of bash.
        """
        files = files or {}
        words = [aws(SERVICES.get(call.service, call.service), kebab(call.name))]
        words += [option("profile", call.profile)] if call.profile else []
        words += [option("region", call.region)] if call.region else []
        params = {key: value for key, value in call.params.items() if key not in files}
        if call.operation == "ec2.RunInstances":
            words.append("--count " + ":".join(str(params.pop(key)) for key in COUNTED))
        fetched = {key: value for key, value in params.items() if beginning(value).startswith(FETCHED)}
        words += [self._option(key, value) for key, value in params.items() if key not in fetched]
        words += [self._option(WHOLE, fetched)] if fetched else []
        words += [f"--{kebab(key)} {file}" for key, file in files.items()]
        return joint.join(words)

    def look(self, call: Call, *paths: Late, form: str = "text", joint: str = " ") -> str:
        """A call of which some parts are wanted, one after the other in one line; as JSON if `form` says so."""
        first, *more = paths
        several = put_together("[", first, *(part for path in more for part in (", ", path)), "]")
        query = self.word(several if more else first)
        return f"{self.command(call, joint=joint)}{joint}--query {query} --output {form}"

    def _option(self, name: str, value: Any) -> str:
        flag = kebab(name)
        if isinstance(value, bool):
            return f"--{flag if value else OPPOSITES.get(flag, f'no-{flag}')}"
        if isinstance(value, str):
            return option(flag, value)
        return f"--{flag}{'=' if beginning(value).startswith('-') else ' '}{self.word(value)}"

    # -- words ---------------------------------------------------------------------------------------------------

    def word(self, value: Any) -> str:
        """A value as one word of bash; a list or a mapping as JSON, in which what is JSON already has no quotes."""
        parts = [*self._parts(value)]
        if not any(isinstance(part, Ref) for part in parts):
            return quoted("".join(part for part in parts if isinstance(part, str)))
        inside = "".join(f"${{{self.variable(part)}}}" if isinstance(part, Ref) else _inside(part) for part in parts)
        return f'"{inside}"'

    def _parts(self, value: Any) -> Iterator[str | Ref]:
        match value:
            case Mapping() | list() | tuple():
                yield from self._document(value)
            case Join(parts):
                for part in parts:
                    yield from self._parts(part)
            case Ref():
                yield self.flow if value == FLOW else value
            case _:
                yield str(value)

    def _document(self, value: Any) -> Iterator[str | Ref]:
        match value:
            case Mapping():
                yield "{"
                for number, (key, item) in enumerate(value.items()):
                    yield f"{', ' if number else ''}{_json(key)}: "
                    yield from self._document(item)
                yield "}"
            case list() | tuple():
                yield "["
                for number, item in enumerate(value):
                    yield ", " if number else ""
                    yield from self._document(item)
                yield "]"
            case Ref() if is_document(value):
                yield value
            case Ref() | Join():
                yield '"'
                for part in self._parts(value):
                    yield part if isinstance(part, Ref) else _json(part)[1:-1]
                yield '"'
            case _:
                yield _json(value)

    def variable(self, ref: Ref) -> str:
        """The variable that holds what `ref` stands for; no two have one name."""
        if ref not in self._names:
            name = _named(ref)
            taken = {*self._names.values()} if ref.action != FOUND else set()  # those are set right before each use
            number = 1
            while (free := name + (f"_{number}" if number > 1 else "")) in taken:
                number += 1
            self._names[ref] = free
        return self._names[ref]


def picked(ref: Ref) -> str:
    """The path of what is kept of an answer, as one text: a list or a document is JSON."""
    path = ref.path.removeprefix("@seen:")
    return f"to_string({path})" if structured(path) else path


def found_in(call: Call) -> dict[Ref, tuple[str, str]]:
    """What a call takes from what is read right before it, with the path and the form in which it takes it."""
    outside = {value for value in call.params.values() if isinstance(value, Ref)}
    found = sorted({ref for ref in refs(call) if ref.action == FOUND}, key=lambda ref: ref.path)
    return {ref: (f"to_string({ref.path})", "text") if ref in outside else (ref.path, "json") for ref in found}


def apart(call: Call) -> dict[str, Any]:
    """The parameters that hold a secret, which may stand on no command line."""
    return {key: each for key, each in call.params.items() if any(map(is_secret, refs(each)))}


def first_set(kept: Secret, variable: str) -> str:
    """The line of bash that sets a variable to a secret at first: one that is made up, or the person's own, from where
    it was given by, or typed without being shown."""
    if not kept.answer:
        return f"{variable}=$(openssl rand -hex {kept.characters // 2})"
    if kept.source.startswith(FILE):
        return f"{variable}=$(sed 's/[[:space:]]*$//' {quoted(kept.source.removeprefix(FILE))})"
    if kept.source.startswith(ENVIRONMENT):
        name = kept.source.removeprefix(ENVIRONMENT)
        return f"{variable}=${{{name}:?{kept.answer} is wanted in the environment}}"
    asked = f"printf '%s: ' {kept.answer} >&2; IFS= read -rs {variable} || true; echo >&2"
    return f'{asked}; : "${{{variable}:?{kept.answer} is wanted}}"'


def is_secret(ref: Ref) -> bool:
    return ref.action == RUN.action and ref.path.startswith("secret:")


def beginning(value: Any) -> str:
    """How a text begins, as far as that is known."""
    first = value.parts[0] if isinstance(value, Join) and value.parts else value
    return first if isinstance(first, str) else ""


def is_document(ref: Ref) -> bool:
    """Whether what it stands for is kept as JSON text."""
    return ref.action == FOUND or ref.path == "@before" or structured(ref.path.removeprefix("@seen:"))


def structured(path: str) -> bool:
    """Whether a JMESPath gives a list or a document, to be passed on as JSON; text would fall into several words."""
    last = path.rpartition("|")[2].strip()
    return path.startswith(("merge(", "{")) or bool(re.search(r"\[(\?[^]]*|\*|)\]", last))


def truth(path: Late) -> Late:
    """A JMESPath that gives true or false, whatever the given one gives."""
    return put_together("!(!(", path, "))")


def kebab(name: str) -> str:
    """`DBClusterIdentifier` as the AWS CLI writes it, by botocore's own rule."""
    return re.sub(r"([a-z0-9])([A-Z])", r"\1-\2", re.sub(r"(.)([A-Z][a-z]+)", r"\1-\2", name)).lower()


def put_together(*values: Late) -> Late:
    """Texts put together, with whatever is late in them."""
    return Join(tuple(part for value in values for part in (value.parts if isinstance(value, Join) else (value,))))


def plain(text: str) -> str:
    """One line in which nothing hides: names in it come from the account."""
    return "".join(c if c.isprintable() else _escape(c) for c in " ".join(text.split()))


def agreed(agreements: Iterable[str], done: str) -> Iterator[str]:
    """Comments that say what a person agrees to who does what is `done` with the file."""
    said = [plain(each) for each in agreements]
    if said:
        yield f"# Who {done} agrees to this:"
    for each in said:
        yield from textwrap.wrap(
            each, 98, initial_indent="#   ", subsequent_indent="#   ", break_long_words=False, break_on_hyphens=False
        )


def visible(document: Any) -> str:
    """JSON to read, of several lines, in which nothing hides either."""
    return "".join(
        c if c.isprintable() or c == "\n" else _unicode(c) for c in json.dumps(document, ensure_ascii=False, indent=2)
    )


def _json(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return "".join(c if c.isprintable() else _unicode(c) for c in text)


def _unicode(c: str) -> str:
    return json.dumps(c)[1:-1]


def _escape(c: str) -> str:
    return "".join(f"\\x{byte:02x}" for byte in c.encode(errors="surrogatepass"))


def _inside(text: str) -> str:
    """Text between double quotes; what has no glyph stands beside them."""
    if text.isprintable():
        return re.sub(r'([\\"$`])', r"\\\1", text)
    return f'"{quoted(text)}"'


def _named(ref: Ref) -> str:
    if ref.action == RUN.action:
        return "RUN" if ref == RUN else _upper(ref.path)
    if ref.action == FOUND:
        return _upper(re.sub(r"(?<=[a-z])(?=[A-Z])", "_", f"now_{re.findall(r'[A-Za-z]+', ref.path)[0]}"))
    # several paths into what a wait saw may end alike
    end = ref.path.removeprefix("@seen:") if ref.path.startswith("@seen:") else ref.path.rpartition(".")[2].lstrip("@")
    return _upper(f"{ref.action}_{end}")


def _upper(text: str) -> str:
    name = re.sub(r"\W+", "_", text, flags=re.ASCII).strip("_").upper()
    return f"_{name}" if name[:1].isdigit() else name
