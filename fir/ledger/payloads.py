"""What payloads are made of: the types of their fields, and the facts that several kinds carry."""

from collections.abc import Mapping
from types import NoneType

TEXT = (str,)
TEXT_OR_NULL = (str, NoneType)
NUMBER = (int,)
NUMBER_OR_NULL = (int, NoneType)
LIST = (list,)
OBJECT = (dict,)
YES_NO_OR_NULL = (bool, NoneType)

# The facts of a list line, as the sheet names them.
ENTRY_FACTS: Mapping[str, tuple[type, ...]] = {
    "cpl_entry_id": TEXT,
    "device_type": TEXT,
    "manufacturer_identifier": TEXT,
    "manufacturer_name": TEXT,
    "device_model": TEXT,
    "firmware_version": TEXT,
    "smets_chts_version": TEXT,
    "gbcs_version": TEXT,
    "esme_variant": TEXT,
    "manufacturer_image_hash": TEXT,
    "cpa_certificate_id": TEXT,
    "cpa_expiry_date": TEXT_OR_NULL,
    "cpa_renewal_date": TEXT_OR_NULL,
    "zigbee_certificate_id": TEXT,
    "dlms_certificate_id": TEXT,
    "date_added": TEXT,
}

# A certificate, and every Current line that stands on it.
CERTIFICATE_FACTS: Mapping[str, tuple[type, ...]] = {
    "cpa_certificate_id": TEXT,
    "lapses_on": TEXT,
    "date_kind": TEXT,
    "cpl_entry_ids": LIST,
    "device_types": LIST,
    "manufacturer_identifiers": LIST,
    "answerable": LIST,
}

# What a record says of a release, beside its line of the list.
RELEASE_FACTS: Mapping[str, tuple[type, ...]] = {
    **ENTRY_FACTS,
    "record_id": TEXT,
    "pathway": TEXT,
    "predecessors": LIST,
    "carries_updates": YES_NO_OR_NULL,
    "release_notes": TEXT,
    "purposes": LIST,
    "security_relevant": YES_NO_OR_NULL,
    "interrupts_hub_power": YES_NO_OR_NULL,
    "minimum_hardware_version": TEXT,
    "maximum_hardware_version": TEXT,
    "image_size": NUMBER_OR_NULL,
    "end_of_support": TEXT_OR_NULL,
    "activation_advice": TEXT,
}

SUBMISSION_FACTS: Mapping[str, tuple[type, ...]] = {
    "submission_id": TEXT,
    "kind": TEXT,
    "of_entry": TEXT_OR_NULL,
    "device_type": TEXT,
    "manufacturer_identifier": TEXT,
    "device_model": TEXT,
    "further_device_models": LIST,
    "firmware_version": TEXT,
}
