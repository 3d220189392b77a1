"""Following every link as somebody, one of each kind, and looking at every page on the way."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urldefrag, urljoin, urlsplit

from django.urls import NoReverseMatch, Resolver404, resolve, reverse

from fir.management.demo.people import PASSWORD
from tests.browser.acts import EMAILS, origin_of, signed_in, told
from tests.browser.look import Watch, faults_of
from tests.house.routes import pages
from tests.stack import eventually

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Page, Response

    from tests.stack import Stack

PAGES = {name for method, name in pages() if method == "GET"}
# Served for people to keep, not to look at.
DOWNLOADS = (".csv", ".xlsx", ".xml", ".json", ".ndjson", ".zip")
LINKS = "() => [...document.querySelectorAll('a[href]')].map((a) => a.getAttribute('href'))"
# Forms that ask for something to be typed: sent empty, they are refused, and nothing is changed.
# What ends something, by a red button, may do without.
FORMS = """() => [...document.querySelectorAll("main form")].flatMap((form, at) =>
  form.method === "post" && !form.querySelector(".govuk-button--warning") && form.querySelector(
    "textarea, input:not([type=hidden]):not([type=checkbox]):not([type=radio]):not([hidden])"
  ) ? [at] : [])"""


@dataclass
class Crawl:
    """One person's way through the portal.

    `reached` are the names of the pages that were come to by links and forms, `faults` what was
    wrong on the way.
    """

    page: Page
    fir: Stack
    reached: set[str] = field(default_factory=set)
    faults: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._origin = origin_of(self.fir)
        self._watch = Watch(self.page, self._origin)
        self._met: set[tuple[str, bool]] = set()
        self._ahead: deque[str] = deque()

    def follow(self, start: str = "/") -> None:
        """Visit `start`, and from there one address of each kind, with and without a question."""
        self._ahead.append(urljoin(self._origin, start))
        while self._ahead:
            url = self._ahead.popleft()
            kind = self._kind(url)
            if kind in self._met:
                continue
            self._met.add(kind)
            if urlsplit(url).path.endswith(DOWNLOADS):
                self._keep(url)
            else:
                self.visit(url)
                self._send_empty_forms(url)

    def visit(self, url: str, *statuses: int) -> None:
        """Open a page, look at it, and note where it leads."""
        answer = self.page.goto(url)
        self.look(answer, *statuses or (200,))
        self.reached.add(self._kind(self.page.url)[0])
        self._ahead.extend(self._links())

    def follow_first_of(self, listing: str) -> None:
        """Visit the first entry that a list names, whatever entries were visited before, and follow
        what is offered there."""
        self.page.goto(listing)
        self.page.get_by_role("main").get_by_role("table").get_by_role("link").first.click()
        self.visit(self.page.url)
        self.follow(listing)

    def follow_tasks_of_a_draft(self) -> None:
        """Visit each of the tasks of the first draft that the list of submissions names, and follow
        what is offered there."""
        self.page.goto("/submissions")
        with self.page.expect_navigation():
            self.page.get_by_role("region", name="Drafts").get_by_role("link").first.click()
        tasks = self.page.locator(".govuk-task-list__link")
        for url in [urljoin(self.page.url, one.get_attribute("href") or "") for one in tasks.all()]:
            self.visit(url)
            self._send_empty_forms(url)
        self.follow("/submissions")

    def look(self, answer: Response | None, *statuses: int) -> None:
        """Note what is wrong with the page that has just been opened."""
        wrong = faults_of(self.page) + self._watch.complaints()
        if answer is None or answer.status not in statuses:
            wrong.append(f"status {answer and answer.status}, not {statuses}")
        self.faults += [f"{self._where()}: {fault}" for fault in wrong]

    def press(self, name: str) -> None:
        """Send the form with a button of this name, and look at the page that it leads to."""
        with self.page.expect_navigation() as opened:
            self.page.get_by_role("main").get_by_role("button", name=name).click()
        self.look(opened.value, 200)
        self.reached.add(self._kind(self.page.url)[0])

    def type_addresses(self) -> None:
        """Open what has no arguments in its address and was not linked to, as if typed: it opens,
        leads elsewhere or refuses, in a page like any other. So does an address that is none."""
        for name in sorted(PAGES - {kind for kind, _ in self._met}):
            try:
                url = urljoin(self._origin, reverse(name))
            except NoReverseMatch:
                continue
            self.look(self.page.goto(url), 200, 403, 404)
        self.look(self.page.goto(f"{self._origin}/no-such-page"), 404)

    def _where(self) -> str:
        address = urlsplit(self.page.url)
        return f"{address.path}?{address.query}" if address.query else address.path

    def _kind(self, url: str) -> tuple[str, bool]:
        address = urlsplit(url)
        try:
            return resolve(address.path).view_name, bool(address.query)
        except Resolver404:
            return address.path, bool(address.query)

    def _links(self) -> Iterator[str]:
        for href in self.page.evaluate(LINKS):
            url = urldefrag(urljoin(self.page.url, href)).url
            if url.startswith(f"{self._origin}/") and self._is_for_people(url):
                yield url

    def _is_for_people(self, url: str) -> bool:
        path = urlsplit(url).path
        return path == reverse("docs") or not path.startswith(("/api/", "/static/", "/health"))

    def _keep(self, url: str) -> None:
        answer = self.page.request.get(url)
        self.reached.add(self._kind(url)[0])
        if not answer.ok or "attachment" not in answer.headers.get("content-disposition", ""):
            self.faults.append(f"{urlsplit(url).path}: status {answer.status}, or not for keeping")

    def _send_empty_forms(self, url: str) -> None:
        for at in self.page.evaluate(FORMS):
            form = self.page.locator("main form").nth(at)
            with self.page.expect_navigation() as opened:
                form.locator("button[type=submit], button:not([type])").first.click()
            self.look(opened.value, 422, 200)
            self.page.goto(url)


def follow_letters(crawl: Crawl) -> None:
    """Have somebody invited and a password forgotten, follow the links in the letters, and set the
    password anew."""
    page = crawl.page
    page.goto("/account/password/forgotten")
    page.get_by_label("Email").fill(EMAILS["delia"])
    crawl.press("Send me the link")
    invite(crawl, "newcomer@puck-and-partners.invalid")
    letters = ("newcomer@puck-and-partners.invalid", "Set a new password")
    eventually(lambda: all(words in "".join(crawl.fir.emails()) for words in letters), what="both")
    crawl.follow("/outbox")
    page.goto("/outbox")
    page.get_by_role("link", name="/account/password/new/").first.click()
    for box in page.get_by_role("main").locator("input[type=password]").all():
        box.fill(PASSWORD)
    crawl.press("Set it")


def invite(crawl: Crawl, email: str) -> None:
    """Have somebody invited by a person of the demo, in a browser of that person's own."""
    browser = crawl.page.context.browser
    assert browser
    page = signed_in(browser, crawl.fir, "piotr")
    page.goto("/people/invite")
    page.get_by_label("Email").fill(email)
    page.get_by_role("button", name="Send the invitation").click()
    told(page, "An invitation was sent")
    page.context.close()
