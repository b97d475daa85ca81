"""What a person has in hand once WordPress runs: the addresses, what to do now, what the machine says of itself."""

from __future__ import annotations

from collections.abc import Mapping

from flows.engine import Call, Cloud, Handover, shell

from . import rules

READS = (Call("ssm.SendCommand"), Call("ssm.GetCommandInvocation"), Call("ssm.DescribeInstanceInformation"))


def hand_over(cloud: Cloud, outputs: Mapping[str, str], facts: Mapping[str, Mapping[str, str]]) -> Handover:
    """The addresses, what to do now, and what the machine says about itself."""
    instance = outputs["machine"]
    findings = tuple(rules.examine(cloud, instance, facts["values"], before=False))
    inside = f"A shell on it, without SSH: {shell.aws('ssm', 'start-session', target=instance)}"
    if "address" not in outputs:
        return Handover(outputs=outputs, findings=findings, next_steps=(inside,))
    site, address = facts["values"].get("SITE", ""), outputs["address"]
    first = [f"Have {site} lead to {address} (an A record), before the first visit."] if site else []
    link = f"http://{site or address}/wp-admin/install.php"
    steps = (
        *first,
        f"Open {link} at once: whoever opens it first becomes the administrator.",
        "Then: HTTPS (certbot, a load balancer or CloudFront), with https:// in WordPress's two addresses, and backups "
        "of the disk (snapshots). wp-config.php believes a balancer's X-Forwarded-Proto already; CloudFront has to "
        "be told to send CloudFront-Forwarded-Proto (an origin request policy).",
        inside,
    )
    return Handover(outputs={**outputs, "set_up": link}, findings=findings, next_steps=steps)
