"""Notices may be of an alarm."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("store", "0037_notice_kinds"),
    ]

    operations = [
        migrations.AlterField(
            model_name="notice",
            name="kind",
            field=models.CharField(
                choices=[
                    ("new_report", "new_report"),
                    ("given", "given"),
                    ("rework", "rework"),
                    ("returned", "returned"),
                    ("to_verify", "to_verify"),
                    ("verified", "verified"),
                    ("reopened", "reopened"),
                    ("near_due", "near_due"),
                    ("overdue", "overdue"),
                    ("time_asked", "time_asked"),
                    ("time_answered", "time_answered"),
                    ("escalated", "escalated"),
                    ("alarm", "alarm"),
                ],
                max_length=24,
            ),
        ),
    ]
