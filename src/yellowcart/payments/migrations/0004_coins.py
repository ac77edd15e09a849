from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('payments', '0003_statements'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='payment',
            name='payments_payment_stage',
        ),
        migrations.AddConstraint(
            model_name='payment',
            constraint=models.CheckConstraint(condition=models.Q(('stage__in', ['full', 'deposit', 'balance', 'coins'])), name='payments_payment_stage'),
        ),
    ]
