"""What a shell completes beside commands and options: set-ups, runs, keys, values that need no account, profiles and
regions. Nothing is asked of AWS.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from flows.engine import Question, Record


def _fitting(found: Iterable[tuple[str, str]], begun: str) -> list[CompletionItem]:
    from click.shell_completion import CompletionItem

    return [CompletionItem(value, help=told) for value, told in found if value.startswith(begun)]


def set_ups(_: click.Context, __: click.Parameter, begun: str) -> list[CompletionItem]:
    """The names of set-ups."""
    from flows import SET_UPS

    return _fitting(((name, title) for name, (title, _) in SET_UPS.items()), begun)


def runs(_: click.Context, __: click.Parameter, begun: str) -> list[CompletionItem]:
    """The ids of drafts and runs, the latest first."""
    from flows.engine import Journal

    return _runs(Journal().records(), begun)


def runs_to_resume(_: click.Context, __: click.Parameter, begun: str) -> list[CompletionItem]:
    """Those that are not taken back."""
    from flows.engine import Journal

    return _runs((run for run in Journal().records() if run.status != "undone"), begun)


def runs_to_undo(_: click.Context, __: click.Parameter, begun: str) -> list[CompletionItem]:
    """Those of which something may stand."""
    from flows.engine import Journal

    return _runs((run for run in Journal().records() if run.status not in ("draft", "undone")), begun)


def _runs(records: Iterable[Record], begun: str) -> list[CompletionItem]:
    from .. import history

    return _fitting(((run.id, f"{history.STATES[run.status]}, {history.subject(run)}") for run in records), begun)


def answers(context: click.Context, _: click.Parameter, begun: str) -> list[CompletionItem]:
    """`KEY=` of what is not answered yet, and behind it those values that are written down."""
    key, said, _value = begun.partition("=")
    asked = {question.id: question for question in _questions(context)}
    if not said:
        given = {each.partition("=")[0] for each in context.params.get("sets") or ()}
        return _fitting(((f"{id_}=", each.ask) for id_, each in asked.items() if id_ not in given), begun)
    return _fitting(((f"{key}={value}", told) for value, told in _values(asked.get(key))), begun)


def decisions(context: click.Context, _: click.Parameter, begun: str) -> list[CompletionItem]:
    """What only a person can decide when the run on the line is taken back, each with what may be said."""
    from flows.engine import Journal, Problem
    from flows.engine.of_others import DECISIONS

    known = dict(DECISIONS)
    try:
        plan = Journal().run(next(filter(None, [context.params.get("run_id") or "", *context.args]), "")).plan
    except Problem:
        return []
    known |= {each.key: each for each in plan.decisions} if plan else {}
    key, said, _value = begun.partition("=")
    if not said:
        return _fitting(((f"{each.key}=", each.ask) for each in known.values()), begun)
    values = known[key].options if key in known else {}
    return _fitting(((f"{key}={value}", told) for value, told in values.items()), begun)


def _values(question: Question[object] | None) -> list[tuple[str, str]]:
    from flows.engine import Choice, Picks, Yes

    match question:
        case Choice() | Picks():
            return [(option.key, option.label) for option in question.written]
        case Yes():
            return [("yes", ""), ("no", "")]
    return []


def _questions(context: click.Context) -> Iterable[Question[object]]:
    """Those of the set-up, the check or the task that stands on the line."""
    import flows
    from flows import tasks
    from flows.engine import Refused

    if context.parent and context.parent.info_name == "task":
        return tasks.find(context.info_name or "").asks.questions
    named = [context.params.get("flow") or "", *context.args]  # click leaves it there while an option lacks its value
    try:
        flow = flows.find(next(filter(None, named), ""))
    except Refused:
        return ()
    return flow.check.questions if context.info_name == "check" else flow.questions


def yeses(context: click.Context, _: click.Parameter, begun: str) -> list[CompletionItem]:
    """The ids of what may need a conscious yes in the set-up on the line, or in putting back a run."""
    import flows
    from flows.engine import Flow, Refused, consents

    try:
        flow = flows.find(next(filter(None, [context.params.get("flow") or "", *context.args]), ""))
    except Refused:
        flow = Flow
    found = consents.of(flow, check=context.info_name == "check")
    return _fitting(((id_, said) for ids in found.values() for id_, said in ids.items()), begun)


def words(context: click.Context, _: click.Parameter, begun: str) -> list[CompletionItem]:
    """Commands, and the words that are explained."""
    from flows import glossary

    root = context.find_root()
    commands = root.command.commands if isinstance(root.command, click.Group) else {}
    told = [(name, command.get_short_help_str()) for name, command in commands.items()]
    return _fitting([*told, *((word.name, word.meaning) for word in glossary.words())], begun)


def profiles(_: click.Context, __: click.Parameter, begun: str) -> list[CompletionItem]:
    """The profiles of the AWS configuration; none if it cannot be read."""
    from flows.engine import NoAccess
    from flows.engine import profiles as configured

    try:
        return _fitting(((each.name, each.account) for each in configured.profiles()), begun)
    except NoAccess:
        return []


def regions(_: click.Context, __: click.Parameter, begun: str) -> list[CompletionItem]:
    """AWS's regions, with the places that they are called after."""
    from flows.engine.profiles import regions as known

    return _fitting(known().items(), begun)


def for_bash() -> None:
    """Bash takes KEY=VALUE apart; put it together again, and end no KEY= with a blank."""
    from click.shell_completion import BashComplete, add_completion_class

    class Bash(BashComplete):
        source_template = BashComplete.source_template.replace(
            "COMPREPLY+=($value)", "COMPREPLY+=($value); [[ $value == *= ]] && compopt -o nospace"
        )

        def get_completion_args(self) -> tuple[list[str], str]:
            words, begun = super().get_completion_args()
            whole = list[str]()
            for word in (*words, begun):
                if whole and (word == "=" or whole[-1].endswith("=")):
                    whole[-1] += word
                else:
                    whole.append(word)
            self.before = len(whole[-1]) - len(begun.removeprefix("="))
            return whole[:-1], whole[-1]

        def format_completion(self, item: CompletionItem) -> str:
            return f"{item.type},{item.value[self.before :]}"

    add_completion_class(Bash)
