"""Manufacturers' cards: whom to ask for their images."""

from rest_framework import serializers

from fir.api.shapes.fields import Text
from fir.api.shapes.records import Contact
from fir.records.contacts import LONGEST_EMAIL, LONGEST_ROLE, LONGEST_TELEPHONE


class Card(serializers.Serializer[None]):
    """Whom to ask for the images of one Manufacturer; `contact` is null where it has given none."""

    manufacturer_identifier = Text(help_text="4 hex")
    manufacturer_name = Text()
    contact = Contact(allow_null=True)


class GivenContact(serializers.Serializer[None]):
    """Whom to ask from now on: a role mailbox rather than a person."""

    role = Text(max_length=LONGEST_ROLE)
    email = Text(max_length=LONGEST_EMAIL)
    telephone = Text(required=False, allow_blank=True, max_length=LONGEST_TELEPHONE)
