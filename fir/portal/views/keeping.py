"""Keeping the list right: what waits, and what the rules about its quality found."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cpl.catalogue_queries import count_assumptions
from cpl.quality.facts import Severity
from fir.parties.permissions import Permission
from fir.portal.forms.keeping import WAIVED, QualityFilters
from fir.portal.page import Page
from fir.portal.pages import stretch
from fir.records.list_queries import entries_not_loaded, proposals
from fir.records.models import WAITING
from fir.records.quality_queries import counts_by_rule, last_assessment, quality_findings
from fir.records.sheet_queries import sheets

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest, HttpResponse

    from fir.records.models import QualityFinding

MANAGES = (Permission.MANAGE_LIST,)


class Keeping(Page):
    """What waits for whoever keeps the list, and the ways to it."""

    requires = {"GET": (Permission.MANAGE_LIST, Permission.CONFIRM_LOADED)}

    def get(self, request: HttpRequest) -> HttpResponse:
        """The page: of it, what the asker may do."""
        waiting: dict[str, Any] = {}
        if self.actor.may(Permission.MANAGE_LIST):
            waiting = _waiting()
        if self.actor.may(Permission.CONFIRM_LOADED):
            waiting["not_loaded"] = entries_not_loaded().count()
        return self.show("keeping/keeping.html", **waiting)


def _waiting() -> dict[str, Any]:
    counts = counts_by_rule()
    return {
        "manages": True,
        "sheets": sheets().filter(state=WAITING).count(),
        "proposals": proposals(state=WAITING).count(),
        "must_fix": sum(one.open for one in counts if one.severity == Severity.MUST_FIX),
        "waivable": sum(one.open for one in counts if one.severity == Severity.WAIVABLE),
        "waived": sum(one.waived for one in counts),
        "assessment": last_assessment(),
        "assumptions": count_assumptions(),
    }


class QualityFindings(Page):
    """What the rules found: how many entries break each, and the findings that are asked for."""

    requires = {"GET": MANAGES}

    def get(self, request: HttpRequest) -> HttpResponse:
        """The counts by rule; once anything is asked for, one page of the findings that fit."""
        filters = QualityFilters(request.GET)
        asked = {name: said for name, said in filters.narrowed().items() if said}
        found = stretch(_findings(asked), request.GET)
        template = "keeping/_findings.html" if self.wants_fragment else "keeping/findings.html"
        counts = counts_by_rule()
        return self.show(
            template,
            status=found.status,
            filters=filters,
            listing=found if asked else None,
            counts=counts,
            rule=next((one for one in counts if one.code == asked.get("rule")), None),
            assessment=last_assessment(),
        )


def _findings(asked: dict[str, str]) -> QuerySet[QualityFinding]:
    waived = asked["waived"] == WAIVED if "waived" in asked else None
    return quality_findings(
        code=asked.get("rule", ""), severity=asked.get("severity", ""), waived=waived
    )
