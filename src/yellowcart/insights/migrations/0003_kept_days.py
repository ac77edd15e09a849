from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("insights", "0002_roomkept"),
    ]

    operations = [
        migrations.CreateModel(
            name="KeptBuyer",
            fields=[
                ("number", models.AutoField(primary_key=True, serialize=False)),
                ("buyer_id", models.UUIDField(unique=True)),
            ],
            options={
                "db_table": "insights_kept_buyer",
            },
        ),
        migrations.CreateModel(
            name="KeptSales",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "starts_at",
                        "dated",
                        "shop_id",
                        "source",
                        "integration",
                        "surface",
                        "currency",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("starts_at", models.DateTimeField()),
                ("dated", models.CharField(max_length=8)),
                ("shop_id", models.UUIDField()),
                ("source", models.CharField(max_length=40)),
                ("integration", models.CharField(max_length=16)),
                ("surface", models.CharField(max_length=16)),
                ("currency", models.CharField(max_length=3)),
                ("amount_minor", models.BigIntegerField()),
                ("sales", models.PositiveIntegerField()),
                ("buyers", models.BinaryField()),
            ],
            options={
                "db_table": "insights_kept_sales",
            },
        ),
        migrations.CreateModel(
            name="KeptDay",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "dated",
                        "starts_at",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("dated", models.CharField(max_length=8)),
                ("starts_at", models.DateTimeField()),
                ("ends_at", models.DateTimeField()),
                ("is_kept", models.BooleanField(default=False)),
            ],
            options={
                "db_table": "insights_kept_day",
                "indexes": [
                    models.Index(fields=["ends_at"], name="insights_kept_day_end"),
                    models.Index(
                        condition=models.Q(("is_kept", False)),
                        fields=["ends_at"],
                        name="insights_day_to_keep",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("ends_at__gt", models.F("starts_at"))),
                        name="insights_kept_day_order",
                    )
                ],
            },
        ),
    ]
