"""Answers belong to reports, however they came; other cities are asked again later, and photos go to them."""

from typing import Any

import django.db.models.deletion
from django.db import migrations, models


def keep_answers(apps: Any, schema_editor: Any) -> None:
    """Answers that other systems sent, with the questions as they are asked now."""
    asked = {
        (each.category_id, each.code): each
        for each in apps.get_model("store", "ServiceAttribute").objects.all()
    }
    sent = apps.get_model("store", "SentRequest").objects.exclude(answers={}).select_related("report")
    for each in sent.iterator():
        report = each.report
        report.answers = [
            _answer(code, value, asked.get((report.category_id, code)))
            for code, value in each.answers.items()
        ]
        report.save(update_fields=["answers"])


def _answer(code: str, value: Any, asked: Any) -> dict[str, Any]:
    names = {key: (zh, en) for key, zh, en in asked.values} if asked else {}
    said = value if isinstance(value, list) else [value]
    pairs = [names.get(each, (each, each)) for each in said]
    return {
        "code": code,
        "value": value,
        "asked_zh": asked.description_zh if asked else code,
        "asked_en": asked.description_en if asked else code,
        "said_zh": "、".join(zh for zh, _en in pairs),
        "said_en": ", ".join(en for _zh, en in pairs),
    }


class Migration(migrations.Migration):
    dependencies = [
        ("store", "0051_mail_in"),
    ]

    operations = [
        migrations.AddField(
            model_name="report",
            name="answers",
            field=models.JSONField(db_default=[], default=list),
        ),
        migrations.RunPython(keep_answers, migrations.RunPython.noop, elidable=True),
        migrations.RemoveField(
            model_name="sentrequest",
            name="answers",
        ),
        migrations.AddField(
            model_name="category",
            name="open311_keywords",
            field=models.CharField(blank=True, db_default="", default="", max_length=200),
        ),
        migrations.AddField(
            model_name="handedover",
            name="ask_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.RunSQL(
            "UPDATE store_handedover SET ask_at = sent_at WHERE ended_at IS NULL",
            migrations.RunSQL.noop,
            elidable=True,
        ),
        migrations.AddField(
            model_name="handedover",
            name="ask_tries",
            field=models.PositiveSmallIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name="handedover",
            name="sent_photos",
            field=models.JSONField(db_default=[], default=list),
        ),
        migrations.AddField(
            model_name="handedover",
            name="their_said",
            field=models.JSONField(db_default={}, default=dict),
        ),
        migrations.AddField(
            model_name="othercity",
            name="gives_updates",
            field=models.BooleanField(null=True),
        ),
        migrations.AddField(
            model_name="othercity",
            name="last_error",
            field=models.CharField(blank=True, db_default="", default="", max_length=200),
        ),
        migrations.AddField(
            model_name="othercity",
            name="photos_as",
            field=models.CharField(
                blank=True,
                choices=[("address", "address"), ("parts", "parts")],
                db_default="",
                default="",
                max_length=24,
            ),
        ),
        migrations.AddField(
            model_name="othercity",
            name="rest_until",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="othercity",
            name="tries",
            field=models.PositiveSmallIntegerField(db_default=0, default=0),
        ),
        migrations.CreateModel(
            name="HeardUpdate",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("update_id", models.CharField(max_length=100)),
                (
                    "handed_over",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="updates",
                        to="store.handedover",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("handed_over", "update_id"), name="heard_update_once")
                ],
            },
        ),
    ]
