from django.contrib.postgres.indexes import OpClass
from django.db import migrations, models
from django.db.models.functions import Upper


class Migration(migrations.Migration):
    dependencies = [("people", "0003_names")]

    operations = [
        migrations.AddIndex(
            model_name="account",
            index=models.Index(
                OpClass(Upper("display_name"), "text_pattern_ops"), name="people_by_name"
            ),
        ),
        migrations.AddIndex(
            model_name="account",
            index=models.Index(
                OpClass(Upper("handle"), "text_pattern_ops"), name="people_by_handle"
            ),
        ),
        migrations.AddIndex(
            model_name="account",
            index=models.Index(
                OpClass(Upper("username"), "text_pattern_ops"), name="people_by_username"
            ),
        ),
    ]
