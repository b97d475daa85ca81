"""The build of a single-page application: its buildspec, what it may do to the site, and where the stages hand on.

The buildspec builds, proves that there is a page, and only then publishes. Scripts and styles of earlier builds stay
for a while: a page that somebody has open, or that is kept on the way, loads parts of itself only when it wants them.

post_build also runs after a failed build, and deleting old files from an empty folder would wipe the site, so both
are asked first (CodeBuild User Guide, "Build phase transitions", 2026-10). No ACLs: buckets made since April 2023
refuse them.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flows.aws import buckets, roles
from flows.engine import Identity, Kept

HASHED = ("assets", "static", "_next/static", "_app/immutable", "_nuxt", "_astro")
"""Folders whose file names change with their content, so that browsers may keep them for ever."""
STAY = (*(f"{folder}/*" for folder in HASHED), "*.js", "*.mjs", "*.css")
"""What of earlier builds a page that is open, or was kept somewhere, still asks for."""
DAYS = 30
"""So long it stays after a build without it."""
AT_ONCE = 200
"""So many files one build takes away: each is a call of about a second, and a build has twenty minutes."""
WRITES = ("s3:PutObject", "s3:DeleteObject", "s3:ListBucket")
"""What publishing asks for of the site's bucket."""
FOR_EVER, A_WHILE, NEVER = "public,max-age=31536000,immutable", "public,max-age=300", "no-cache"


def delivered(site: buckets.Bucket) -> Kept:
    """What deliveries do to a bucket that was there before, and no undo takes back."""
    return Kept(
        f"What was delivered into {site.name} meanwhile",
        "It stays, and the files that a delivery deleted do not come back.",
        maybe=True,
    )


def buildspec(command: str, node: str, *, invalidate: bool) -> str:
    """The text, every command quoted, because “: ” in one would make it something else."""
    hashed = " ".join(HASHED)
    apart, stay = _excluded(f"{folder}/*" for folder in HASHED), _excluded(STAY)
    install = ["if test -f package-lock.json; then npm ci; else npm install; fi"]
    publish = [
        'test "$CODEBUILD_BUILD_SUCCEEDING" = "1" || exit 1',
        'test -f "$SITE_DIR/index.html"',
        f'for each in {hashed}; do if test -d "$SITE_DIR/$each"; then aws s3 cp --recursive "$SITE_DIR/$each/" '
        f'"s3://$SITE_BUCKET/$each/" --cache-control "{FOR_EVER}" || exit 1; fi; done',
        f'aws s3 cp --recursive "$SITE_DIR/" "s3://$SITE_BUCKET/" --exclude index.html {apart} '
        f'--cache-control "{A_WHILE}"',
        'aws s3api list-objects-v2 --bucket "$SITE_BUCKET" --prefix index.html --output text --query '
        "\"Contents[?Key=='index.html'].LastModified\" > /tmp/live || true",
        f'aws s3 cp "$SITE_DIR/index.html" "s3://$SITE_BUCKET/index.html" --cache-control "{NEVER}"',
        f'aws s3 sync "$SITE_DIR/" "s3://$SITE_BUCKET/" --delete --size-only {stay}',
    ]
    if invalidate:
        publish.append('aws cloudfront create-invalidation --distribution-id "$DISTRIBUTION_ID" --paths / /index.html')
    lines = ["version: 0.2", "phases:", "  install:", "    runtime-versions:", f'      nodejs: "{node}"']
    lines += ["    commands:", *_quoted(install), "  build:", "    commands:", *_quoted([command])]
    lines += ["  post_build:", "    commands:", *_quoted(publish), "      - |"]
    lines += [f"        {line}" for line in forget()]
    lines += ["cache:", "  paths:", "    - '/root/.npm/**/*'"]
    return "\n".join(lines) + "\n"


def forget() -> list[str]:
    """The lines that take away what no build of the last 30 days had, which a page that is still open may ask for.

    Each build uploads all of its files, so the newest of the old ones are of a build that had nothing of what is older:
    that is out of use since then at the latest. Those newest may have been in use until a moment ago, and stay.
    The newest can also be somebody's own file, or of a build that failed before its index.html: what is as old as the
    page that was there until now stays as well. Its time is in the list of files, as to ask for it alone is to read it.

    Many of them go over several builds, and what cannot be taken away fails none: the page is delivered by then.
    """
    return [
        "# of earlier builds, what was out of use 30 days ago",
        f'limit=$(date -u -d "{DAYS} days ago" +%Y-%m-%dT%H:%M:%S)',
        'aws s3api list-objects-v2 --bucket "$SITE_BUCKET" --output text --query '
        "\"Contents[?LastModified<'$limit'].[LastModified,Key]\" | grep -v ^None > /tmp/old",
        "newest=$(cut -f 1 /tmp/old | sort | tail -n 1)",
        "live=$(grep -v ^None /tmp/live)",
        'if test -n "$newest" && test -n "$live"; then',
        '  if test "$live" \\< "$newest"; then newest=$live; fi',
        '  before=$(date -u -d "@$(($(date -u -d "$newest" +%s) - 3600))" +%Y-%m-%dT%H:%M:%S)',
        f"  left={AT_ONCE}",
        "  while read -r when key; do",
        '    if test "$left" -gt 0 && test "$when" \\< "$before" && ! test -f "$SITE_DIR/$key"; then',
        '      aws s3 rm "s3://$SITE_BUCKET/$key"',
        "      left=$((left - 1))",
        "    fi",
        "  done < /tmp/old",
        "fi",
        "true",
    ]


def _excluded(patterns: Iterable[str]) -> str:
    return " ".join(f'--exclude "{each}"' for each in patterns)


def _quoted(commands: list[str]) -> list[str]:
    return ["      - '" + command.replace("'", "''") + "'" for command in commands]


def publishes(flow: Any, who: Identity, site: buckets.Bucket, key: str) -> list[dict[str, Any]]:
    """What the build may do to the site, and nothing about ACLs.

    `key` is the ARN of the account's own key that encrypts it, if one does: a file that comes in parts is also read (S3
    User Guide, "Using server-side encryption with AWS KMS keys", 2026-11).
    """
    arn, own = f"arn:{who.partition}:s3:::{site.name}", roles.of_account(who.account)
    statements = [
        roles.allow("SiteList", ["s3:ListBucket", "s3:GetBucketLocation"], arn, **own),
        roles.allow("SiteWrite", ["s3:PutObject", "s3:DeleteObject"], f"{arn}/*", **own),
    ]
    if key:
        by_s3 = {"kms:ViaService": f"s3.{site.region}.amazonaws.com"}
        statements.append(roles.allow("SiteKey", ["kms:GenerateDataKey", "kms:Decrypt"], key, StringEquals=by_s3))
    if flow.distribution:
        one = f"arn:{who.partition}:cloudfront::{who.account}:distribution/{flow.distribution}"
        statements.append(roles.allow("Invalidate", "cloudfront:CreateInvalidation", one))
    return statements


def artifacts(flow: Any) -> buckets.Bucket:
    """The bucket of what the stages hand on; nobody else would take a name with this account's number in it."""
    who = flow.cloud.identity
    return buckets.Bucket(f"{flow.name}-pipe-{who.account}-{who.region}", who.region)
