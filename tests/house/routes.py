"""Every URL of FIR with the methods that it answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.urls import URLResolver, get_resolver

from fir.api.door import Door

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True)
class Route:
    """A way to ask FIR for something: a method, the name of a URL, and the view that answers."""

    method: str
    name: str
    view: type


def routes() -> list[Route]:
    """Every way to ask FIR for something."""
    return list(_routes(get_resolver()))


def doors() -> list[tuple[str, str]]:
    """Every (method, name of a URL) that the API answers."""
    return [(r.method, r.name) for r in routes() if issubclass(r.view, Door)]


def pages() -> list[tuple[str, str]]:
    """Every (method, name of a URL) that the portal answers."""
    return [(r.method, r.name) for r in routes() if not issubclass(r.view, Door)]


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
