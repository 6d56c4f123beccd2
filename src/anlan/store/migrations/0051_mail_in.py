"""Mails that come in; reports that wait tell moderators, and may wait for their kind."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import anlan.cases.mail.terms
import anlan.cases.terms


class Migration(migrations.Migration):
    dependencies = [
        ("store", "0050_counts_by_use"),
    ]

    operations = [
        migrations.CreateModel(
            name="InMail",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("mark", models.BinaryField(max_length=32, unique=True)),
                ("came_at", models.DateTimeField()),
                ("place", models.CharField(max_length=200)),
                ("size", models.PositiveIntegerField(default=0)),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("reading", "reading"),
                            ("report", "report"),
                            ("added", "added"),
                            ("ignored", "ignored"),
                            ("aside", "aside"),
                        ],
                        default=anlan.cases.mail.terms.Outcome["READING"],
                        max_length=24,
                    ),
                ),
                ("why", models.CharField(blank=True, max_length=24)),
                ("tries", models.PositiveSmallIntegerField(default=0)),
                ("claimed_until", models.DateTimeField(null=True)),
                ("answer_due", models.BooleanField(default=False)),
                ("sounds_urgent", models.BooleanField(default=False)),
                ("left", models.JSONField(default=list)),
                ("settled_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="MailboxState",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("claimed_until", models.DateTimeField(null=True)),
                ("read_at", models.DateTimeField(null=True)),
                ("failed_at", models.DateTimeField(null=True)),
                ("error", models.CharField(blank=True, max_length=200)),
            ],
        ),
        migrations.CreateModel(
            name="MailThread",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.UUIDField(unique=True)),
                ("subject", models.CharField(blank=True, max_length=200)),
                ("message_id", models.CharField(blank=True, max_length=255)),
                ("earlier", models.TextField(blank=True)),
                ("language", models.CharField(blank=True, max_length=10)),
                ("began_at", models.DateTimeField()),
            ],
        ),
        migrations.AddField(
            model_name="delivery",
            name="group",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="store.heldgroup"
            ),
        ),
        migrations.AddField(
            model_name="heldreport",
            name="channel",
            field=models.CharField(
                choices=[
                    ("web", "web"),
                    ("desk", "desk"),
                    ("field", "field"),
                    ("sensor", "sensor"),
                    ("open311", "open311"),
                    ("import", "import"),
                    ("mail", "mail"),
                ],
                db_default=anlan.cases.terms.Channel["WEB"],
                default=anlan.cases.terms.Channel["WEB"],
                max_length=24,
            ),
        ),
        migrations.AddField(
            model_name="notice",
            name="group",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="store.heldgroup"
            ),
        ),
        migrations.AlterField(
            model_name="delivery",
            name="case",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="store.case"
            ),
        ),
        migrations.AlterField(
            model_name="delivery",
            name="event",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="store.caseevent"
            ),
        ),
        migrations.AlterField(
            model_name="heldgroup",
            name="why",
            field=models.CharField(
                choices=[
                    ("same_words", "same_words"),
                    ("same_place", "same_place"),
                    ("link", "link"),
                    ("pot", "pot"),
                    ("pace", "pace"),
                    ("unclear", "unclear"),
                ],
                max_length=24,
            ),
        ),
        migrations.AlterField(
            model_name="heldreport",
            name="category",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="store.category"
            ),
        ),
        migrations.AlterField(
            model_name="heldreport",
            name="reasons",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(
                    choices=[
                        ("same_words", "same_words"),
                        ("same_place", "same_place"),
                        ("link", "link"),
                        ("pot", "pot"),
                        ("pace", "pace"),
                        ("unclear", "unclear"),
                    ],
                    max_length=24,
                )
            ),
        ),
        migrations.AlterField(
            model_name="notice",
            name="case",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="store.case"
            ),
        ),
        migrations.AlterField(
            model_name="notice",
            name="event",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="store.caseevent"
            ),
        ),
        migrations.AlterField(
            model_name="notice",
            name="kind",
            field=models.CharField(
                choices=[
                    ("new_report", "new_report"),
                    ("given", "given"),
                    ("task_given", "task_given"),
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
                    ("warning", "warning"),
                    ("held", "held"),
                    ("held_urgent", "held_urgent"),
                ],
                max_length=24,
            ),
        ),
        migrations.AlterField(
            model_name="report",
            name="channel",
            field=models.CharField(
                choices=[
                    ("web", "web"),
                    ("desk", "desk"),
                    ("field", "field"),
                    ("sensor", "sensor"),
                    ("open311", "open311"),
                    ("import", "import"),
                    ("mail", "mail"),
                ],
                max_length=24,
            ),
        ),
        migrations.AlterField(
            model_name="sentcount",
            name="kind",
            field=models.CharField(
                choices=[
                    ("network", "network"),
                    ("plain", "plain"),
                    ("words", "words"),
                    ("place", "place"),
                    ("mail", "mail"),
                    ("file", "file"),
                    ("answer", "answer"),
                ],
                max_length=24,
            ),
        ),
        migrations.AddConstraint(
            model_name="delivery",
            constraint=models.UniqueConstraint(
                fields=("group", "kind", "way", "receiver"), name="delivery_of_group_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="delivery",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("case__isnull", False), ("event__isnull", False), ("group", None)),
                    models.Q(("case", None), ("event", None), ("group__isnull", False)),
                    _connector="OR",
                ),
                name="delivery_of_case_or_group",
            ),
        ),
        migrations.AddConstraint(
            model_name="notice",
            constraint=models.UniqueConstraint(fields=("user", "group", "kind"), name="notice_of_group_once"),
        ),
        migrations.AddConstraint(
            model_name="notice",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("case__isnull", False), ("event__isnull", False), ("group", None)),
                    models.Q(("case", None), ("event", None), ("group__isnull", False)),
                    _connector="OR",
                ),
                name="notice_of_case_or_group",
            ),
        ),
        migrations.AddField(
            model_name="inmail",
            name="settled_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="inmail",
            name="thread",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="mails",
                to="store.mailthread",
            ),
        ),
        migrations.AddIndex(
            model_name="inmail",
            index=models.Index(
                condition=models.Q(
                    ("outcome", anlan.cases.mail.terms.Outcome["ASIDE"]), ("settled_at", None)
                ),
                fields=["-came_at"],
                name="mail_aside",
            ),
        ),
        migrations.AddIndex(
            model_name="inmail",
            index=models.Index(
                condition=models.Q(("answer_due", True)), fields=["came_at"], name="mail_unanswered"
            ),
        ),
    ]
