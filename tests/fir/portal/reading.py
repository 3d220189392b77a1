"""What a page says, read as a person or a browser reads it."""

from __future__ import annotations

from typing import Any

from lxml import html


def text(answer: Any) -> str:
    return " ".join(html.fromstring(answer.content).text_content().split())


def boxes(answer: Any) -> dict[str, bool]:
    """The permissions that a page offers, and which of them are ticked."""
    found = html.fromstring(answer.content).xpath("//input[@name='permissions']")
    return {box.get("value"): box.get("checked") is not None for box in found}


def errors(answer: Any) -> str:
    """What the summary above the form says is to be mended."""
    (summary,) = html.fromstring(answer.content).xpath(
        "//*[contains(@class,'error-summary__list')]"
    )
    return " ".join(summary.text_content().split())
