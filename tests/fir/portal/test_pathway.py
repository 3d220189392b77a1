"""The picture of an upgrade pathway: all of it on the sheet, and only what concerns the release."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from fir.portal.pathway import BOX_WIDTH, pathway_picture
from fir.records.models import RepositoryEntry


def release(number: int, *predecessors: int) -> RepositoryEntry:
    """An entry that may be installed over these."""
    return RepositoryEntry(
        cpl_entry_id=f"CPL-{number}",
        firmware_version=f"{number:08X}",
        status="CURRENT",
        date_added=date(2026, 1, 1),
        predecessors=[f"CPL-{one}" for one in predecessors],
    )


@st.composite
def models(draw: st.DrawFn) -> list[RepositoryEntry]:
    number = draw(st.integers(min_value=1, max_value=15))
    return [
        release(one, *draw(st.sets(st.integers(min_value=0, max_value=number - 1))))
        for one in range(number)
    ]


@given(models(), st.data())
def test_everything_lies_on_the_sheet_and_concerns_the_release(
    releases: list[RepositoryEntry], data: st.DataObject
) -> None:
    shown = data.draw(st.sampled_from(releases)).cpl_entry_id

    picture = pathway_picture(releases, shown)

    concerned = [
        (earlier, later.cpl_entry_id)
        for later in releases
        for earlier in later.predecessors
        if shown in (earlier, later.cpl_entry_id)
    ]
    if picture is None:
        assert concerned == []
        return
    assert len(picture.bows) == len(concerned)
    assert [box.entry for box in picture.boxes] == releases
    assert [box.entry.cpl_entry_id for box in picture.boxes if box.is_shown] == [shown]
    for box in picture.boxes:
        assert box.left >= 0
        assert box.left + BOX_WIDTH <= picture.width
    for bow in picture.bows:
        assert 0 <= bow.top < picture.ground < picture.height
        assert 0 <= bow.start <= picture.width
        assert 0 <= bow.end <= picture.width


def test_a_release_that_nothing_leads_to_or_from_has_no_picture() -> None:
    assert pathway_picture([release(1), release(2)], "CPL-1") is None
    assert pathway_picture([release(1), release(2, 1), release(3)], "CPL-3") is None


def test_bows_say_whether_they_lead_here() -> None:
    picture = pathway_picture([release(1), release(2, 1), release(3, 2)], "CPL-2")

    assert picture
    assert [bow.leads_here for bow in picture.bows] == [True, False]
