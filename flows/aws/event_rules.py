"""Rules of EventBridge that exist: switched on, and off again."""

from __future__ import annotations

from flows.engine import Action, Call, Find, Still, Undo


def switch_on(rule: str) -> Action:
    """Switch a rule on that is off."""
    which = {"Name": rule}
    look = Call("events.DescribeRule", which)
    return Action(
        f"enable-{rule}",
        f"Switch the rule {rule} on",
        Call("events.EnableRule", which),
        undo=(
            Undo(
                Call("events.DisableRule", which),
                still=Still(look, "State", "ENABLED", "It is in another state by now; it is left so."),
            ),
        ),
        unless=Find(look, "[State][?@=='ENABLED'] | [0]"),
        undone=f"The rule {rule}, which is switched off",
    )
