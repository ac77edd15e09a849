from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('connections', '0011_platform_account'),
    ]

    operations = [
        migrations.AddField(
            model_name='following',
            name='hinted_at',
            field=models.DateTimeField(null=True),
        ),
    ]
