"""Published months are revised under numbers; late cases stay late; the figures before stay."""

import django.db.models.deletion
from django.db import migrations, models

GUARD = """
CREATE OR REPLACE FUNCTION anlan_keep_published() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    of_run bigint := CASE WHEN TG_OP = 'INSERT' THEN NEW.run_id ELSE OLD.run_id END;
BEGIN
    IF EXISTS (SELECT FROM store_scorerun WHERE id = of_run AND published_at IS NOT NULL) THEN
        IF TG_OP = 'UPDATE' AND to_jsonb(NEW) - TG_ARGV = to_jsonb(OLD) - TG_ARGV THEN
            RETURN NEW;
        ELSIF TG_OP = 'INSERT' AND NEW.revision > 0 AND NOT EXISTS (
            SELECT FROM store_scorerevision WHERE run_id = of_run AND number >= NEW.revision) THEN
            RETURN NEW;
        ELSIF TG_OP = 'INSERT' AND TG_ARGV[0] = 'replaced' AND EXISTS (
            SELECT FROM store_score WHERE run_id = of_run AND replaced
                AND (kind, code, index) = (to_jsonb(NEW) ->> 'kind', to_jsonb(NEW) ->> 'code',
                                           to_jsonb(NEW) ->> 'index')) THEN
            RETURN NEW;
        END IF;
        RAISE EXCEPTION '% of a published month: % refused', TG_TABLE_NAME, TG_OP
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;

DROP TRIGGER published_stays ON store_scoredcase;
CREATE TRIGGER published_stays BEFORE INSERT OR UPDATE OR DELETE ON store_scoredcase
    FOR EACH ROW EXECUTE FUNCTION anlan_keep_published('left_out', 'superseded');
CREATE TRIGGER revision_stays BEFORE UPDATE OR DELETE ON store_scorerevision
    FOR EACH ROW EXECUTE FUNCTION anlan_refuse_change();
"""
"""What passes besides an accepted appeal: rows of the revision that is being made; kept, it is closed as well."""


class Migration(migrations.Migration):
    dependencies = [
        ("store", "0043_public_photos"),
    ]

    operations = [
        migrations.CreateModel(
            name="ScoreRevision",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveSmallIntegerField()),
                ("cut_off", models.DateTimeField()),
                ("changed_cases", models.PositiveIntegerField()),
                ("changed_figures", models.PositiveIntegerField()),
            ],
        ),
        migrations.RemoveConstraint(
            model_name="scoredcase",
            name="case_scored_once_a_month",
        ),
        migrations.RemoveConstraint(
            model_name="scorefunnel",
            name="one_funnel_of_each",
        ),
        migrations.AddField(
            model_name="score",
            name="revision",
            field=models.PositiveSmallIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name="scoredcase",
            name="findable",
            field=models.BooleanField(db_default=True, default=True),
        ),
        migrations.AddField(
            model_name="scoredcase",
            name="parked_late",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name="scoredcase",
            name="revision",
            field=models.PositiveSmallIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name="scoredcase",
            name="superseded",
            field=models.PositiveSmallIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="scorefunnel",
            name="revision",
            field=models.PositiveSmallIntegerField(db_default=0, default=0),
        ),
        migrations.AddConstraint(
            model_name="scoredcase",
            constraint=models.UniqueConstraint(
                condition=models.Q(("superseded", None)),
                fields=("run", "case"),
                name="case_scored_once_a_month",
            ),
        ),
        migrations.AddConstraint(
            model_name="scorefunnel",
            constraint=models.UniqueConstraint(
                fields=("run", "peers", "index", "revision"), name="one_funnel_of_each"
            ),
        ),
        migrations.AddField(
            model_name="scorerevision",
            name="run",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="revisions", to="store.scorerun"
            ),
        ),
        migrations.AddConstraint(
            model_name="scorerevision",
            constraint=models.UniqueConstraint(fields=("run", "number"), name="revised_once_each"),
        ),
        migrations.RunSQL(GUARD, migrations.RunSQL.noop),
    ]
