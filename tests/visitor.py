"""Somebody whose browser runs no scripts, over plain HTTP: reads, follows links, fills forms."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urljoin

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from lxml import html

from tests import make

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from fir.parties.models import User

FORM, MULTIPART = "application/x-www-form-urlencoded", "multipart/form-data"
Answer = str | bool | SimpleUploadedFile


class NotOnThePage(AssertionError):
    """What was looked for is not on the page; the message says what is."""


class Visitor:
    """A browser and the page that stands in it. Forms are protected as they are in a real one."""

    def __init__(self) -> None:
        self.client = Client(enforce_csrf_checks=True)
        self.url = "/"
        self.status = 0
        self._tree: Any = None

    # ------------------------------------------------------------------ going

    def open(self, url: str) -> None:
        """Go to an address, and on to wherever that leads."""
        self._stand_on(self.client.get(urljoin(self.url, url), follow=True))

    def follow(self, words: str, *, within: str = "//*") -> None:
        """Follow the first link that says these words, or has them in what it says; `within` some
        elements alone."""
        found_in = self._all(f"{within}//a[@href]")
        links = {_said(link): link.get("href") for link in reversed(found_in)}
        found = links.get(words) or next((links[said] for said in links if words in said), None)
        if found is None:
            raise NotOnThePage(f"No link says {words!r} on {self.url}, but these: {list(links)}")
        self.open(found)

    def sign_in(self, person: User, password: str = make.PASSWORD) -> None:
        """Fill in the form to sign in, which stands on the page already or is opened."""
        if "/account/sign-in" not in self.url:
            self.open("/account/sign-in")
        self.send("Sign in", {"Email": person.email, "Password": password})

    def send(self, button: str, answers: Mapping[str, Answer] | None = None) -> None:
        """Fill in the form that has this button, by its labels, and press it.

        A text is typed, or chosen by its name or value where there are choices; True ticks, and
        False takes the tick away.
        """
        pressed = self._button(button)
        form = next(pressed.iterancestors("form"))
        typed: dict[str, Any] = {}
        for label, answer in (answers or {}).items():
            self._fill_in(form, label, answer, typed)
        sent = list(_values(form, typed))
        if pressed.get("name"):
            sent.append((pressed.get("name"), pressed.get("value", "")))
        self._submit(form, sent, pressed.get("formaction") or form.get("action") or self.url)

    def _submit(self, form: Any, sent: list[tuple[str, Any]], action: str) -> None:
        url = urljoin(self.url, action)
        if form.method == "GET":
            self.open(f"{url.partition('?')[0]}?{urlencode(sent)}")
        elif form.get("enctype") == MULTIPART:
            self._stand_on(self.client.post(url, dict(sent), follow=True))
        else:
            body = urlencode(sent)
            self._stand_on(self.client.post(url, body, content_type=FORM, follow=True))

    def _stand_on(self, answer: Any) -> None:
        self.status = answer.status_code
        asked = answer.request
        query = f"?{asked['QUERY_STRING']}" if asked["QUERY_STRING"] else ""
        self.url = f"{asked['PATH_INFO']}{query}"
        self._tree = html.document_fromstring(answer.content)
        for area in self._tree.iter("textarea"):  # the first line break is the markup's own
            area.text = (area.text or "").removeprefix("\n")

    # ------------------------------------------------------------------ filling in

    def _button(self, words: str) -> Any:
        buttons = {_said(button): button for button in reversed(self._all("//form//button"))}
        if words not in buttons:
            raise NotOnThePage(f"No button says {words!r} on {self.url}, but: {list(buttons)}")
        return buttons[words]

    def _fill_in(self, form: Any, label: str, answer: Answer, typed: dict[str, Any]) -> None:
        element = self._labelled(form, label)
        if isinstance(answer, bool) and element.type == "radio":
            form.inputs[element.name].value = element.get("value")
        elif isinstance(answer, bool):
            element.checked = answer
        elif element.tag == "select":
            options = {_said(option): option.get("value", "") for option in element.iter("option")}
            element.value = options.get(str(answer), answer)
        else:
            typed[element.name] = answer

    def _labelled(self, form: Any, label: str) -> Any:
        labels = {_said(one): one.get("for") for one in form.iter("label")}
        if label not in labels:
            raise NotOnThePage(f"Nothing is labelled {label!r} on {self.url}, but: {list(labels)}")
        return form.get_element_by_id(labels[label])

    # ------------------------------------------------------------------ reading

    @property
    def text(self) -> str:
        """What the page says, without its frame."""
        return _said(self._all("//main")[0])

    @property
    def heading(self) -> str:
        """What the page says it is."""
        (heading,) = self._all("//h1")
        return _said(heading)

    @property
    def errors(self) -> list[str]:
        """What the summary above the form says is to be mended."""
        return [_said(one) for one in self._all("//*[@role='alert']//li")]

    @property
    def errors_beside(self) -> dict[str, str]:
        """What stands beside the form's fields, by their names."""
        fields = self._all("//main//form//*[@aria-invalid='true']")
        return {field.name: self._described(field) for field in fields}

    def _described(self, field: Any) -> str:
        ids = (field.get("aria-describedby") or "").split()
        return " ".join(_said(self._tree.get_element_by_id(one)) for one in ids)

    def typed(self, label: str) -> str:
        """What stands in a field."""
        forms = self._all("//main//form")
        holds = [f for f in forms if label in {_said(one) for one in f.iter("label")}]
        return str(self._labelled((holds or forms)[-1], label).value)

    def rows(self, region: str) -> list[str]:
        """What each row of a table says, without its head."""
        found = self._all(f"//*[@role='region'][@aria-label='{region}']//tbody/tr")
        return [_said(row) for row in found]

    def _all(self, xpath: str) -> list[Any]:
        return list(self._tree.xpath(xpath))


def _said(element: Any) -> str:
    return " ".join(element.text_content().split())


def _values(form: Any, typed: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """What a browser sends of a form, in the order of its fields."""
    for element in form.inputs:
        kind, name = element.get("type"), element.name
        if kind in ("checkbox", "radio"):
            if element.checked:
                yield name, element.get("value", "on")
        elif kind == "file":
            if name in typed:
                yield name, typed[name]
        elif name:
            value = str(typed.get(name, element.value) or "")
            yield name, value.replace("\r\n", "\n").replace("\n", "\r\n")
