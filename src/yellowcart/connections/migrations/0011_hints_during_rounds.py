from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('connections', '0010_perhaps_arrived'),
    ]

    operations = [
        migrations.AddField(
            model_name='following',
            name='hinted_at',
            field=models.DateTimeField(null=True),
        ),
    ]
