from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("notices", "0003_stage_runs")]

    operations = [
        migrations.RemoveConstraint(model_name="notice", name="notices_notice_stage"),
        migrations.AddConstraint(
            model_name="notice",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "stage__in",
                        ["announced", "7d", "1d", "1h", "cutover", "withdrawn", "permit"],
                    )
                ),
                name="notices_notice_stage",
            ),
        ),
    ]
