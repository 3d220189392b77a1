"""What gunicorn serves."""

from django.core.wsgi import get_wsgi_application

# Through this application a request rings the readers after its commit.
from fir.celery import app as celery_application

__all__ = ["application", "celery_application"]

application = get_wsgi_application()
