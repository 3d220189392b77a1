"""The rules about assurance certificates. Pure."""

from datetime import date

from cpl.quality.facts import QualityFacts, QualityRule, Severity, named

_CPA = "cpa_certificate_id"
_NAMES = {_CPA: "CPA", "zigbee_certificate_id": "ZigBee", "dlms_certificate_id": "DLMS"}


def _cpa_days(facts: QualityFacts) -> list[date]:
    return [day for day in (facts.line.cpa_expiry_date, facts.line.cpa_renewal_date) if day]


class CertificateInDate(QualityRule):
    """The CPA certificate is neither past its expiry date nor past its renewal date."""

    code, field, severity = "CERTIFICATE_LAPSED", _CPA, Severity.MUST_FIX
    reference = "MP209"

    def holds(self, facts: QualityFacts) -> bool:
        return all(day >= facts.today for day in _cpa_days(facts))

    def particulars(self, facts: QualityFacts) -> str:
        return f"It lapsed on {min(_cpa_days(facts)).isoformat()}."


class CertificateIsNamed(QualityRule):
    """A CPA date belongs to a CPA certificate, which must be named."""

    code, field, severity = "CERTIFICATE_NOT_NAMED", _CPA, Severity.MUST_FIX
    reference = "MP209"

    def holds(self, facts: QualityFacts) -> bool:
        return facts.line.cpa_certificate_id != "" or not _cpa_days(facts)

    def particulars(self, facts: QualityFacts) -> str:
        days = " and ".join(day.isoformat() for day in _cpa_days(facts))
        return f"The date is {days}."


class CertificatesAreThere(QualityRule):
    """A Device Model is listed with every assurance certificate that its Device Type needs."""

    code, field, severity = "CERTIFICATE_MISSING", _CPA, Severity.MUST_FIX
    reference = "SEC Section F2"

    def _missing(self, facts: QualityFacts) -> list[str]:
        line = facts.line
        needs = facts.catalogue.needs.get(line.device_type or "")
        if needs is None:
            return []
        wanted = {
            # A date without a certificate is told of by itself.
            _CPA: needs.needs_cpa and not _cpa_days(facts),
            "zigbee_certificate_id": needs.needs_zigbee,
            "dlms_certificate_id": needs.needs_dlms,
        }
        needed = (column for column, need in wanted.items() if need)
        return [column for column in needed if getattr(line, column) == ""]

    def holds(self, facts: QualityFacts) -> bool:
        return not self._missing(facts)

    def beside(self, facts: QualityFacts) -> str:
        return self._missing(facts)[0]

    def particulars(self, facts: QualityFacts) -> str:
        missing = " and ".join(_NAMES[column] for column in self._missing(facts))
        return f"For {facts.line.device_type} it lacks: {missing}."


class CertificateHasADate(QualityRule):
    """A CPA certificate has an expiry date or a renewal date, so that its end can be watched."""

    code, field, severity = "CERTIFICATE_WITHOUT_DATE", _CPA, Severity.WAIVABLE
    reference = "MP209"

    def holds(self, facts: QualityFacts) -> bool:
        return not facts.line.cpa_certificate_id or bool(_cpa_days(facts))

    def particulars(self, facts: QualityFacts) -> str:
        return f"{facts.line.cpa_certificate_id} has neither."


class CertificateHasOneEnd(QualityRule):
    """A CPA certificate has the same dates wherever its Manufacturer's entries name it."""

    code, field, severity = "CERTIFICATE_DATES_DIFFER", _CPA, Severity.WAIVABLE
    concerns = (_CPA, "cpa_expiry_date", "cpa_renewal_date")
    reference = "MP209"

    def holds(self, facts: QualityFacts) -> bool:
        return not facts.neighbours.certificate_dates

    def particulars(self, facts: QualityFacts) -> str:
        line, others = facts.line, named(facts.neighbours.certificate_dates)
        days = " and ".join(day.isoformat() for day in _cpa_days(facts))
        return f"{line.cpa_certificate_id} has {days} here, and other dates in {others}."
