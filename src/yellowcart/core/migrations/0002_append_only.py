from django.db import migrations

from yellowcart.core.migration import FORBID_CHANGE, append_only


class Migration(migrations.Migration):
    dependencies = [("core", "0001_initial")]

    operations = [
        migrations.RunSQL(FORBID_CHANGE + append_only("core_audit"), migrations.RunSQL.noop)
    ]
