"""Pages of a long list: by number, or beside an entry where counting off would take too long."""

from __future__ import annotations

import re
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.db.models import Count, Q

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.db.models import Model, QuerySet
    from django.http import QueryDict

PAGE = 50
LONGEST_NUMBER = 9
# Eighteen digits always fit the database's whole numbers.
_BESIDE = re.compile(r"(newer|older)-([0-9]{1,18})").fullmatch


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

    @property
    def count(self) -> int:
        """How many rows the whole list has."""
        return int(self.page.paginator.count)

    @property
    def place(self) -> str:
        """Where this page stands in the list; '' when it is the whole of it."""
        last = self.page.paginator.num_pages
        return f"page {self.page.number} of {last}" if last > 1 else ""

    @property
    def missing(self) -> str:
        """What is to be said of a page that there is not; '' when there was no such."""
        if not self.no_such_page:
            return ""
        last = self.page.paginator.num_pages
        return f"There is no page {self.no_such_page}: this list has {last}. Here is the first."


@dataclass(frozen=True, slots=True)
class Stretch:
    """One page of a list, newest first, that is found by the row it stands beside.

    Any depth costs the same, and what is added meanwhile moves nothing to another page. `newer` and
    `older` are the queries of the pages beside it, '' where there is none. `first` is the place of
    the first row, from 1.
    """

    rows: Sequence[Any]
    count: int
    first: int
    newer: str
    older: str
    is_instead: bool

    @property
    def status(self) -> HTTPStatus:
        """404 for a page that the list does not have; the first page stands in its place."""
        return HTTPStatus.NOT_FOUND if self.is_instead else HTTPStatus.OK

    @property
    def place(self) -> str:
        """Where this page stands in the list; '' when it is the whole of it."""
        last = self.first + len(self.rows) - 1
        return f"{self.first:,} to {last:,}" if len(self.rows) < self.count else ""

    @property
    def missing(self) -> str:
        """What is to be said of a page that there is not; '' when there was no such."""
        return "This list has no such page. Here is the first." if self.is_instead else ""


def stretch(rows: QuerySet[Any], asked: QueryDict) -> Stretch:
    """The page of `rows`, newest first by primary key, that was asked for: `page=older-7` is what
    comes after row 7, `page=newer-7` what comes before it. Two queries, three without such a page.
    """
    wanted = asked.get("page", "")
    found = _beside(rows, wanted)
    is_instead = bool(wanted) and not found
    if not found:
        found = list(rows.order_by("-pk")[:PAGE])
    first = found[0].pk if found else 0
    counted = rows.aggregate(all=Count("pk"), newer=Count("pk", filter=Q(pk__gt=first)))
    has_older = counted["newer"] + len(found) < counted["all"]
    query = _query_of_others(asked)
    return Stretch(
        rows=found,
        count=counted["all"],
        first=counted["newer"] + 1,
        newer=f"{query}page=newer-{first}" if counted["newer"] else "",
        older=f"{query}page=older-{found[-1].pk}" if has_older else "",
        is_instead=is_instead,
    )


def _beside(rows: QuerySet[Any], wanted: str) -> list[Any]:
    place = _BESIDE(wanted)
    if place is None:
        return []
    number = int(place[2])
    if place[1] == "older":
        return list(rows.filter(pk__lt=number).order_by("-pk")[:PAGE])
    return list(rows.filter(pk__gt=number).order_by("pk")[:PAGE])[::-1]


def _query_of_others(asked: QueryDict) -> str:
    """What links to other pages carry along, ending in & where that is anything."""
    others = [(name, value) for name, value in asked.items() if name != "page" and value]
    return f"{urlencode(others)}&" if others else ""


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
    return Listing(
        page=page,
        page_numbers=list(paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)),
        query=_query_of_others(asked),
        no_such_page="" if is_there else number[:20],
    )
