from django.db import migrations

from yellowcart.core.migration import append_only


class Migration(migrations.Migration):
    dependencies = [("policy", "0002_rule_periods"), ("core", "0002_append_only")]

    operations = [migrations.RunSQL(append_only("policy_rule"), migrations.RunSQL.noop)]
