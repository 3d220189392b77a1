"""The head of the ledger with its tree, and signed checkpoints, which stay."""

import hashlib

import django.contrib.postgres.fields
from django.db import migrations, models

LOCK = """
CREATE TRIGGER ledger_checkpoint_is_locked BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_checkpoint
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
"""
UNLOCK = "DROP TRIGGER ledger_checkpoint_is_locked ON ledger_checkpoint"


def plant(apps, schema_editor):
    """Make the head of what stands; a million events take some seconds, and are held back for it."""
    owner = schema_editor.connection.alias
    events = apps.get_model("ledger", "LedgerEvent").objects.using(owner).order_by("seq")
    frontier, size, last_at = [], 0, None
    for leaf, at in events.values_list("leaf_hash", "at").iterator(chunk_size=10_000):
        node, full = leaf, size
        while full & 1:
            joined = b"\x01" + bytes.fromhex(frontier.pop()) + bytes.fromhex(node)
            node, full = hashlib.sha256(joined).hexdigest(), full >> 1
        frontier.append(node)
        size, last_at = size + 1, at
    apps.get_model("ledger", "LedgerHead").objects.using(owner).create(
        id=1, size=size, frontier=frontier, last_at=last_at
    )


class Migration(migrations.Migration):
    dependencies = [("ledger", "0002_lock_ledger"), ("cpl", "0002_lock_list")]

    operations = [
        migrations.CreateModel(
            name="LedgerHead",
            fields=[
                ("id", models.SmallIntegerField(default=1, primary_key=True, serialize=False)),
                ("size", models.BigIntegerField(default=0)),
                (
                    "frontier",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=64), default=list, size=None
                    ),
                ),
                ("last_at", models.DateTimeField(null=True)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("id", 1)), name="ledger_one_head")
                ],
            },
        ),
        migrations.CreateModel(
            name="Checkpoint",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("size", models.BigIntegerField()),
                ("root", models.CharField(max_length=64)),
                ("origin", models.CharField(max_length=200)),
                ("note", models.TextField()),
                ("issued_at", models.DateTimeField()),
            ],
            options={
                "indexes": [models.Index(fields=["-issued_at"], name="ledger_checkpoint_newest")],
            },
        ),
        migrations.AddIndex(
            model_name="ledgerevent",
            index=models.Index(fields=["at", "seq"], name="ledger_at_seq"),
        ),
        migrations.RunSQL(LOCK, UNLOCK),
        migrations.RunPython(plant, migrations.RunPython.noop),
    ]
