"""A published month stays as it is; a night finds the cases of its month by an index."""

from django.db import migrations, models

GUARD = """
CREATE FUNCTION anlan_keep_published() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    of_run bigint := CASE WHEN TG_OP = 'INSERT' THEN NEW.run_id ELSE OLD.run_id END;
BEGIN
    IF EXISTS (SELECT FROM store_scorerun WHERE id = of_run AND published_at IS NOT NULL) THEN
        IF TG_OP = 'UPDATE' AND to_jsonb(NEW) - TG_ARGV[0] = to_jsonb(OLD) - TG_ARGV[0] THEN
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

CREATE TRIGGER published_stays BEFORE INSERT OR UPDATE OR DELETE ON store_score
    FOR EACH ROW EXECUTE FUNCTION anlan_keep_published('replaced');
CREATE TRIGGER published_stays BEFORE INSERT OR UPDATE OR DELETE ON store_scoredcase
    FOR EACH ROW EXECUTE FUNCTION anlan_keep_published('left_out');
CREATE TRIGGER published_stays BEFORE INSERT OR UPDATE OR DELETE ON store_scorefunnel
    FOR EACH ROW EXECUTE FUNCTION anlan_keep_published('');
CREATE TRIGGER published_stays BEFORE UPDATE OR DELETE ON store_scorerun
    FOR EACH ROW WHEN (OLD.published_at IS NOT NULL) EXECUTE FUNCTION anlan_refuse_change();
"""
"""What an accepted appeal changes is let through: a case left out, a figure replaced by a later one."""

UNGUARD = """
DROP TRIGGER published_stays ON store_scorerun;
DROP FUNCTION anlan_keep_published() CASCADE;
"""


class Migration(migrations.Migration):
    dependencies = [("store", "0016_supervision")]
    operations = [
        migrations.AddIndex(
            model_name="caseevent", index=models.Index(fields=["at", "case"], name="case_event_at")
        ),
        migrations.AddIndex(
            model_name="stageclock",
            index=models.Index(
                condition=models.Q(("stage", "handle")), fields=["due_at", "case"], name="clock_handle_due"
            ),
        ),
        migrations.RunSQL(GUARD, UNGUARD),
    ]
