"""The estate as it stands: in figures and by its parts, what changed with it, and its tables."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from django.http import Http404, HttpResponse
from django.utils import timezone

from fir.eligibility.changes import MEANINGS, Change, changes_of
from fir.eligibility.changes_in_words import headline
from fir.eligibility.explanations import MEANINGS as OUTCOMES
from fir.eligibility.parts import by_maker, by_model
from fir.eligibility.queries import estate_by_version, standing_of, summary_of
from fir.eligibility.rules import Outcome
from fir.eligibility.summaries import listed_models
from fir.eligibility.trend import trend_of
from fir.estates.queries import loads_of, standing_load_of
from fir.parties.permissions import Permission
from fir.portal.estate_tables import TABLES
from fir.portal.forms.estates import ChangeFilters, EstateFilters
from fir.portal.pages import listing
from fir.portal.scoped import ScopedPage
from fir.portal.templatetags.fir import shares_of
from fir.portal.trend_picture import trend_picture
from fir.portal.views.estates import SupplierPage
from fir.portal.watching import looks_again, nothing_newer
from fir.records.queries import contacts_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from django.http import HttpRequest

    from fir.eligibility.changes import Changes, GainedVersion, Moved
    from fir.eligibility.parts import Part
    from fir.eligibility.queries import Standing
    from fir.eligibility.summaries import ListedModel
    from fir.estates.models import EstateLoad
    from fir.portal.templatetags.fir import Share
    from fir.records.queries import Contact

READS = {"GET": (Permission.VIEW_ESTATE,)}
MAKERS_SHOWN = 100


class PartShown(NamedTuple):
    """A part of the estate as the page shows it: with what the list says of it and its bar, which
    goes by version where it is one Device Model's."""

    part: Part
    listed: ListedModel | None
    shares: Sequence[Share]


class EstatePage(ScopedPage):
    """The estate in figures, how it went on, and by its parts: to an agent, as far as it was
    delegated, and without the loads it came by."""

    requires = READS

    def get(self, request: HttpRequest) -> HttpResponse:
        """One page of Device Models below the figures of the whole estate."""
        answer = nothing_newer(request, self._mark)
        if answer is not None:
            return answer
        versions = estate_by_version(self.scope)
        filters = EstateFilters(request.GET)
        wanted = filters.narrowed().get("device_type")
        models = by_model(versions)
        listed = listed_models({model.listed_as for model in models})
        found = listing([m for m in models if wanted in (None, "", m.device_type)], request.GET)
        context = {"filters": filters, "listing": found, "rows": _models(found.page, listed)}
        if self.wants_fragment and not looks_again(request):
            return self.show("estates/_models.html", status=found.status, **context)
        summary = summary_of(versions)
        makers = by_maker(versions)
        return self.show(
            "estates/estate.html" if self.scope.is_whole else "agents/estate.html",
            status=found.status,
            summary=summary,
            shares=shares_of(summary.by_position.items()),
            makers=_makers(makers[:MAKERS_SHOWN], listed),
            more_makers=len(makers) - MAKERS_SHOWN,
            standing=self._standing,
            mark=self._mark(),
            **(self._loads() if self.scope.is_whole else {}),
            **context,
        )

    @cached_property
    def _standing(self) -> Standing:
        return standing_of(self.scope.supplier, at=timezone.now())

    def _mark(self) -> str:
        """What the page shows, as far as news may change it: to a Supplier, its newest load too."""
        mark = self._standing.mark
        newest = self._newest if self.scope.is_whole else None
        return f"{mark}-{newest.pk}-{newest.state}" if mark and newest else mark

    @cached_property
    def _newest(self) -> EstateLoad | None:
        return loads_of(self.party).first()

    def _loads(self) -> dict[str, Any]:
        """Which load stands, which is the newest, how the estate went on from load to load, and
        what the asker may do about them."""
        trend = trend_of(self.scope)
        return {
            "trend": trend,
            "picture": trend_picture(trend),
            "stands": standing_load_of(self.party),
            "newest": self._newest,
            "may_send": self.actor.may(Permission.LOAD_ESTATE),
        }


