"""A small world in which every URL has something to show, at two sizes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.urls import URLResolver, get_resolver, reverse
from django.utils import timezone

from cpl.models import CPLEntry
from cpl.sheet import write_sheet
from fir.api.door import Door
from fir.eligibility.operations import read_news as assess_news
from fir.eligibility.queries import findings_of
from fir.ledger.checkpoints import issue_checkpoint
from fir.ledger.models import LedgerEvent, ReaderFault
from fir.notifications.operations import read_news as raise_notices
from fir.notifications.queries import notices_of
from fir.parties.operations import operator
from fir.parties.people import invite_person, set_permissions
from fir.parties.permissions import Permission as P  # noqa: N817 - named in every other line here
from fir.parties.queries import invitation_token, keys_in_use
from fir.records.contacts import change_contact
from fir.records.importing import bring_sheet
from fir.records.models import QualityFinding
from fir.records.proposals import propose_removal
from fir.submissions.operations import approve_submission
from fir.submissions.operations import bring_sheet as bring_releases
from fir.submissions.sheets import write_releases
from tests import make

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fir.parties.models import Actor, Party, User
    from fir.records.models import Proposal, SheetImport
    from fir.submissions.models import ReleaseSheet, Submission

SHEET_PAGES = (
    "sheet",
    "sheet-faults",
    "sheet-changes",
    "correct-sheet",
    "apply-sheet",
    "drop-sheet",
)
DRAFT_PAGES = ("draft", "draft-check", "draft-image", "draft-picture", "drop-draft")
FINDING_DOORS = ("finding-devices", "finding-batches", "finding-requests")
RELEASE_SHEET_PAGES = (
    "release-sheet",
    "release-sheet-faults",
    "bring-good-releases",
    "drop-releases",
)


@dataclass(frozen=True)
class World:
    """Parties by kind of asker, and what URLs name."""

    parties: dict[str, Party]
    arguments: dict[str, dict[str, Any]]


def build(size: int = 1) -> World:
    """The world; with a larger `size`, more of everything that lists show."""
    parties = {
        "maker": make.maker(),
        "other maker": make.maker("other-meters", "F1A2"),
        "supplier": make.party("big-light"),
        "other supplier": make.party("small-gas", "SMALL_SUPPLIER"),
        "network": make.party("wires", "NETWORK_PARTY"),
        "other": make.party("somebody", "OTHER_SEC_PARTY"),
        "agent": make.party("agent", "REGISTERED_SUPPLIER_AGENT"),
        "asset provider": make.party("assets", "METER_ASSET_PROVIDER"),
        "dcc": make.party("dcc", "DCC"),
        "administrator": make.administrator(),
    }
    administrator, maker = make.actor(parties["administrator"]), make.actor(parties["maker"])
    make.listed(make.row(1))
    change_contact(
        manufacturer_identifier=make.MAKER,
        role="Image desk",
        email="images@fine-meters.example",
        by=maker,
        at=make.AT,
    )
    load = make.estate(
        parties["supplier"],
        *(make.device(n, DeviceStatus=f"Status{chr(64 + n)}") for n in range(1, size + 1)),
        make.device(99),
    )
    for number in range(2, 2 + size):
        make.published(maker, administrator, number, predecessors=["CPL-000001"])
    waiting = [make.submitted(maker, 50 + n, device_model=f"000201{n:02}") for n in range(size)]
    drafts = [make.draft(maker, 60 + n, device_model=f"000401{n:02}") for n in range(size)]
    for n in range(size):
        make.draft(make.actor(parties["other maker"]), 60 + n, manufacturer_identifier="F1A2")
        make.commented(waiting[0], administrator)
    assess_news(at=make.AT)
    raise_notices(at=make.AT)
    ReaderFault.objects.bulk_create(
        ReaderFault(reader="nobody", seq=seq, error="Trouble.", failed_at=make.AT)
        for seq in range(1, size + 1)
    )
    sheets = [_sheet(administrator, n) for n in range(1, size + 1)]
    arguments: dict[str, dict[str, Any]] = {
        "firmware-record": {"cpl_entry_id": f"CPL-{1 + size:06d}"},  # the latest at every size
        "firmware-ways": {"cpl_entry_id": "CPL-000002"},
        "firmware-recall": {"cpl_entry_id": "CPL-000002"},
        "cpl-entry": {"cpl_entry_id": "CPL-000001"},
        "submission": {"submission_id": waiting[0].pk},
        "cancel-approval": {"submission_id": _approved(maker, administrator, size).pk},
        "waive-finding": {"submission_id": _odd(maker, size).pk},
        "decision": {"submission_id": waiting[0].pk},
        "withdrawal": {"submission_id": waiting[0].pk},
        "comments": {"submission_id": waiting[0].pk},
        "draft": {"draft_id": drafts[0].pk},
        "draft-submission": {"draft_id": drafts[0].pk},
        "contact": {"manufacturer_identifier": make.MAKER},
        "contact-confirmation": {"manufacturer_identifier": make.MAKER},
        "estate-load": {"load_id": load.pk},
        "estate-load-errors": {"load_id": load.pk},
        "accept-load": {"load_id": load.pk},
        **_finding_doors(parties["supplier"]),
        "sheet": {"sheet_id": sheets[-1].pk},
        "release-sheet": {"sheet_id": _release_sheets(maker, size)[-1].pk},
        "proposal": {"proposal_id": _proposals(administrator, size)[0].pk},
    }
    assert LedgerEvent.objects.exists()
    issue_checkpoint(at=make.AT)
    return World(parties, arguments)


def _finding_doors(supplier: Party) -> dict[str, dict[str, Any]]:
    """What the doors of one finding name: one of the supplier's that something is sent for."""
    finding = findings_of(supplier, outcome="ELIGIBLE").first()
    assert finding
    return {door: {"finding_id": finding.pk} for door in FINDING_DOORS}


