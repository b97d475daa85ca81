"""Which runtimes CodeBuild's images have.

Source: AWS CodeBuild User Guide, “Available runtimes”, as stored in October 2026. AWS names the images by
`ListCuratedEnvironmentImages`, but their versions stand in the guide alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

AS_OF = "2026-10"

_JAVA = "corretto8 corretto11 corretto17 corretto21 corretto25"
_OLD = {
    "nodejs": "18 20 22 24 26",
    "python": "3.9 3.10 3.11 3.12 3.13 3.14",
    "java": _JAVA,
    "golang": "1.20 1.21 1.22 1.23 1.24 1.25 1.26",
    "php": "8.2 8.3 8.4 8.5",
    "ruby": "3.1 3.2 3.3 3.4 4.0",
    "dotnet": "6.0 8.0 10.0",
}
_NEW = {
    "nodejs": "22 24 26",
    "python": "3.10 3.11 3.12 3.13 3.14",
    "java": _JAVA,
    "golang": "1.24 1.25 1.26",
    "php": "8.2 8.3 8.4 8.5",
    "ruby": "3.3 3.4 4.0",
    "dotnet": "8.0 10.0",
    "rust": "1.97",
}
_TABLE = {
    "aws/codebuild/amazonlinux-x86_64-standard:6.0": _NEW,
    "aws/codebuild/amazonlinux-x86_64-standard:5.0": _OLD,
    "aws/codebuild/amazonlinux-aarch64-standard:4.0": {**_NEW, "nodejs": "22 24", "rust": "1.94"},
    "aws/codebuild/amazonlinux-aarch64-standard:3.0": {
        **_OLD, "nodejs": "18 20 22 24", "php": "8.1 8.2 8.3 8.4 8.5", "rust": "1.94",
    },
    "aws/codebuild/standard:8.0": _NEW,
    "aws/codebuild/standard:7.0": _OLD,
}  # fmt: skip
IMAGES: Mapping[str, Mapping[str, Sequence[str]]] = {
    image: {runtime: versions.split() for runtime, versions in runtimes.items()} for image, runtimes in _TABLE.items()
}
"""Image to runtime to versions, the newest images first."""

RUNTIMES = ("android", "docker", "dotnet", "golang", "java", "nodejs", "php", "python", "ruby", "rust")
"""Every runtime that the file format knows; android and docker are in older images alone."""


def versions(runtime: str, image: str = "") -> list[str]:
    """The versions of a runtime in one image, or in any of them; empty if it has none."""
    chosen = [IMAGES[image]] if image else list(IMAGES.values())
    found = {version for runtimes in chosen for version in runtimes.get(runtime, ())}
    return sorted(found, key=lambda version: [int(part) for part in version.removeprefix("corretto").split(".")])