def _models(
    parts: Iterable[Part], listed: Mapping[tuple[str, str, str], ListedModel]
) -> list[PartShown]:
    """Each Device Model with a bar that has a part for each of its versions."""
    return [
        PartShown(
            part,
            listed.get(part.listed_as),
            shares_of((row.position, row.devices) for row in part.versions),
        )
        for part in parts
    ]


def _makers(
    parts: Iterable[Part], listed: Mapping[tuple[str, str, str], ListedModel]
) -> list[PartShown]:
    """Each Device Type and Manufacturer, with whatever of its models the list names it by."""
    named = {key[:2]: model for key, model in listed.items()}
    return [
        PartShown(part, named.get(part.listed_as[:2]), shares_of(part.by_position.items()))
        for part in parts
    ]


class GainedShown(NamedTuple):
    """Gained Devices of one version as the page shows them: whom to ask, and for what."""

    row: GainedVersion
    outcomes: Sequence[tuple[str, int]]
    listed: ListedModel | None
    contact: Contact | None


class ChangesPage(SupplierPage):
    """What changed with the load that stands: who came and went, and what that asks for."""

    requires = READS

    def get(self, request: HttpRequest) -> HttpResponse:
        """The changes in figures, and below them one page of those that are looked at: the Devices
        that arrived, or if none did the next kind there is, unless others were asked for."""
        stands = standing_load_of(self.party)
        changes = changes_of(self.party, stands)
        usual = next((change for change in Change if changes.totals[change]), Change.GAINED)
        asked = request.GET.copy()
        asked.setdefault("change", "" if usual == Change.GAINED else usual)
        filters = ChangeFilters(asked)
        wanted = filters.narrowed()
        shown = Change(wanted.get("change") or Change.GAINED)
        rows = _looked_at(changes, shown, wanted.get("device_type", ""))
        found = listing(rows, request.GET)
        context = {
            "filters": filters,
            "listing": found,
            "shown": shown,
            "meaning": MEANINGS[shown],
            "rows": _gained(found.page, changes) if shown == Change.GAINED else found.page,
        }
        if self.wants_fragment:
            return self.show("estates/_changes.html", status=found.status, **context)
        return self.show(
            "estates/changes.html",
            status=found.status,
            stands=stands,
            changes=changes,
            headline=headline(changes),
            totals=[(change, changes.totals[change], MEANINGS[change]) for change in Change],
            held_back=[(OUTCOMES[Outcome(one)], n) for one, n in changes.outcomes.items() if n],
            standing=standing_of(self.party, at=timezone.now()),
            **context,
        )


def _looked_at(
    changes: Changes, shown: Change, device_type: str
) -> Sequence[GainedVersion | Moved]:
    """The rows of one kind of change; what arrived stands by version, the most Devices first."""
    if shown == Change.GAINED:
        gained = [row for row in changes.gained if device_type in ("", row.device_type)]
        return sorted(gained, key=lambda row: -row.devices)
    return [
        moved
        for moved in changes.moved
        if moved.change == shown
        and device_type in ("", *(one.device_type for one in (moved.former, moved.now) if one))
    ]


def _gained(rows: Iterable[GainedVersion], changes: Changes) -> list[GainedShown]:
    rows = list(rows)
    contacts = contacts_of({row.manufacturer_identifier for row in rows})
    return [
        GainedShown(
            row,
            [(OUTCOMES[Outcome(one)], number) for one, number in row.outcomes.items()],
            changes.listed.get(row.listed_as),
            contacts.get(row.manufacturer_identifier),
        )
        for row in rows
    ]


class EstateTable(SupplierPage):
    """A table of the estate's pages, to keep as a file."""

    requires = READS

    def get(self, request: HttpRequest, table: str) -> HttpResponse:
        """The whole of it as CSV."""
        if table not in TABLES:
            raise Http404
        return HttpResponse(
            TABLES[table](self.party).as_csv(),
            content_type="text/csv; charset=utf-8",
            headers={"Content-Disposition": f'attachment; filename="estate-{table}.csv"'},
        )
