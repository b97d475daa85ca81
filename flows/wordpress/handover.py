"""What a person has in hand once WordPress runs: the addresses, what to do now, what the machine says of itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from flows.engine import Call, Cloud, Finding, Handover, shell
from flows.engine.flow import parted, was_proved

from . import rules

READS = (Call("ssm.SendCommand"), Call("ssm.GetCommandInvocation"), Call("ssm.DescribeInstanceInformation"))


def hand_over(cloud: Cloud, outputs: Mapping[str, str], facts: Mapping[str, Mapping[str, str]]) -> Handover:
    """The addresses, what to do now, and what the machine says about itself."""
    instance = outputs["machine"]
    homes: list[str] = []

    def leads(home: str) -> Iterator[Finding]:
        """WordPress leads somewhere once somebody went through its first page."""
        homes.append(home)
        yield from ()

    findings = tuple(rules.examine(cloud, instance, facts["values"], before=False, leads=leads))
    inside = f"A shell on it, without SSH: {shell.aws('ssm', 'start-session', target=instance)}"
    if "address" not in outputs:
        return Handover(outputs=outputs, findings=findings, notes=(inside,))
    site, address = facts["values"].get("SITE", ""), outputs["address"]
    led = was_proved(findings, "address")
    link = f"http://{site or address}/wp-admin/install.php"
    opened, record = bool(homes), f"lead {site} to {address} (an A record)"
    first = f"At once, {record}, and open {link}" if site and not (led or opened) else f"Open {link} at once"
    urgent = [(f"{first}: whoever opens it first becomes the administrator.", opened)]
    if site and (led or opened):
        urgent.append((f"L{record[1:]}.", led))
    https = (
        "Set up HTTPS (certbot, a load balancer or CloudFront), with https:// in WordPress's two addresses, and "
        "backups of the disk (snapshots)."
    )
    balancer = (
        "wp-config.php believes a balancer's X-Forwarded-Proto already; CloudFront has to be told to send "
        "CloudFront-Forwarded-Proto (an origin request policy)."
    )
    now, done = parted(*urgent, (https, False))
    told = {**outputs, "set_up": link}
    return Handover(outputs=told, findings=findings, next_steps=now, done=done, notes=(balancer, inside))
