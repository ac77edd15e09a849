from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("insights", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="RoomKept",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "room_id",
                        "shop_id",
                        "part",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("room_id", models.UUIDField()),
                ("shop_id", models.UUIDField()),
                ("part", models.CharField(max_length=16)),
                ("version", models.PositiveBigIntegerField(default=0)),
                ("text", models.TextField(default="")),
                ("fresh_until", models.DateTimeField(null=True)),
            ],
            options={"db_table": "insights_room_kept"},
        ),
    ]
