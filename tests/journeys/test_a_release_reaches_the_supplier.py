"""The main job: one release travels from its Manufacturer to a Supplier's systems."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import rfc8785

from tests import make
from tests.stack import Stack, eventually

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fir.parties.models import Party


class Cast:
    """Who takes part, each with a key."""

    def __init__(self) -> None:
        self.parties: dict[str, Party] = {
            "maker": make.maker(),
            "administrator": make.administrator(),
            "supplier": make.party("big-light"),
            "newcomer": make.party("new-light", "SMALL_SUPPLIER"),
        }
        self.keys = {name: make.key(party) for name, party in self.parties.items()}


def pull_everything(fir: Stack, key: str) -> Iterator[dict[str, Any]]:
    """The whole feed, in small pages, as a Supplier's system would pull it."""
    after = 0
    while True:
        page = fir.get(f"/api/v1/feed?after={after}&limit=3", key).json
        if not page["events"]:
            assert after == page["head"]
            return
        yield from page["events"]
        after = page["next_after"]


def test_from_the_manufacturers_system_to_the_suppliers(fir: Stack) -> None:
    cast = Cast()
    make.listed(make.row(1), make.row(2))
    fir.manage("admit_party", "--slug", "unused", "--name", "Unused", "--category", "DCC")
    subscribed = fir.manage(
        "admit_party",
        *("--slug", "mail-light", "--name", "Mail Light", "--category", "LARGE_SUPPLIER"),
        *("--role", "IS", "--mailbox", "firmware@mail-light.invalid"),
    )
    assert subscribed.returncode == 0, subscribed.stderr
    fir.start_worker()

    # A Supplier sends its inventory in, and the workers take it from there.
    sent = fir.post(
        "/api/v1/estate/loads",
        cast.keys["supplier"],
        make.inventory(
            make.device(1),
            make.device(2),
            make.device(3, DeviceFirmwareVersion="00000002"),
            make.device(4, DeviceManufacturer="GFI", DeviceModel="9001"),
        ),
    )
    assert sent.status == 202, sent.text
    eventually(
        lambda: fir.get("/api/v1/eligibility", cast.keys["supplier"]).json["complete"],
        what="the estate's assessment",
    )

    # 1. The Manufacturer's system brings a release; every fault comes back in one answer.
    wrong = make.release(9, firmware_version="123", predecessors=["CPL-999999"])
    refused = fir.post("/api/v1/submissions", cast.keys["maker"], wrong)
    assert refused.status == 422
    assert {e["code"] for e in refused.json["errors"]} == {
        "WRONG_LENGTH",
        "PREDECESSOR_NOT_LISTED",
    }
    brought = fir.post(
        "/api/v1/submissions", cast.keys["maker"], make.release(9, predecessors=["CPL-000001"])
    )
    assert brought.status == 201, brought.text

    # 2. The Administrator lists the queue and approves.
    queue = fir.get("/api/v1/submissions?state=SUBMITTED", cast.keys["administrator"]).json
    assert [one["id"] for one in queue["results"]] == [brought.json["id"]]
    decided = fir.post(
        f"/api/v1/submissions/{brought.json['id']}/decision",
        cast.keys["administrator"],
        {"decision": "approve", "reason": "In order."},
    )
    assert decided.status == 200, decided.text
    entry_id = decided.json["cpl_entry_id"]
    assert (decided.json["state"], entry_id) == ("PUBLISHED", "CPL-000003")

    # 3. Without being asked, the workers assess, raise one notice a recipient, and send the email.
    notices = eventually(
        lambda: fir.get("/api/v1/notices", cast.keys["supplier"]).json["results"],
        what="the Supplier's notice",
    )
    assert [n["counts"] for n in notices] == [{"ELIGIBLE": 2, "UNCONFIRMED": 1}]
    newcomer = fir.get("/api/v1/notices", cast.keys["newcomer"]).json["results"]
    assert [n["counts"] for n in newcomer] == [{}]
    email = eventually(fir.emails, what="the email")
    assert len(email) == 1
    assert "To: firmware@mail-light.invalid" in email[0]
    assert entry_id in email[0]

    # 4. The Supplier's system pulls the feed, its eligibility and the record.
    events = list(pull_everything(fir, cast.keys["supplier"]))
    assert [event["seq"] for event in events] == list(range(1, len(events) + 1))
    published = [event for event in events if event.get("kind") == "FIRMWARE_PUBLISHED"]
    assert [event["subject_id"] for event in published] == [entry_id]
    leaf = published[0].pop("leaf_hash")
    assert hashlib.sha256(b"\x00" + rfc8785.dumps(published[0])).hexdigest() == leaf

    found = fir.get("/api/v1/eligibility", cast.keys["supplier"]).json
    assert found["complete"]
    assert found["totals"]["ELIGIBLE"] == 2
    assert found["totals"]["UNCONFIRMED"] == 1
    assert found["totals"]["NOT_LISTED"] == 1
    assert found["reasons"] == {"PATHWAY_UNKNOWN": 1}
    eligible = fir.get("/api/v1/eligibility?outcome=ELIGIBLE", cast.keys["supplier"]).json
    assert eligible["results"][0]["route"] == [
        {"cpl_entry_id": entry_id, "firmware_version": "00000009", "requests": ["11.1", "11.3"]}
    ]
    record = fir.get(f"/api/v1/firmware/{entry_id}", cast.keys["supplier"]).json
    assert record["latest"] is True
    assert record["pathway"] == {"declared": "NAMED", "predecessors": ["CPL-000001"]}
    assert record["manufacturer_image_hash"] == make.image_hash(9)

    # 5. The ledger is whole.
    verified = fir.manage("verify_ledger")
    assert verified.returncode == 0, verified.stderr
    assert f"{len(events)} events" in verified.stdout
