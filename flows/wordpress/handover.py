"""What a person has in hand once WordPress runs: the addresses, what to do now, what the machine says of itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from flows.aws import instances
from flows.engine import Call, Cloud, Finding, Handover, monthly, shell
from flows.engine.flow import parted, was_proved

from . import rules

READS = (Call("ssm.SendCommand"), Call("ssm.GetCommandInvocation"), Call("ssm.DescribeInstanceInformation"))


def hand_over(cloud: Cloud, outputs: Mapping[str, str], facts: Mapping[str, Any]) -> Handover:
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
    https = _https(site, address, facts.get("system", instances.AMAZON_LINUX), inside)
    after = "Then https:// in WordPress's two addresses (Settings, General), and backups of the disk (snapshots)."
    balancer = (
        "wp-config.php believes a balancer's X-Forwarded-Proto already; CloudFront has to be told to send "
        "CloudFront-Forwarded-Proto (an origin request policy)."
    )
    now, done = parted(*urgent, *((step, False) for step in (*https, after)))
    told = {**outputs, "set_up": link}
    notes = (*monthly.until_undone(facts), balancer, inside)
    return Handover(outputs=told, findings=findings, next_steps=now, done=done, notes=notes)


def _https(site: str, address: str, system: str, inside: str) -> list[str]:
    """How the page gets its certificate: certbot wants a site of that name, which Amazon Linux has none of.

    Packages: Amazon Linux 2023 release notes, 2023.3.20231211; Ubuntu 24.04. The site: EC2 User Guide, "Certificate
    automation: Let's Encrypt with Certbot" of Amazon Linux 2. Not tried with a name on a machine of ours.
    """
    if not site:
        other = "a load balancer or CloudFront in front of it brings a certificate, too"
        return [f"Set up HTTPS: let a name of your own lead to {address}, then certbot on the machine; {other}."]
    amazon = system == instances.AMAZON_LINUX
    packages = "sudo dnf install -y mod_ssl certbot" if amazon else "sudo apt-get install -y certbot"
    server, folder = ("httpd", "/etc/httpd/conf.d") if amazon else ("apache2", "/etc/apache2/sites-enabled")
    lines = ("<VirtualHost *:80>", f"ServerName {site}", "DocumentRoot /var/www/html", "</VirtualHost>")
    written = shell.command("printf", r"%s\n", *lines)
    put = shell.command("sudo", "tee", f"{folder}/{site}.conf")
    anew = shell.command("sudo", "systemctl", "restart", server)
    steps = [
        f"Set up HTTPS once {site} leads here and everybody reaches port 80. {inside}",
        f"There, install certbot: {packages} python3-certbot-apache",
        f"A site of that name: {written} | {put} && {anew}",
        f"The certificate: {shell.command('sudo', 'certbot', '--apache', '-d', site)}",
    ]
    return [*steps, "Its renewal: sudo systemctl enable --now certbot-renew.timer"] if amazon else steps
