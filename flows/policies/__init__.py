"""A reader of policies: what they say to somebody who wants to do something. It asks nobody and knows no set-up."""

from __future__ import annotations

from .conditions import listed
from .reading import Answer, Policy, Verdict, document, narrowed, read
from .requests import Caller, Request

__all__ = ["Answer", "Caller", "Policy", "Request", "Verdict", "document", "listed", "narrowed", "read"]
