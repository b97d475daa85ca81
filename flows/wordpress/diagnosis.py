"""Is WordPress on a machine as it should be? The machine itself is asked, by the script that would change it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from flows.aws import firewalls, instances, roles
from flows.aws import machine_access as access
from flows.aws.findings import broken, likely, proved, unknown
from flows.engine import Call, Cloud, CloudError, Finding, Handover, shell

from . import script

READS = (Call("ssm.SendCommand"), Call("ssm.GetCommandInvocation"), Call("ssm.DescribeInstanceInformation"))
STEPS = {
    "files": "Owner and permissions of the files",
    "permalinks": "Permalinks (AllowOverride and mod_rewrite)",
    "php": "Upload size and memory of PHP",
}
BRIEFLY = {"files": "owners and permissions", "permalinks": "permalinks", "php": "the limits of PHP"}
INFORMATION = "ssm:DescribeInstanceInformation"
SILENT = (
    "{} does not answer Systems Manager. It needs an instance profile with AmazonSSMManagedInstanceCore, the SSM agent "
    "and a way to the internet (or VPC endpoints)."
)


def wrong(id_: str, words: str, seen: str) -> Finding:
    """What a check says about something that is not right."""
    remedy = "handrail run wordpress --set mode=existing_instance puts it right, and can take that back."
    return broken(id_, f"Not so: {words}", seen, remedy)


def would_change(id_: str, words: str, seen: str) -> Finding:
    """What a dry run says about something that is not right."""
    return likely(id_, f"Not so yet, and will be changed: {words}", seen)


def examine(cloud: Cloud, instance: str, values: Mapping[str, str], *, before: bool) -> Iterator[Finding]:
    """Run the script on the machine with MODE=check, and what it said.

    It changes nothing, but for a page of random name that exists while it is asked: PHP on the command line reads
    other settings than behind the web server. `--read-only` forbids that, and then nothing is claimed.

    Args:
        values: the script's parameters.
        before: it is a dry run, where what is wrong will be changed.
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
    said = [each for each in access.understood(output) if each.how in ("ok", "wrong", "failed")]
    if not said:
        yield unknown("machine", f"{instance} said nothing that could be read.", output[-200:], by_hand)
    for each in said:
        if each.how == "ok":
            yield proved(each.what, f"{each.words}.", seen)
        elif each.how == "wrong":
            words = each.words.removeprefix("Not yet: ")
            yield (would_change if before else wrong)(each.what, f"{words}.", seen)
        else:
            yield broken(each.what, each.words, seen, "Put this right first; nothing was changed.")


def names_free(cloud: Cloud, name: str, place: instances.Place) -> Iterator[Finding]:
    """Whether the role and the security group can have that name."""
    remedy = "Choose another name."
    if roles.taken(cloud, name):
        yield broken("role", f"A role named {name} exists already.", "iam:GetRole", remedy)
    elif firewalls.group_taken(cloud, name, place.vpc):
        yield broken(
            "firewall",
            f"A security group named {name} exists already in {place.vpc}.",
            "ec2:DescribeSecurityGroups",
            remedy,
        )
    else:
        yield proved("name", f"No role and no security group is called {name} yet.", "iam:GetRole")


def address_left(cloud: Cloud) -> Finding:
    """Whether the account may have one more fixed address; 5 in a region are usual (Amazon EC2 quotas, 2026-10)."""
    used = sum(len(page["Addresses"]) for page in cloud.pages(Call("ec2.DescribeAddresses")))
    quota = Call("service-quotas.GetServiceQuota", {"ServiceCode": "ec2", "QuotaCode": "L-0263D0A3"})
    told = "{} of {} fixed addresses (Elastic IPs) are in use in this region."
    try:
        most = int(cloud.make(quota)["Quota"]["Value"])
    except CloudError:
        words = told.format(used, "the usual 5")
        return (likely if used < 5 else unknown)("addresses", words, "counted; the account's own limit was not told")
    told = told.format(used, most)
    if used >= most:
        return broken(
            "addresses", told, "counted in your account", "Release one, or ask AWS to raise the quota L-0263D0A3."
        )
    return proved("addresses", told, "counted in your account")


def diagnose(cloud: Cloud, instance: str, values: Mapping[str, str]) -> Iterator[Finding]:
    """A machine that exists, whoever made it, by its id or name. Raises Refused if there is none."""
    agents = access.reachable(cloud)
    if instance not in (agents or {}):
        instance = instances.machine_called(cloud, instance)
    if agents is None:
        yield unknown("agent", "Whether the machine answers is not known.", INFORMATION)
    elif agents.get(instance) != access.ONLINE:
        yield broken(
            "agent",
            SILENT.format(instance),
            INFORMATION,
            "Attach such a profile, wait, try again.",
        )
        return
    else:
        yield proved("agent", f"{instance} answers Systems Manager.", INFORMATION)
    yield from examine(cloud, instance, values, before=False)


def hand_over(cloud: Cloud, outputs: Mapping[str, str], facts: Mapping[str, Mapping[str, str]]) -> Handover:
    """The addresses, what to do now, and what the machine says about itself."""
    instance = outputs["machine"]
    findings = tuple(examine(cloud, instance, facts["values"], before=False))
    inside = f"A shell on it, without SSH: {shell.aws('ssm', 'start-session', target=instance)}"
    if "address" not in outputs:
        return Handover(outputs=outputs, findings=findings, next_steps=(inside,))
    site, address = facts["values"].get("SITE", ""), outputs["address"]
    first = [f"Have {site} lead to {address} (an A record), before the first visit."] if site else []
    link = f"http://{site or address}/wp-admin/install.php"
    steps = (
        *first,
        f"Open {link} at once: whoever opens it first becomes the administrator.",
        "Then: HTTPS (certbot, a load balancer or CloudFront), and backups of the disk (snapshots).",
        inside,
    )
    return Handover(outputs={**outputs, "set_up": link}, findings=findings, next_steps=steps)
