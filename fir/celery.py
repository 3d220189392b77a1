"""The Celery application and its timetable.

The broker only wakes workers: what is to be done stands in PostgreSQL, so a lost message costs at
most one minute, never an event. Two queues, so that a long estate load never delays news.
"""

import os
import sys

from celery import Celery
from celery.signals import worker_init, worker_ready
from django.conf import settings

from fir.embedded import bells
from fir.ledger.starting import why_not

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fir.settings")
bells.register()


def _broker(url: str) -> dict[str, object]:
    """Transport options that give up within a second: a dead broker must never delay a request."""
    if url.startswith("bells:"):
        return bells.transport_options(url)
    return {
        "socket_connect_timeout": 1,
        "socket_timeout": 1,
        "max_retries": 1,
        "interval_start": 0,
        "interval_max": 0,
    }


EVERY_MINUTE = 60.0
EVERY_HOUR = 60 * EVERY_MINUTE
TIMETABLE = {
    "eligibility.read_ledger": EVERY_MINUTE,
    "notifications.read_ledger": EVERY_MINUTE,
    "notifications.sweep_deliveries": EVERY_MINUTE,
    "estates.sweep_loads": EVERY_MINUTE,
    "estates.take_census": EVERY_HOUR,
    "parties.forget_expired_invitations": EVERY_HOUR,
    "portal.forget_sessions": EVERY_HOUR,
    "portal.forget_tries": EVERY_HOUR,
    "submissions.publish_due": EVERY_MINUTE,
    "ledger.issue_checkpoint": EVERY_MINUTE,
    "submissions.forget_sheets": EVERY_HOUR,
    "records.judge_list": EVERY_MINUTE,
    "records.tell_of_certificates": EVERY_HOUR,
    "records.remind_of_contacts": EVERY_HOUR,
    "records.forget_sheets": EVERY_HOUR,
}


def _application() -> Celery:
    application = Celery("fir")
    application.conf.update(
        broker_url=settings.BROKER_URL,
        broker_transport_options=_broker(settings.BROKER_URL),
        broker_connection_timeout=1,
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,  # a worker waits for its broker as long as it takes
        task_ignore_result=True,
        task_acks_late=True,
        task_default_queue="news",
        task_routes={"estates.*": {"queue": "loads"}},
        task_publish_retry=False,
        worker_prefetch_multiplier=1,
        worker_hijack_root_logger=False,
        worker_send_task_events=False,
        timezone="UTC",
        beat_schedule={
            name: {"task": name, "schedule": every, "options": {"expires": every}}
            for name, every in TIMETABLE.items()
        },
    )
    application.autodiscover_tasks(
        [
            "fir.eligibility",
            "fir.ledger",
            "fir.notifications",
            "fir.estates",
            "fir.parties",
            "fir.portal",
            "fir.records",
            "fir.submissions",
        ],
        related_name="tasks",
    )
    return application


app = _application()


@worker_init.connect  # type: ignore[untyped-decorator]
def refuse_to_start(**_more: object) -> None:
    """A worker ends at once where FIR must not start, and says why."""
    if refusal := why_not():
        sys.exit(refusal)


@worker_ready.connect  # type: ignore[untyped-decorator]
def look_around(sender: object, **_more: object) -> None:
    """A worker that starts looks at once for what was left undone, whoever was to ring it."""
    queues = sender.task_consumer.queues  # type: ignore[attr-defined]
    waiting = {queue.name for queue in queues}
    for name in app.conf.beat_schedule:
        if app.amqp.router.route({}, name)["queue"].name in waiting:
            app.send_task(name, expires=EVERY_MINUTE)
