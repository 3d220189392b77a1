"""What is wrong with a page that stands in the browser."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from axe_playwright_python.base import AXE_SCRIPT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import ConsoleMessage, Page, Request

DESKTOP, PHONE = 1280, 320
HEIGHT = 900
RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],
}
# Chromium notes on the console that an answer had an error's status, of pages too.
STATUS_NOTED = "Failed to load resource: the server responded with a status of"
# What a page's frame promises, and links within it that lead to nothing.
FRAME = """() => ({
  title: document.title.trim(),
  headings: document.querySelectorAll("h1").length,
  excess: document.documentElement.scrollWidth - window.innerWidth,
  astray: [...document.querySelectorAll('a[href^="#"]')].map((a) => a.getAttribute("href"))
    .filter((href) => !document.getElementById(decodeURIComponent(href.slice(1)))),
})"""


class Watch:
    """Listens to a page from its beginning; `complaints` is what was heard since last asked."""

    def __init__(self, page: Page, origin: str) -> None:
        self._page, self._origin = page, origin
        self._heard: list[str] = []
        page.on("console", self._on_console)
        page.on("pageerror", lambda error: self._heard.append(f"script error: {error}"))
        page.on("request", self._on_request)
        page.on("requestfailed", self._on_failure)

    def _on_console(self, message: ConsoleMessage) -> None:
        is_of_page = message.location.get("url", "").split("#")[0] == self._page.url.split("#")[0]
        if is_of_page and message.text.startswith(STATUS_NOTED):
            return  # whoever opened the page looks at its status
        if message.type in ("error", "warning"):
            self._heard.append(f"console {message.type}: {message.text}")

    def _on_request(self, request: Request) -> None:
        if not request.url.startswith((f"{self._origin}/", "data:")):
            self._heard.append(f"asked another origin: {request.url}")

    def _on_failure(self, request: Request) -> None:
        if request.failure != "net::ERR_ABORTED":  # the next page was opened meanwhile
            self._heard.append(f"request failed: {request.url} ({request.failure})")

    def complaints(self) -> list[str]:
        """What was heard, once."""
        heard, self._heard = self._heard, []
        return heard


# A page as axe sees it: elements with the attributes that mean something, and whether they hold any
# text, but not which. Things of one kind after another count once, and rows in any order.
SHAPE = """() => {
  const meant = /^(class|role|type|lang|scope|tabindex|hidden|alt|aria-.*)$/;
  const shape = (e) => {
    const own = [...e.attributes].filter((a) => meant.test(a.name))
      .map((a) => a.name + "=" + (a.name.startsWith("aria-") ? !a.value : a.value)).sort();
    const text = [...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim());
    let parts = [...e.children].map(shape).filter((part, at, all) => part !== all[at - 1]);
    if (e.tagName === "TBODY") parts = [...new Set(parts)].sort();
    return `<${e.localName} ${own}${text ? " text" : ""}>${parts.join("")}</>`;
  };
  return shape(document.body);
}"""
_examined: set[str] = set()


def faults_of(page: Page) -> list[str]:
    """What is wrong with the page, wide and narrow, in words. It is left wide.

    Axe, which takes its time, does not look again at what differs from a page that it has seen
    in words alone.
    """
    page.wait_for_load_state()
    shape: str = page.evaluate(SHAPE)
    is_new = shape not in _examined
    _examined.add(shape)
    if is_new:
        page.evaluate(AXE_SCRIPT)
    faults = []
    for width in (PHONE, DESKTOP):
        page.set_viewport_size({"width": width, "height": HEIGHT})
        found = [*_faults(page), *(_violations(page) if is_new else ())]
        faults += [f"at {width} px: {fault}" for fault in found]
    return faults


def _faults(page: Page) -> Iterator[str]:
    frame: dict[str, Any] = page.evaluate(FRAME)
    if frame["title"] in ("", "– FIR"):
        yield "no title"
    if frame["headings"] != 1:
        yield f"{frame['headings']} headings of the first level"
    if frame["excess"] > 0:
        yield f"scrolls sideways by {frame['excess']} px because of {_widest(page)}"
    for href in frame["astray"]:
        yield f"a link to {href}, which is not on the page"


def _violations(page: Page) -> Iterator[str]:
    found: list[dict[str, Any]] = page.evaluate(
        f"axe.run({json.dumps(RULES)}).then((results) => results.violations)"
    )
    for violation in found:
        elements = "; ".join(node["html"][:160] for node in violation["nodes"][:3])
        yield f"axe {violation['id']}: {violation['help']}: {elements}"


def _widest(page: Page) -> str:
    """The innermost element that reaches farthest out."""
    found: str = page.evaluate(
        """() => [...document.body.querySelectorAll("*")]
          .filter((e) => !e.closest(".fir-scroll") && e.getBoundingClientRect().width > 0)
          .reduce((a, b) => b.getBoundingClientRect().right >= a.getBoundingClientRect().right
            ? b : a).outerHTML.slice(0, 160)"""
    )
    return found
