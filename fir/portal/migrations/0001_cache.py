"""The table of Django's cache, as `createcachetable` makes it: sign-in counts wrong passwords there."""

from django.db import migrations

TABLE = """
CREATE TABLE "portal_cache" (
    "cache_key" varchar(255) NOT NULL PRIMARY KEY,
    "value" text NOT NULL,
    "expires" timestamp with time zone NOT NULL
);
CREATE INDEX "portal_cache_expires" ON "portal_cache" ("expires");
"""


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [migrations.RunSQL(TABLE, 'DROP TABLE "portal_cache"')]
