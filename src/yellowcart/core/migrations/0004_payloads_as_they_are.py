from django.db import migrations


class Migration(migrations.Migration):
    """A full batch's event names hundreds of orders. It is read once, by the relay, within a tenth
    of a second: packing it cost PostgreSQL more than a tenth of the whole batch."""

    dependencies = [("core", "0003_names")]

    operations = [
        migrations.RunSQL(
            "ALTER TABLE core_outbox ALTER COLUMN payload SET STORAGE EXTERNAL",
            "ALTER TABLE core_outbox ALTER COLUMN payload SET STORAGE EXTENDED",
        )
    ]
