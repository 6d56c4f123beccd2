"""A changed copy of an alarm rule runs beside it in its shadow."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("store", "0052_requests_both_ways")]

    operations = [
        migrations.AddField(
            model_name="alarmrule",
            name="beside",
            field=models.OneToOneField(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="copy",
                to="store.alarmrule",
            ),
        ),
    ]
