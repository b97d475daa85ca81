"""The other end of a Site-to-Site VPN: what the office's own gateway has to be told.

AWS makes two tunnels and describes them in one XML text. A person needs files for a machine. This
package is the way from one to the other, as pure functions: text in, texts out, nothing is written,
called or shown here. The files are for strongSwan and FRR on Debian 12 and newer.

The XML holds the pre-shared keys. They go into the two files that need them and nowhere else: not
into a `repr`, an exception or the README.
"""

from flows.aws.vpn_device.configuration import Configuration, Tunnel, Unreadable, parse
from flows.aws.vpn_device.files import files
from flows.aws.vpn_device.site import Site

__all__ = ["Configuration", "Site", "Tunnel", "Unreadable", "files", "parse"]
