from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("live", "0006_quiet_buyer")]

    operations = [
        migrations.CreateModel(
            name="RoomCounter",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "room_id", "key", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("room_id", models.UUIDField()),
                ("key", models.CharField(max_length=64)),
                ("value", models.BigIntegerField(default=0)),
                ("shown_until_wall", models.DateTimeField(null=True)),
            ],
            options={"db_table": "live_room_counter"},
        ),
    ]
