"""A device of another maker at the office's end: AWS's sample for it, and a README of ours.

allowed    what the tunnels allow: IKE versions, methods, lifetimes, as the connection really has them
samples    AWS's sample that fits that, for the device or else for any device
makers     where a maker's device wants things entered, and how it tells what it does
readme     the README beside the sample
files      all of it

Text in, texts out, but for `samples`, which asks AWS. The keys are in one file of these.
"""

from flows.vpn.devices.allowed import allowed
from flows.vpn.devices.files import Files, files
from flows.vpn.devices.samples import best

__all__ = ["Files", "allowed", "best", "files"]
