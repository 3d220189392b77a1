"""`make screenshots`: takes the pictures of the README anew, of a demo world of their own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import django

from tests.browser.chromium import launched
from tests.browser.look import DESKTOP, PHONE
from tests.stack import CHECKOUT, eventually, running_demo

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from tests.stack import Stack

FOLDER = CHECKOUT / "docs" / "screenshots"
HEIGHT, HEIGHT_OF_RECORD = 860, 1135


def main() -> int:
    """Start a FIR, take the pictures, and say what was taken."""
    django.setup()
    subprocess.run(
        [sys.executable, "manage.py", "collectstatic", "--no-input", "--verbosity", "0"],
        cwd=CHECKOUT,
        check=True,
    )
    FOLDER.mkdir(parents=True, exist_ok=True)
    with running_demo(Path(os.environ["TMPDIR"]), "fir_screenshots") as fir, launched() as browser:
        take_all(browser, fir)
    return 0


def take_all(browser: Browser, fir: Stack) -> None:
    """What a Supplier and the Administrator see first, and a record on a telephone."""
    from tests.browser.acts import new_page, signed_in  # needs Django's settings

    take(new_page(browser, fir), "/", "home")
    greta, basil = signed_in(browser, fir, "greta"), signed_in(browser, fir, "basil")
    eventually(lambda: is_worked_out(greta), what="the estate's assessment")
    take(greta, "/estate", "estate")
    record = first_link(greta, "/firmware?device_type=ESME&q=1A100100", "Records")
    take(greta, record, "record", height=HEIGHT_OF_RECORD)
    take(greta, record, "record-narrow", width=PHONE)
    take(basil, first_link(basil, "/submissions?state=SUBMITTED", "Submissions"), "submission")


def is_worked_out(page: Page) -> bool:
    """Whether the numbers of the estate stand."""
    page.goto("/estate")
    return page.get_by_role("link", name="Look again").count() == 0


def first_link(page: Page, path: str, region: str) -> str:
    """Where the first row of a list leads."""
    page.goto(path)
    link = page.get_by_role("region", name=region).get_by_role("link").first
    return link.get_attribute("href") or ""


def take(page: Page, path: str, name: str, *, width: int = DESKTOP, height: int = HEIGHT) -> None:
    """A picture of the beginning of a page."""
    page.set_viewport_size({"width": width, "height": height})
    page.goto(path)
    file = FOLDER / f"{name}.png"
    page.screenshot(path=file, animations="disabled", caret="hide", scale="css")
    sys.stdout.write(f"{file.relative_to(CHECKOUT)}: {file.stat().st_size // 1024} KB\n")


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    sys.exit(main())
