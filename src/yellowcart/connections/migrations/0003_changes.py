import django.db.models.deletion
import yellowcart.core.clock
import yellowcart.core.ids
from django.db import migrations, models

HANDED = """
UPDATE connections_supply_line AS line SET handed = line.quantity
FROM connections_supply AS supply
WHERE supply.id = line.supply_id AND supply.assigned_at IS NOT NULL"""


class Migration(migrations.Migration):
    dependencies = [("connections", "0002_renames")]

    operations = [
        migrations.AddField(
            model_name="supplyline",
            name="handed",
            field=models.PositiveIntegerField(db_default=0, default=0),
        ),
        # What a supplier took before it was noted how many pieces it was asked for.
        migrations.RunSQL(HANDED, migrations.RunSQL.noop),
        migrations.CreateModel(
            name="Change",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=yellowcart.core.ids.new_id, primary_key=True, serialize=False
                    ),
                ),
                ("number", models.PositiveSmallIntegerField()),
                ("kind", models.CharField(max_length=8)),
                ("state", models.CharField(default="waiting", max_length=8)),
                ("pieces", models.JSONField(default=dict)),
                ("refunded_minor", models.BigIntegerField(default=0)),
                ("money_minor", models.BigIntegerField(default=0)),
                ("attempts", models.PositiveIntegerField(default=0)),
                (
                    "due_at",
                    models.DateTimeField(default=yellowcart.core.clock.wall, null=True),
                ),
                ("last_error", models.JSONField(default=dict)),
                ("created_at", models.DateTimeField(default=yellowcart.core.clock.wall)),
                ("ended_at", models.DateTimeField(null=True)),
                ("done_by", models.UUIDField(null=True)),
                (
                    "connection",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="changes",
                        to="connections.connection",
                    ),
                ),
                (
                    "supply",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="changes",
                        to="connections.supply",
                    ),
                ),
            ],
            options={
                "db_table": "connections_change",
                "indexes": [
                    models.Index(
                        condition=models.Q(("due_at__isnull", False)),
                        fields=["connection", "due_at"],
                        name="connections_change_waiting",
                    ),
                    models.Index(
                        condition=models.Q(("state", "todo")),
                        fields=["connection", "created_at"],
                        name="connections_change_todo",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("supply", "number"), name="connections_change_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("kind__in", ("cancel", "reduce", "refund")),
                            ("state__in", ("waiting", "told", "todo", "done")),
                        ),
                        name="connections_change_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("due_at__isnull", False), ("state", "waiting")),
                            models.Q(
                                models.Q(("state", "waiting"), _negated=True),
                                ("due_at__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="connections_change_due",
                    ),
                ],
            },
        ),
    ]
