"""How allauth's sign-in fits the house: by invitation only, and its emails through our channel."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.template.loader import render_to_string
from django.utils.crypto import get_random_string

from fir.notifications.channels import send_email

if TYPE_CHECKING:
    from django.http import HttpRequest

logger = logging.getLogger(__name__)

WORDS = {
    "email_password_mismatch": "This email and this password do not belong together. Check both.",
    "too_many_login_attempts": "Too many tries with a wrong password. Wait five minutes.",
    "enter_current_password": "This is not your current password.",
}


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Sign-in for people whom a Party invited."""

    error_messages = {**DefaultAccountAdapter.error_messages, **WORDS}

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Nobody signs up: a Party invites its people."""
        return False

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Send one of allauth's emails. A mail server that is down is noted in the log: the page
        that follows says what to do when no email comes, and must not tell who has an account."""
        said = {**context, "base_url": settings.BASE_URL}
        title = render_to_string(f"{template_prefix}_subject.txt", said).strip()
        text = render_to_string(f"{template_prefix}_message.txt", said)
        message_id = f"<account-{get_random_string(24)}@fir.invalid>"
        try:
            send_email(address=email, title=title, text=text, message_id=message_id)
        except OSError:
            logger.exception("An email about an account could not be sent.")
