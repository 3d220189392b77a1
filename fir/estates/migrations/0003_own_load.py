"""An Estate points at a load of its own Supplier and of no other: held by a foreign key."""

from django.db import migrations

OWN_LOAD = """
ALTER TABLE estates_estate
    ADD CONSTRAINT estates_estate_own_load
    FOREIGN KEY (standing_load_id, party_id) REFERENCES estates_estateload (id, party_id)
"""


class Migration(migrations.Migration):
    dependencies = [("estates", "0002_schema_of_loads")]

    operations = [
        migrations.RunSQL(
            OWN_LOAD, "ALTER TABLE estates_estate DROP CONSTRAINT estates_estate_own_load"
        )
    ]