def _approved(by: Actor, decider: Actor, size: int) -> Submission:
    """Submissions that wait for their time; the first of them."""
    waiting = [make.submitted(by, 150 + n, device_model=f"000501{n:02}") for n in range(size)]
    then = make.AT + timedelta(days=300)
    for one in waiting:
        approve_submission(submission_id=one.pk, by=decider, at=make.AT, publish_at=then)
    return waiting[0]


def _odd(by: Actor, size: int) -> Submission:
    """Submissions with a finding that may be waived; the first of them."""
    models = [f"000601{n:02}" for n in range(size)]
    odd = [make.submitted(by, 250, device_model=one, gbcs_version="9.9") for one in models]
    return odd[0]


def _proposals(by: Actor, size: int) -> list[Proposal]:
    """Removals that wait for a second person, beside findings that may be waived."""
    QualityFinding.objects.bulk_create(
        QualityFinding(
            entry=entry,
            code="GBCS_UNKNOWN",
            severity="WAIVABLE",
            field="gbcs_version",
            particulars="Unknown.",
            found_at=make.AT,
        )
        for entry in CPLEntry.objects.order_by("pk")[:size]
    )
    return [
        propose_removal(cpl_entry_id=f"CPL-{n:06}", reason="Withdrawn.", by=by, at=make.AT)
        for n in range(2, 2 + size)
    ]


def _sheet(by: Actor, size: int) -> SheetImport:
    """A sheet that waits, with what is new, what contradicts the list, and what cannot be read."""
    rows = [
        *(make.row(n, gbcs_version="3.2") for n in range(1, 1 + size)),
        *(make.row(200 + n) for n in range(size)),
        *(make.row(300 + n, device_type="TOASTER") for n in range(size)),
    ]
    content = write_sheet(rows).encode()
    return bring_sheet(filename="cpl.csv", content=content, by=by, at=make.AT)


def _release_sheets(by: Actor, size: int) -> list[ReleaseSheet]:
    """Sheets of releases, each with rows that are good and rows that are to be mended."""
    good = [make.release(400 + n, device_model=f"0005{n:04X}") for n in range(size)]
    bad = [make.release(500 + n, device_type="TOASTER") for n in range(size)]
    content = write_releases([*good, *bad]).encode()
    return [
        bring_releases(filename="releases.csv", content=content, by=by, at=make.AT)
        for _ in range(size)
    ]


