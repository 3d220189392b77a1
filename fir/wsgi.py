"""What gunicorn serves."""

import sys
from pathlib import Path

from django.conf import settings
from django.core.wsgi import get_wsgi_application

# Through this application a request rings the readers after its commit.
from fir.celery import app as celery_application
from fir.ledger.starting import why_not

__all__ = ["application", "celery_application"]

if not Path(settings.STATIC_ROOT, "staticfiles.json").exists():
    sys.exit(
        f"FIR cannot start: there are no static files in {settings.STATIC_ROOT}. "
        "Make them: python manage.py collectstatic --no-input."
    )
application = get_wsgi_application()
if refusal := why_not():
    sys.exit(refusal)
