"""Whatever is typed as an answer is refused with a sentence, or comes to `aws` exactly as it was typed."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from export.test_scripts import ACCOUNT, HERE
from support.false_aws import FalseAws, Ran
from support.variants import ONE_EACH, VARIANTS, session

from flows.engine import Refused, Session
from flows.engine.boto import Aws
from flows.engine.cache import CachedCloud
from flows.engine.questions import Many, Question, Text
from flows.export.cli import script

WITHIN = "x$(touch pwned)`touch pwned`'y\"z;touch pwned;{{x}}${HOME}!!*?[x]#&|<w>%s\\n  ü–é"
LINES = f"{WITHIN}\ntouch pwned\u202ey\u2066"
PARTS = (
    "$(touch pwned)",
    "x;touch pwned",
    "x'y\"z",
    "{{x}}",
    "${HOME}",
    "!!",
    "x\u202ey\u2066",
    "x\\ny\\",
    "#x&y|z<w>",
    "ü–é",
)
BEGINNINGS = ("--x=y", "file:///etc/hostname", "https://127.0.0.1:1/x", "@/etc/hostname", "[]")
"""What a shell, `aws`, JSON or a terminal takes for something else than itself: within a word, and where one begins."""
NOTES_FILES = 'for each; do case $each in file://*) cat "${each#file://}"; printf "\\0" ;; esac; done >>documents\n'


@pytest.mark.parametrize("flow", ONE_EACH)
@pytest.mark.some(1)
def test_what_is_typed_is_refused_or_comes_to_aws_as_it_is(still_cloud: Aws, tmp_path: Path, flow: str) -> None:
    """For every question that is answered with words; what is refused is refused in a sentence that says what to do."""
    (name, answers), cloud = VARIANTS[ONE_EACH[flow]], CachedCloud(still_cloud)
    begun = session(cloud, name, answers)
    accepted = {
        line.question.id: list(taken(begun, line.question))
        for line in begun.review().answers
        if isinstance(line.question, Text | Many)
    }
    for number in range(max(map(len, accepted.values()))):
        given = {  # each question has another one
            key: values[(number + place) % len(values)]
            for place, (key, values) in enumerate(accepted.items())
            if number < len(values)
        }
        try:
            together = [session(cloud, name, {**answers, **given}).review().plan]
        except Refused:  # not all of them at once
            together = [session(cloud, name, {**answers, key: one}).review().plan for key, one in given.items()]
        for plan in together:
            (tmp_path / "documents").write_text("")
            text = script(plan, flow=name, title="x", region=HERE, account=ACCOUNT)
            ran = FalseAws(tmp_path, {None: NOTES_FILES}).run(text)
            assert ran.code == 0, ran.err
            seen = {*heard(ran, (tmp_path / "documents").read_text())}
            values = {str(one) for one in given.values()}
            assert {leaf for leaf in leaves([each.call.params for each in plan.actions]) if leaf in values} <= seen
            assert not [word for words in ran.asked for word in words if loaded(word)]
            assert not [*tmp_path.glob("**/pwned")]


def taken(made: Session, question: Question[Any]) -> Iterator[str]:
    """What of the hostile a question accepts: most of it at once, or part by part."""

    def accepts(text: str) -> bool:
        made.revisit(question.id)
        problem, _ = made.try_out(text if isinstance(question, Text) else [text])
        assert problem is None or re.search(r"[a-z].* .*[.?]$|: .+", str(problem), re.DOTALL)
        return problem is None

    whole = [text for text in (LINES, WITHIN) if accepts(text)][:1]
    yield from whole or filter(accepts, PARTS)
    yield from filter(accepts, BEGINNINGS)


def loaded(word: str) -> bool:
    """Whether `aws` would read a value from elsewhere: only from a file that the script has made."""
    value = word.partition("=")[2] if word.startswith("--") else word
    return value.startswith(("fileb://", "http://", "https://")) or bool(re.match("file://(?!.*/tmp)", value))


def heard(ran: Ran, documents: str) -> Iterator[str]:
    for words in (*ran.asked, documents.split("\0")):
        for word in words:
            yield from leaves(word)
            if word.startswith("--"):
                yield from leaves(word.partition("=")[2])


def leaves(value: Any) -> Iterator[str]:
    """Every text in a value; in a document within a text, too."""
    match value:
        case str():
            yield value
            if value.startswith(("{", "[")):
                with suppress(ValueError):
                    yield from leaves(json.loads(value))
        case Mapping():
            for item in value.values():
                yield from leaves(item)
        case list() | tuple():
            for item in value:
                yield from leaves(item)
