"""What will be there, drawn: a request, what the load balancer answers, and where visitors come back to."""

from __future__ import annotations

from flows.engine import Link, Picture, Thing

PICTURE = Picture.of(
    Thing("visitors", "Visitors", "with a browser"),
    Thing("balancer", "Load balancer", "takes requests", of="load_balancer", found="state in-front"),
    Thing("servers", "Servers", "they answer", of="target_groups", found="healthy weights cookie", beside=True),
    Thing("listener", "Listener", "hears a port", of="listener", made="http-listener", found="listener listeners"),
    Thing("answer", "Answer", "sent at once", of="status", made="rule default", found="redirect-fields",
          seen="shadowed conditions loop by-itself", beside=True),
    Thing("https", "https listener", "port 443", of="https_listener", made="https-listener", found="https tls"),
    Thing("proof", "Certificate", "for https", of="certificate", found="certificate covers", beside=True),
    Link("visitors", "balancer", "A request comes to the load balancer's address.", made="open", found="open way-in"),
    Link("balancer", "servers", "With a cookie a visitor comes to the same server again.",
         made="keep default-80 default-443", found="kept divided"),
    Link("balancer", "listener", "It hears requests on this port.", found="nothing-listens"),
    Link("listener", "answer", "What fits is answered so; no server gets it.", found="loop shadowed conditions"),
    Link("listener", "https", "Who is redirected comes back by https.", made="hsts"),
    Link("https", "proof", "The certificate proves the name to the browser."),
)  # fmt: skip
