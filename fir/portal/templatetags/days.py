"""How long ago a day was, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import template

if TYPE_CHECKING:
    from datetime import date

register = template.Library()

MONTHS_IN_WORDS = 24


@register.filter
def ago(day: date, today: date) -> str:
    """How long before `today` a day was: in days, from a month on in whole months, from two years
    on in whole years. One that is to come reads as today."""
    months = 12 * (today.year - day.year) + today.month - day.month - (today.day < day.day)
    if months >= MONTHS_IN_WORDS:
        return f"{months // 12} years ago"
    if months > 0:
        return f"{months} months ago" if months > 1 else "1 month ago"
    days = (today - day).days
    if days <= 0:
        return "today"
    return f"{days} days ago" if days > 1 else "yesterday"
