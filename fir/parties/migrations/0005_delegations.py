"""Suppliers let agents see some of their Devices (MP207), and say what they deploy themselves.

A delegation is locked but for its revocation, which comes once and stays.
"""

import uuid

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

LOCK = """
CREATE FUNCTION parties_delegation_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.revoked_at IS NOT NULL
        OR to_jsonb(NEW) - '{revoked_at,revoked_by}'::text[]
            <> to_jsonb(OLD) - '{revoked_at,revoked_by}'::text[]
    THEN
        RAISE EXCEPTION 'A delegation is locked: it is revoked once, and nothing else of it changes.'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER parties_delegation_stays BEFORE UPDATE ON parties_delegation
    FOR EACH ROW EXECUTE FUNCTION parties_delegation_stays();
CREATE TRIGGER parties_delegation_is_kept BEFORE DELETE OR TRUNCATE ON parties_delegation
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
"""
UNLOCK = """
DROP TRIGGER parties_delegation_is_kept ON parties_delegation;
DROP TRIGGER parties_delegation_stays ON parties_delegation;
DROP FUNCTION parties_delegation_stays();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("parties", "0004_list_permissions"),
        ("cpl", "0002_lock_list"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="party",
            options={
                "permissions": [
                    ("read_feed", "Pull the feed of everything that happens."),
                    ("view_records", "Read the Firmware Records that the Party may see."),
                    (
                        "submit_firmware",
                        "Bring firmware releases for the Party's Manufacturer Identifiers.",
                    ),
                    ("review_submissions", "Read the queue; approve, return or close submissions."),
                    (
                        "manage_list",
                        "Bring sheets of the Central Products List, propose and confirm removals and waivers, and keep the catalogue.",
                    ),
                    (
                        "confirm_loaded",
                        "Record when the DCC loaded entries of the Central Products List.",
                    ),
                    (
                        "load_estate",
                        "Send in the Supplier's inventory of Devices, or delete its estate.",
                    ),
                    (
                        "view_estate",
                        "Read the Supplier's estate and which of its Devices are eligible.",
                    ),
                    ("view_notices", "Read the notices raised for the Party."),
                    (
                        "decide_releases",
                        "Say whether the Supplier itself is testing, has approved or holds a release.",
                    ),
                    (
                        "delegate",
                        "Let Registered Supplier Agents see some of the Supplier's Devices, and end that.",
                    ),
                    (
                        "manage_people",
                        "Invite people, change what they may do, and make or revoke keys for the Party.",
                    ),
                ]
            },
        ),
        migrations.CreateModel(
            name="AgentRefusal",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("day", models.DateField()),
                ("times", models.PositiveIntegerField(default=1)),
                (
                    "agent",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="refused",
                        to="parties.party",
                    ),
                ),
                (
                    "supplier",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="refusals",
                        to="parties.party",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("supplier", "agent", "day"), name="parties_one_refusal_a_day"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Delegation",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "device_types",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=8), size=None
                    ),
                ),
                (
                    "device_models",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=13), default=list, size=None
                    ),
                ),
                ("first_day", models.DateField()),
                ("last_day", models.DateField()),
                ("given_at", models.DateTimeField()),
                ("given_by", models.UUIDField()),
                ("revoked_at", models.DateTimeField(null=True)),
                ("revoked_by", models.UUIDField(null=True)),
                (
                    "agent",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="delegations_held",
                        to="parties.party",
                    ),
                ),
                (
                    "supplier",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="delegations_given",
                        to="parties.party",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["agent", "supplier"], name="parties_delegation_of_agent")
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("last_day__gte", models.F("first_day"))),
                        name="parties_delegation_ends_after",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("revoked_at__isnull", True), ("revoked_by__isnull", True)),
                            models.Q(("revoked_at__isnull", False), ("revoked_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="parties_delegation_revoked_at_and_by",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("supplier", models.F("agent")), _negated=True),
                        name="parties_delegation_to_another",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("device_types", []), _negated=True),
                        name="parties_delegation_names_types",
                    ),
                ],
            },
        ),
        migrations.RunSQL(LOCK, UNLOCK),
    ]
