"""The facts of a line of the list, by how they may change. Pure."""

# What an entry is. Whoever says otherwise speaks of another entry under the same id.
IDENTITY_FACTS = (
    "device_type",
    "manufacturer_identifier",
    "device_model",
    "firmware_version",
    "date_added",
)
# What was published of it: only a correction, confirmed with a reason, may change these.
PUBLISHED_FACTS = (
    "smets_chts_version",
    "gbcs_version",
    "esme_variant",
    "manufacturer_image_hash",
)
# What may be renewed without a word: a maker's new name, a renewed certificate.
NAME_FACTS = ("manufacturer_name",)
CERTIFICATE_FACTS = (
    "cpa_certificate_id",
    "cpa_expiry_date",
    "cpa_renewal_date",
    "zigbee_certificate_id",
    "dlms_certificate_id",
)
STATUS_FACTS = ("status", "date_removed", "removal_reason")
# What the rules about quality read of a line.
LINE_FACTS = (
    "cpl_entry_id",
    *IDENTITY_FACTS,
    *PUBLISHED_FACTS,
    *NAME_FACTS,
    *CERTIFICATE_FACTS,
    "status",
    "removal_reason",
)
