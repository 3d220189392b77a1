"""Pages of a long list, by number."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.core.paginator import Paginator

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.db.models import Model, QuerySet
    from django.http import QueryDict

PAGE = 50
LONGEST_NUMBER = 9


@dataclass(frozen=True, slots=True)
class Listing:
    """One page of a list. `no_such_page` is the number that was asked for where there is none;
    the first page stands in its place."""

    page: Any
    page_numbers: list[Any]
    query: str
    no_such_page: str = ""

    @property
    def status(self) -> HTTPStatus:
        """404 for a page that the list does not have."""
        return HTTPStatus.NOT_FOUND if self.no_such_page else HTTPStatus.OK


def listing(
    rows: QuerySet[Any, Any] | Sequence[Any], asked: QueryDict, *, count: int | None = None
) -> Listing:
    """The page of `rows` that was asked for, with what links to other pages must carry along.

    Where it is known already how many rows there are, `count` saves asking.
    """
    paginator: Paginator[Model] = Paginator(rows, PAGE)
    if count is not None:
        paginator.count = count
    number = asked.get("page", "1")
    is_number = number.isascii() and number.isdigit() and len(number) <= LONGEST_NUMBER
    is_there = is_number and 1 <= int(number) <= paginator.num_pages
    page = paginator.page(int(number) if is_there else 1)
    others = [(name, value) for name, value in asked.items() if name != "page" and value]
    return Listing(
        page=page,
        page_numbers=list(paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)),
        query=f"{urlencode(others)}&" if others else "",
        no_such_page="" if is_there else number[:20],
    )
