from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('connections', '0009_one_placing_at_a_time'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='change',
            name='connections_change_known',
        ),
        migrations.AddConstraint(
            model_name='change',
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ('kind__in', ('cancel', 'reduce', 'refund', 'lost')),
                    ('state__in', ('waiting', 'told', 'todo', 'done')),
                ),
                name='connections_change_known',
            ),
        ),
        # What was tried before may have arrived: nobody wrote down whether it was answered.
        migrations.RunSQL(
            """
            UPDATE connections_supply SET placing_until = now()
            WHERE state = 'unassigned' AND attempts > 0 AND placing_until IS NULL
            """,
            migrations.RunSQL.noop,
        ),
    ]
