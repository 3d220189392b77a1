"""Which front door a URL leads to."""

from django.urls import include, path
from django.views.generic import RedirectView

from fir.api import problems
from fir.api.views.shell import Health

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="api-index"), name="home"),
    path("health", Health.as_view(), name="health"),
    path("api/v1/", include("fir.api.urls")),
]

handler400 = problems.bad_request
handler404 = problems.not_found
handler500 = problems.server_error