def person(world: World, asker: str) -> User:
    """Somebody of the asker's kind, who may do all that the Party's category may."""
    if asker == "one permission":
        return make.person(world.parties["supplier"], "one@people.invalid", [P.READ_FEED])
    if asker == "no party":
        administrator = world.parties["administrator"]
        lost = make.person(administrator, "lost@people.invalid", [P.READ_FEED])
        set_permissions(person=lost, party=administrator, permissions=[], by=operator(), at=make.AT)
        return lost
    return make.person(world.parties[asker])


def page_arguments(world: World) -> dict[str, dict[str, Any]]:
    """What the addresses of pages name: always the supplier's, where they are a Party's own."""
    supplier = world.parties["supplier"]
    member = make.person(supplier, "member@people.invalid", [P.READ_FEED])
    now = timezone.now()  # a page asks whether an invitation is open today
    opened = invite_person(party=supplier, email="guest@people.invalid", by=operator(), at=now)
    named = {
        "record": "firmware-record",
        "ways": "firmware-record",
        "cpl-entry": "cpl-entry",
        "submission": "submission",
        "decision": "decision",
        "comment": "submission",
        "take-back": "submission",
        "cancel-approval": "cancel-approval",
        "contact": "contact",
        "load": "estate-load",
        "load-notes": "estate-load-errors",
        "accept-load": "accept-load",
        **dict.fromkeys(DRAFT_PAGES, "draft"),
        **dict.fromkeys(SHEET_PAGES, "sheet"),
        **dict.fromkeys(RELEASE_SHEET_PAGES, "release-sheet"),
        "proposal": "proposal",
        "propose-removal": "cpl-entry",
        "propose-relisting": "cpl-entry",
        "propose-archival": "cpl-entry",
        "propose-restoration": "cpl-entry",
        "recall": "firmware-record",
    }
    notice = notices_of(supplier).first()
    assert notice
    make.key(supplier)
    return {
        **{f"portal:{name}": world.arguments[door] for name, door in named.items()},
        "portal:draft-section": {**world.arguments["draft"], "section": "notes"},
        "portal:notice": {"notice_id": notice.pk},
        "portal:list-file": {"name": "devices.csv"},
        "portal:propose-waiver": {**world.arguments["cpl-entry"], "code": "GBCS_UNKNOWN"},
        "portal:waive-finding": {**world.arguments["waive-finding"], "code": "GBCS_UNKNOWN"},
        "portal:version": {"kind": "GBCS", "version": "4.1"},
        "portal:needs": {"device_type": "ESME"},
        "portal:person": {"actor_id": member.actor_id},
        "portal:withdraw-invitation": {"invitation_id": opened.pk},
        "portal:invitation": {"token": invitation_token(opened)},
        "portal:revoke-key": {"actor_id": keys_in_use(supplier)[-1].actor_id},
        "account_reset_password_from_key": {"uidb36": "1", "key": "no-such-key"},
    }


def url(name: str, world: World) -> str:
    """The URL of that name in this world."""
    return reverse(name, kwargs=world.arguments.get(name, {}))


@dataclass(frozen=True)
class Route:
    """A way to ask FIR for something: a method, the name of a URL, and the view that answers."""

    method: str
    name: str
    view: type


def doors() -> list[tuple[str, str]]:
    """Every (method, name of a URL) that the API answers."""
    return [(r.method, r.name) for r in _routes(get_resolver()) if issubclass(r.view, Door)]


def pages() -> list[tuple[str, str]]:
    """Every (method, name of a URL) that the portal answers."""
    return [(r.method, r.name) for r in _routes(get_resolver()) if not issubclass(r.view, Door)]


def _routes(resolver: URLResolver, spaces: tuple[str, ...] = ()) -> Iterator[Route]:
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            inner = (*spaces, pattern.namespace) if pattern.namespace else spaces
            yield from _routes(pattern, inner)
            continue
        view: Any = getattr(pattern.callback, "view_class", None)
        name = ":".join((*spaces, pattern.name or str(pattern.pattern)))
        methods = ("get", "post", "put", "patch", "delete")
        offered = methods if issubclass(view, Door) else methods[:2]
        for method in offered:
            if hasattr(view, method) and method in view.http_method_names:
                yield Route(method.upper(), name, view)
