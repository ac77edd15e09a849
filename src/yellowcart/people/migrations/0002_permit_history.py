import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from yellowcart.core.migration import append_only


class Migration(migrations.Migration):
    dependencies = [("people", "0001_initial"), ("core", "0002_append_only")]

    operations = [
        migrations.AddField(
            model_name="account",
            name="region",
            field=models.CharField(blank=True, default="", max_length=2),
        ),
        migrations.AddField(
            model_name="creatorfacts",
            name="deposit_currency",
            field=models.CharField(default="CNY", max_length=3),
        ),
        migrations.AlterField(
            model_name="creatorfacts",
            name="scores",
            field=models.JSONField(blank=True, default=dict),
        ),
        migrations.AddField(
            model_name="creatorfacts",
            name="flags",
            field=models.JSONField(blank=True, default=list),
        ),
        migrations.AddField(
            model_name="permit", name="limits", field=models.JSONField(default=dict)
        ),
        migrations.AddConstraint(
            model_name="permit",
            constraint=models.CheckConstraint(
                condition=models.Q(("state", "pilot"), _negated=True)
                | models.Q(("until__isnull", False)),
                name="people_pilot_ends",
            ),
        ),
        migrations.RemoveField(model_name="permitevent", name="words"),
        migrations.AddField(
            model_name="permitevent", name="words", field=models.JSONField(default=dict)
        ),
        migrations.AddField(
            model_name="permitevent", name="until", field=models.DateTimeField(null=True)
        ),
        migrations.AddField(
            model_name="permitevent", name="limits", field=models.JSONField(default=dict)
        ),
        migrations.AlterField(
            model_name="permitevent",
            name="account",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="permit_events",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AlterField(
            model_name="permitappeal",
            name="event",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="appeal",
                to="people.permitevent",
            ),
        ),
        migrations.RunSQL(
            append_only("people_permit_event"),
            "DROP TRIGGER people_permit_event_append_only ON people_permit_event",
        ),
    ]
