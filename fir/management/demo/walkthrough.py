"""What a newcomer to the demo world is shown: sign-ins, keys for a shell, and the main job."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from fir.management.demo.listing import claim
from fir.management.demo.parties import all_organisations
from fir.management.demo.people import PASSWORD, PEOPLE
from fir.management.demo.submissions import TO_BRING, WAITING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fir.management.demo.world import World


def walkthrough(world: World, *, base_url: str, head: int) -> str:
    """Sign-ins, keys, and five commands that bring a release, approve it and ask who may take it.

    `head` is the newest seq before the newcomer does anything.
    """
    return "\n".join(
        [*_sign_ins(world, base_url), *_keys(world, base_url), "", *_commands(world, head)]
    )


# Comments stand on lines of their own and hold no quotation mark, bracket or semicolon: not every
# shell skips a comment that is pasted.
def _sign_ins(world: World, base_url: str) -> Iterator[str]:
    yield f"# The demo world: invented organisations with {world.devices} devices."
    yield f"# Sign in at {base_url} as one of these people. The password of all is {PASSWORD}"
    for person in PEOPLE:
        yield f"# {person.email} {person.about}"


def _keys(world: World, base_url: str) -> Iterator[str]:
    yield "# The API: paste this into a shell. FIR keeps no more of the keys than their hashes."
    yield f"export FIR={base_url}"
    for organisation in all_organisations():
        if organisation.variable:
            yield f"# {organisation.name}, {organisation.about}"
            yield f"export {organisation.variable}={world.keys[organisation.slug]}"


def _commands(world: World, head: int) -> Iterator[str]:
    said = json.dumps(claim(TO_BRING, world.predecessors(TO_BRING), today=world.now.date()))
    decision = json.dumps({"decision": "approve", "reason": "In order."})
    yield "# 1. The Manufacturer brings a release."
    yield _caught("ID", "id", _curl("MAKER", "submissions", said))
    yield f"# 2. The Administrator reads the queue, in which {WAITING} others wait."
    yield _curl("ADMIN", "submissions?state=SUBMITTED")
    yield "# 3. The Administrator approves it, and it is published as an entry of the list."
    yield _caught("ENTRY", "cpl_entry_id", _curl("ADMIN", "submissions/$ID/decision", decision))
    yield "# 4. A moment later the Supplier asks which of its devices may take it."
    yield _curl("SUPPLIER", "eligibility?target=$ENTRY&limit=5")
    yield "# 5. Every Party pulls what happened, in order."
    yield _curl("SUPPLIER", f"feed?after={head}")


def _curl(key: str, path: str, said: str = "") -> str:
    body = f" -H 'Content-Type: application/json' -d '{said}'" if said else ""
    address = f'"$FIR/api/v1/{path}"'
    return rf"""curl -sS -w '\n' {address} -H "Authorization: Bearer ${key}"{body}"""


def _caught(variable: str, field: str, command: str) -> str:
    """The command with one field of its answer kept in a shell variable, and shown."""
    pick = rf"""sed -n 's/.*"{field}":"\([^"]*\)".*/\1/p'"""
    return f'{variable}=$({command} | {pick}); echo "{variable} is ${variable}"'
