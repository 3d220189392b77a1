"""Bring the style sheet and scripts of others into `static/`: `python deploy/vendor_static.py`.

Needs npm once, for fetching; nothing of it runs with FIR. What is brought, from which version and
with which SHA-256 stands in `static/VENDORED.toml`. Outside GOV.UK its font, crown and crest may
not be shown (GOV.UK Frontend's own terms), so they are taken out here.
"""

import hashlib
import re
import subprocess
import tarfile
import tempfile
from collections.abc import Callable
from pathlib import Path

STATIC = Path(__file__).resolve().parents[1] / "static"


def without_source_map(text: str) -> str:
    """The text without its pointer at a source map, which is not brought along."""
    return re.sub(r"(//[#@]|/\*#) ?sourceMappingURL=\S+( \*/)?", "", text).rstrip() + "\n"


def without_official_marks(css: str) -> str:
    """GOV.UK Frontend's style sheet without the font, the crest, and any file of its own."""
    css = re.sub(r"/\*! Copyright \(c\) 2011.*?\*/", "", css, flags=re.DOTALL)
    css = re.sub(r"@font-face\{[^}]*\}", "", css)
    css = css.replace("GDS Transport,", "")
    css = re.sub(r"(background|-webkit-mask|mask)-image:url\(/assets/[^)]*\);?", "", css)
    for mark in ("GDS Transport", "/assets/", "@font-face"):
        if mark in css:
            raise SystemExit(f"{mark!r} is still in the style sheet: look at its new form.")
    return without_source_map(css)


# package, version, licence, then: file in the package, file in static/, what is done to it
BROUGHT: tuple[tuple[str, str, str, tuple[tuple[str, str, Callable[[str], str]], ...]], ...] = (
    (
        "govuk-frontend",
        "6.6.0",
        "MIT",
        (
            (
                "dist/govuk/govuk-frontend.min.css",
                "govuk-frontend/govuk-frontend.css",
                without_official_marks,
            ),
            (
                "dist/govuk/govuk-frontend.min.js",
                "govuk-frontend/govuk-frontend.js",
                without_source_map,
            ),
        ),
    ),
    ("htmx.org", "2.0.11", "0BSD", (("dist/htmx.min.js", "htmx/htmx.js", without_source_map),)),
)


def bring(
    package: str,
    version: str,
    licence: str,
    files: tuple[tuple[str, str, Callable[[str], str]], ...],
) -> str:
    """Fetch one package, write its files, and return its lines of VENDORED.toml."""
    with tempfile.TemporaryDirectory() as folder:
        packed = subprocess.run(  # noqa: S603 - the names stand above
            ["npm", "pack", "--silent", f"{package}@{version}"],  # noqa: S607
            cwd=folder,
            check=True,
            capture_output=True,
            text=True,
        ).stdout.split()[-1]
        archive = Path(folder, packed)
        digest = hashlib.sha256(archive.read_bytes()).hexdigest()
        with tarfile.open(archive) as tar:
            tar.extractall(folder, filter="data")
        lines = [
            f'["{package}"]',
            f'version = "{version}"',
            f'licence = "{licence}"',
            f'package_sha256 = "{digest}"',
        ]
        for source, target, change in files:
            text = change(Path(folder, "package", source).read_text())
            place = STATIC / target
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(text)
            lines.append(f'"{target}" = "{hashlib.sha256(text.encode()).hexdigest()}"')
    return "\n".join(lines) + "\n"


def main() -> None:
    """Bring everything and write down what was brought."""
    parts = [bring(*package) for package in BROUGHT]
    head = (
        "# Written by deploy/vendor_static.py: what stands here from others, and its SHA-256.\n\n"
    )
    (STATIC / "VENDORED.toml").write_text(head + "\n".join(parts))


if __name__ == "__main__":
    main()
