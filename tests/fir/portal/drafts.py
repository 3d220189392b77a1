"""Drafts as tests of their pages need them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lxml import html

from fir.submissions.models import Draft
from tests import make
from tests.fir.portal.reading import errors

if TYPE_CHECKING:
    from django.test import Client

NEW = "/submissions/new"
MODEL = f"ESME-{make.MAKER}-00010101"


def text(answer: Any) -> str:
    """The page, its spaces made one."""
    return " ".join(answer.content.decode().split())


def begin(browser: Client, **said: str) -> Draft:
    """A draft begun on its form."""
    before = set(Draft.objects.values_list("pk", flat=True))
    answer = browser.post(NEW, {"kind": "NEW", "model": "another", **said})
    assert answer.status_code == 302, errors(answer)
    return Draft.objects.exclude(pk__in=before).get()


def at(draft: Draft, page: str = "") -> str:
    """The address of a page of a draft."""
    return f"/submissions/drafts/{draft.pk}{'/' if page else ''}{page}"


def form_of(answer: Any) -> dict[str, Any]:
    """What the form of a section would send as it stands."""
    (form,) = html.fromstring(answer.content).xpath("//main//form[.//*[@name='seen']]")
    sent: dict[str, Any] = {}
    for element in form.inputs:
        if element.get("type") in ("checkbox", "radio"):
            if element.checked:
                sent.setdefault(element.name, []).append(element.get("value"))
        elif element.name:
            sent[element.name] = [str(element.value or "").removeprefix("\n")]
    return sent


def save(browser: Client, draft: Draft, section: str, **answers: Any) -> Any:
    """The answer to a section's form, sent with these answers in the place of what it held."""
    held = form_of(browser.get(at(draft, section)))
    return browser.post(at(draft, section), {**held, **answers})


def statuses(answer: Any) -> dict[str, str]:
    """How each task of the list stands."""
    tree = html.fromstring(answer.content)
    tasks = tree.xpath("//li[contains(@class,'govuk-task-list__item')]")
    said = [[" ".join(part.text_content().split()) for part in task] for task in tasks]
    names = [task.xpath(".//a")[0].text_content() for task in tasks]
    return {name: status for name, (_, status) in zip(names, said, strict=True)}
