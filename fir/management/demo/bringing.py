"""Bringing what the demo world's makers have, and deciding of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from django.utils.timezone import get_current_timezone, localdate

from fir.management.demo.facts import release_facts, told
from fir.management.demo.parties import ADMINISTRATOR, maker_of
from fir.management.demo.people import BRINGER, FIRST_EYES
from fir.management.demo.submissions import (
    ABOUT_ENTRIES,
    DRAFTS,
    MENDED,
    QUEUE,
    RECALLS,
    SHEET,
)
from fir.records.recalling import recall_release
from fir.submissions.operations import (
    approve_submission,
    bring_sheet,
    comment_on_submission,
    mend_submission,
    return_submission,
    start_draft,
    submit_draft,
    submit_firmware,
)
from fir.submissions.sheets import write_releases

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from fir.management.demo.listing import Line
    from fir.management.demo.submissions import AboutEntry, Recalled, Waiting
    from fir.management.demo.world import World
    from fir.parties.models import Actor
    from fir.submissions.models import Submission

    Act = Callable[[], None]

PUBLISHED_AT = time(9)  # in London
DECIDED_AFTER = timedelta(hours=3)


def bring(
    world: World,
    lines: Sequence[Line],
    *,
    at: datetime,
    by: Actor | None = None,
    says: Mapping[str, Any] | None = None,
) -> Submission:
    """Bring one release for the hardware of these lines, in one submission; by the maker's system
    unless somebody is named. `says` is what it says otherwise than would be expected."""
    by = by or world.actor(maker_of(lines[0].family.maker))
    said = {**_said(world, lines), **(says or {})}
    return submit_firmware(said=said, by=by, at=at).submission


def _said(world: World, lines: Sequence[Line]) -> dict[str, Any]:
    first, *others = lines
    named = [entry for line in lines for entry in world.predecessors(line)]
    said = told(first, named, today=world.now.date())
    further = {"further_device_models": [line.device_model for line in others]}
    return {**said, **further} if others else said


def _bringer(world: World, line: Line) -> Actor:
    """The maker's person, where the demo has one, or else its system."""
    maker = maker_of(line.family.maker)
    return world.person(BRINGER.name, maker) if maker in BRINGER.acts_for else world.actor(maker)


def _reviewer(world: World) -> Actor:
    return world.person(FIRST_EYES, ADMINISTRATOR)


def queue(world: World) -> list[tuple[datetime, Act]]:
    """What was brought of late, in whatever state it is, and what is being written."""
    steps: list[tuple[float, Act]] = [
        *((one.hours_ago, partial(_wait, world, one)) for one in QUEUE),
        *((one.hours_ago, partial(_about, world, one)) for one in ABOUT_ENTRIES),
        *((one.hours_ago, partial(_recall, world, one)) for one in RECALLS),
        (MENDED.hours_ago, partial(_mend, world)),
        (DRAFTS.hours_ago, partial(_draft, world)),
        (SHEET.hours_ago, partial(_send_sheet, world)),
    ]
    return [(_ago(world, hours), act) for hours, act in steps]


def _ago(world: World, hours: float) -> datetime:
    return world.now - timedelta(hours=hours)


def _wait(world: World, waiting: Waiting) -> None:
    """Bring a release and leave it, or approve it for tomorrow."""
    at = _ago(world, waiting.hours_ago)
    by, line = _bringer(world, waiting.line), waiting.line
    submission = bring(world, [line], at=at, by=by, says=waiting.says)
    if waiting.is_for_tomorrow:
        tomorrow = localdate(world.now) + timedelta(days=1)
        approve_submission(
            submission_id=submission.pk,
            reason="In order.",
            publish_at=datetime.combine(tomorrow, PUBLISHED_AT, tzinfo=get_current_timezone()),
            by=_reviewer(world),
            at=at + DECIDED_AFTER,
        )


def _about(world: World, about: AboutEntry) -> None:
    """Bring what concerns a listed entry, and leave it or publish it."""
    at = _ago(world, about.hours_ago)
    said = {"kind": about.kind, **_of_entry(world, about), **about.says}
    submission = submit_firmware(said=said, by=_bringer(world, about.line), at=at).submission
    if about.is_published:
        approve_submission(submission_id=submission.pk, by=_reviewer(world), at=at + DECIDED_AFTER)


def _of_entry(world: World, about: AboutEntry) -> dict[str, Any]:
    """The entry, and for a release what was or should have been said of it."""
    line = about.line
    own = world.rows[line.device_model, line.release.version]
    of_entry = {"of_entry": own.cpl_entry_id}
    earlier = [
        row.cpl_entry_id
        for (model, _), row in world.rows.items()
        if model == line.device_model and row.date_added < own.date_added
    ]
    today = world.now.date()
    if about.kind == "CORRECTION":
        return {**told(line, earlier, today=today), **of_entry}
    if about.kind == "LEGACY_COMPLETION":
        fresh = replace(line, release=replace(line.release, days_ago=0))
        return {**release_facts(fresh, today=today), **of_entry, "predecessors": earlier}
    return of_entry


def _recall(world: World, recalled: Recalled) -> None:
    """Have its maker recall a release."""
    line = recalled.line
    recall_release(
        cpl_entry_id=world.rows[line.device_model, line.release.version].cpl_entry_id,
        reason=recalled.reason,
        by=_bringer(world, line),
        at=_ago(world, recalled.hours_ago),
    )


def _mend(world: World) -> None:
    """Bring a release with a mistake, talk about it, return it, and bring it again."""
    at = _ago(world, MENDED.hours_ago)
    maker, reviewer = _bringer(world, MENDED.line), _reviewer(world)
    said = {**_said(world, [MENDED.line]), **MENDED.mistake}
    submission = submit_firmware(said=said, by=maker, at=at).submission
    for number, (by, text) in enumerate(zip((reviewer, maker), MENDED.comments, strict=True), 1):
        later = at + timedelta(hours=number)
        comment_on_submission(submission_id=submission.pk, text=text, by=by, at=later)
    return_submission(
        submission_id=submission.pk, reason=MENDED.reason, by=reviewer, at=at + DECIDED_AFTER
    )
    again = at + 2 * DECIDED_AFTER
    right = {name: _said(world, [MENDED.line])[name] for name in MENDED.mistake}
    draft = mend_submission(submission_id=submission.pk, changes=right, by=maker, at=again)
    submit_draft(draft_id=draft.pk, by=maker, at=again + timedelta(minutes=20))


def _draft(world: World) -> None:
    """Leave a draft that could be brought, and one that is half-way."""
    at = _ago(world, DRAFTS.hours_ago)
    for line, names in ((DRAFTS.ready, ()), (DRAFTS.half_way, DRAFTS.answered)):
        whole = _said(world, [line])
        said = {name: whole[name] for name in names} if names else whole
        start_draft(kind="NEW", said=said, by=_bringer(world, line), at=at)


def _send_sheet(world: World) -> None:
    """Send in a sheet of releases, and bring none of them yet."""
    rows = [_said(world, [line]) for line in SHEET.lines]
    rows[-1]["manufacturer_image_hash"] = rows[-1]["manufacturer_image_hash"][:-1]
    bring_sheet(
        filename=SHEET.filename,
        content=write_releases(rows).encode(),
        by=_bringer(world, SHEET.lines[0]),
        at=_ago(world, SHEET.hours_ago),
    )
