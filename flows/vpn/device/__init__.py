"""The other end of a Site-to-Site VPN: what the office's own gateway has to be told.

AWS makes two tunnels and describes them in one XML text. A person needs files for a machine. This
package is the way from one to the other, as pure functions: text in, texts out, nothing is written,
called or shown here. The files are for strongSwan and FRR, on Debian, Ubuntu and the systems of Red Hat's kind.

The XML holds the pre-shared keys. They go into the one file `KEYS` and nowhere else: not into a `repr`, an
exception or the README, and what is kept of AWS's own texts is kept `without_keys`.
"""

from flows.vpn.device.configuration import Configuration, Tunnel, Unreadable, parse
from flows.vpn.device.files import files, without_keys
from flows.vpn.device.site import Site
from flows.vpn.device.systems import KEYS

__all__ = ["KEYS", "Configuration", "Site", "Tunnel", "Unreadable", "files", "parse", "without_keys"]
