"""Which front door a URL leads to."""

from django.urls import include, path

from fir.api import problems
from fir.api.views.shell import Health, Home

urlpatterns = [
    path("", Home.as_view(), name="home"),
    path("health", Health.as_view(), name="health"),
    path("api/v1/", include("fir.api.urls")),
]

handler400 = problems.bad_request
handler404 = problems.not_found
handler500 = problems.server_error
