"""Request bodies read back by the standard library's XML parser, which knows nothing of FIR."""

from __future__ import annotations

from typing import NamedTuple
from xml.etree import ElementTree

NAMESPACE = "{http://www.dccinterface.co.uk/ServiceUserGateway}"


class Read(NamedTuple):
    """A request: its root's attributes, its header in order, its service's element, and what that
    holds in order."""

    attributes: dict[str, str]
    header: list[tuple[str, str]]
    service: str
    holds: list[tuple[str, str]]


def read(document: bytes) -> Read:
    """The request in a document; fails where an element is of another namespace or name."""
    root = ElementTree.fromstring(document)  # noqa: S314 - what FIR itself wrote
    assert _name(root) == "Request"
    header, body = root
    assert (_name(header), _name(body)) == ("Header", "Body")
    (service,) = body
    return Read(dict(root.attrib), _fields(header), _name(service), _fields(service))


def _fields(element: ElementTree.Element) -> list[tuple[str, str]]:
    assert all(len(one) == 0 and not one.attrib for one in element)
    return [(_name(one), one.text or "") for one in element]


def _name(element: ElementTree.Element) -> str:
    assert element.tag.startswith(NAMESPACE)
    return element.tag.removeprefix(NAMESPACE)
