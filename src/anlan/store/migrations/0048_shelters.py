"""A site can be a shelter."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("store", "0047_stream_identity"),
    ]

    operations = [
        migrations.AlterField(
            model_name="site",
            name="kind",
            field=models.CharField(
                choices=[
                    ("pond", "pond"),
                    ("school", "school"),
                    ("shop", "shop"),
                    ("compound", "compound"),
                    ("charging_shed", "charging_shed"),
                    ("road_segment", "road_segment"),
                    ("post", "post"),
                    ("enterprise", "enterprise"),
                    ("shelter", "shelter"),
                    ("other", "other"),
                ],
                max_length=24,
            ),
        ),
    ]
