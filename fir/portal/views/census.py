"""What runs in the field, over all estates, as far as it tells nothing of any one Supplier."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fir.eligibility.catalogue import EMPTY
from fir.eligibility.queries import catalogues_of
from fir.estates.census import EVERY, LARGEST_SHARE_PERCENT, LEAST_SUPPLIERS
from fir.estates.queries import census_for, last_census
from fir.parties.permissions import Permission
from fir.portal.page import Page
from fir.portal.pages import listing

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

READERS = (Permission.SUBMIT_FIRMWARE, Permission.REVIEW_SUBMISSIONS)


class CensusPage(Page):
    """About how many Devices run each firmware version: a Manufacturer's own, or all."""

    requires = {"GET": READERS}

    def get(self, request: HttpRequest) -> HttpResponse:
        """One page of figures, with where each version stands now."""
        found = listing(census_for(self.party), request.GET)
        figures = list(found.page)
        models = catalogues_of({figure.model_key for figure in figures})
        rows = [
            (figure, models.get(figure.model_key, EMPTY).position(figure.firmware_version))
            for figure in figures
        ]
        return self.show(
            "census/census.html",
            status=found.status,
            census=last_census(),
            listing=found,
            rows=rows,
            least_suppliers=LEAST_SUPPLIERS,
            largest_share=LARGEST_SHARE_PERCENT,
            every_days=EVERY.days,
        )
