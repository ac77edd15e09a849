from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("connections", "0003_changes")]

    operations = [
        migrations.AddField(
            model_name="supply",
            name="followed_minor",
            field=models.BigIntegerField(db_default=0, default=0),
        ),
    ]
