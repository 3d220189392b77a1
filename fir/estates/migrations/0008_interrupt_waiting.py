"""What was received in tables of the former form cannot be finished: it is to be sent again."""

from django.db import migrations


def interrupt_waiting(apps, schema_editor):
    loads = apps.get_model("estates", "EstateLoad").objects.using(schema_editor.connection.alias)
    waiting = ("RECEIVING", "QUEUED", "READING", "INDEXING", "COMPARING")
    loads.filter(state__in=waiting).update(
        state="INTERRUPTED", refusal="FIR was renewed while this load waited. Send it again."
    )


class Migration(migrations.Migration):
    dependencies = [("estates", "0007_deltas_and_progress")]

    operations = [migrations.RunPython(interrupt_waiting, migrations.RunPython.noop, elidable=True)]
