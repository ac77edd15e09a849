from django.db import migrations, models

STAGES = [
    *("announced", "7d", "1d", "1h", "cutover", "withdrawn", "permit"),
    *("show_soon", "show_start", "show_moved", "show_off", "webhook"),
    *("won", "lapsed", "drawn", "unclaimed"),
    *("supply", "given_back", "dispute"),
]
PARTIES = ["merchant", "creator", "source", "viewer", "operator"]


class Migration(migrations.Migration):
    dependencies = [("notices", "0007_bags")]

    operations = [
        migrations.RemoveConstraint(model_name="notice", name="notices_notice_stage"),
        migrations.AddConstraint(
            model_name="notice",
            constraint=models.CheckConstraint(
                condition=models.Q(("stage__in", STAGES)), name="notices_notice_stage"
            ),
        ),
        migrations.RemoveConstraint(model_name="notice", name="notices_notice_party"),
        migrations.AddConstraint(
            model_name="notice",
            constraint=models.CheckConstraint(
                condition=models.Q(("party__in", PARTIES)), name="notices_notice_party"
            ),
        ),
    ]
