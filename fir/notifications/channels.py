"""The only code of FIR that sends anything outward."""

from django.conf import settings
from django.core.mail import EmailMessage


def send_email(*, address: str, title: str, text: str, message_id: str) -> None:
    """Send one plain email. `message_id` is the same at every try, so a mailbox can tell a repeat.

    Raises whatever the mail server's connection raises.
    """
    EmailMessage(
        subject=title,
        body=text,
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[address],
        headers={"Message-ID": message_id, "Auto-Submitted": "auto-generated"},
    ).send()
