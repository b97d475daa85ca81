"""What will be there, drawn: from a change of the source to the page that visitors see."""

from __future__ import annotations

from flows.engine import Link, Picture, Thing

PICTURE = Picture.of(
    Thing("code", "Source code", "what you write", of="repository branch", made="repository source",
          found="branch file"),
    Thing("line", "Connection", "to your Git", of="connection", made="connection", found="connection", beside=True),
    Thing("pipeline", "Pipeline", "goes step by step", of="name", made="pipeline",
          found="pipeline role stage stages runs", seen="reads starts"),
    Thing("build", "Build", "makes the page", made="project build-role log", found="builds needs build"),
    Thing("store", "Artifacts", "between steps", made="artifacts", found="artifacts store-key", beside=True),
    Thing("site", "Bucket", "holds the page", of="site_bucket", made="site hosting", found="site"),
    Thing("cdn", "CloudFront", "in front of it", of="distribution", found="distribution invalidates", beside=True),
    Thing("visitors", "Visitors", "with a browser"),
    Link("code", "line", "The pipeline reads it by this connection."),
    Link("code line", "pipeline", "Every change starts the pipeline.", made="rule target", found="starts way-in"),
    Link("pipeline", "build", "It has the page built from what changed.", made="first-run"),
    Link("build", "store", "What one step makes lies here for the next."),
    Link("build", "site", "The finished page is put there.", found="publishes"),
    Link("site", "cdn", "CloudFront is told to fetch the page again."),
    Link("site", "visitors", "They read the page.", made="bucket-policy", found="visitors start-page"),
)  # fmt: skip
