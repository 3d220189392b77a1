"""Which front door a URL leads to, and how each says that something went wrong."""

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import include, path

from fir.api import problems
from fir.api.views.shell import Health
from fir.portal import errors
from fir.portal.urls import account_urlpatterns

MACHINES = ("/api/", "/health")

urlpatterns = [
    path("health", Health.as_view(), name="health"),
    path("api/v1/", include("fir.api.urls")),
    path("", include("fir.portal.urls")),
    *account_urlpatterns,
]


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    """A request that could not be read, answered in the form of its door."""
    if request.path.startswith(MACHINES):
        return problems.bad_request(request, exception)
    return errors.bad_request(request, exception)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    """An address that FIR does not have, answered in the form of its door."""
    if request.path.startswith(MACHINES):
        return problems.not_found(request, exception)
    return errors.not_found(request)


def server_error(request: HttpRequest) -> HttpResponseBase:
    """A fault of FIR's own, answered in the form of its door."""
    if request.path.startswith(MACHINES):
        return problems.server_error(request)
    return errors.server_error()


handler400, handler404, handler500 = bad_request, not_found, server_error
