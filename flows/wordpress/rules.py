"""Is WordPress on a machine as it should be? The machine itself is asked, by the script that would change it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from flows.aws import systems_manager as access
from flows.engine import Cloud, CloudError, Finding, shell
from flows.engine.findings import broken, caution, likely, proved, unknown

from . import repairs, script

STEPS = {
    "files": "Owner and permissions of the files",
    "permalinks": "Permalinks (AllowOverride and mod_rewrite)",
    "php": "Upload size and memory of PHP",
}
BRIEFLY = {"files": "owners and permissions", "permalinks": "permalinks", "php": "the limits of PHP"}
HOWS = ("ok", "wrong", "broken", "caution", "unknown", "failed", "home")
ASIDE = ("address", "machine")
"""What need not be told for WordPress to work: a name may lead here by a balancer, and nginx serves it as well."""
SILENT = (
    "{} does not answer Systems Manager. It needs an instance profile with AmazonSSMManagedInstanceCore, the SSM agent "
    "and a way to the internet (or VPC endpoints)."
)


def wrong(id_: str, words: str, seen: str, instance: str) -> Finding:
    """What a check says about something that is not right on that machine."""
    command = shell.handrail("run", "wordpress", mode="existing_instance", instance=instance)
    return broken(id_, words, seen, f"{command} puts it right, and can take that back.")


def would_change(id_: str, words: str, seen: str) -> Finding:
    """What a dry run says about something that is not right."""
    return likely(id_, f"Will be changed: {words}", seen)


def examine(
    cloud: Cloud, instance: str, values: Mapping[str, str], *, before: bool,
    leads: Callable[[str], Iterable[Finding]] = lambda home: (),
) -> Iterator[Finding]:  # fmt: skip
    """Run the script on the machine with MODE=check, and what it said.

    It changes nothing, but for a page of random name that exists while it is asked: PHP on the command line reads
    other settings than behind the web server. `--read-only` forbids that, and then nothing is claimed.

    Args:
        values: the script's parameters.
        before: it is a dry run, where what is wrong will be changed.
        leads: what is to be looked at of the address to which WordPress leads visitors.
    """
    seen = f"the script on {instance}, with MODE=check"
    by_hand = "Run `handrail export wordpress --format script` on it with MODE=check."
    try:
        output = access.ask(cloud, instance, script.command({**values, "MODE": "check"}), comment="handrail check")
    except CloudError as problem:
        if problem.aws_code == "InvalidInstanceId":
            yield broken("agent", SILENT.format(instance), "ssm:SendCommand", "Attach such a profile, wait, try again.")
            return
        yield unknown("machine", f"The machine was not asked: {problem.what}", problem.why, by_hand)
        return
    said = [each for each in access.understood(output) if each.how in HOWS]
    if not said:
        yield unknown("machine", f"{instance} said nothing that could be read.", output[-200:], by_hand)
    for each in said:
        words, _, remedy = each.words.partition(" -> ")
        words = words.rstrip(".")
        match each.how:
            case "home":
                yield from leads(each.words)
            case "ok":
                yield proved(each.what, f"{words}.", seen)
            case "wrong":
                if before:
                    yield would_change(each.what, f"{words}.", seen)
                else:
                    yield repairs.put_right(wrong(each.what, f"{words}.", seen, instance), instance, values)
            case "unknown":
                yield unknown(each.what, f"{words}.", seen, remedy, aside=each.what in ASIDE)
            case "caution":
                yield caution(each.what, f"{words}.", seen, remedy)
            case "broken" if before:
                yield likely(each.what, f"{words}. What is put right here may not mend that.", seen, remedy)
            case "broken":
                yield broken(each.what, f"{words}.", seen, remedy)
            case _:
                yield broken(each.what, f"{words}.", seen, "Put this right first; nothing was changed.")
