"""All tables of the migrations that it names, for a database that has none of them; others go through each."""

from django.db import migrations

from anlan.store.from_nothing import operations_of

REPLACED = (
    "0001_initial",
    "0002_database_rules",
    "0003_receipts",
    "0004_closed_cases",
    "0005_stage_clocks",
    "0006_sendings",
    "0007_shared_cache",
    "0008_routing",
    "0009_notices",
    "0010_scores",
    "0011_escalation",
    "0012_proof",
    "0013_notice_kinds",
    "0014_tasks",
    "0015_many",
    "0016_supervision",
    "0017_score_nights",
    "0018_first_seed",
    "0019_stage_limits",
    "0020_devices",
    "0021_publication",
    "0022_datastreams_and_keys",
    "0023_public_counts",
    "0024_open311",
    "0025_other_cities",
    "0026_warnings",
    "0027_moderation",
    "0028_extensions",
    "0029_alarm_rules",
    "0030_exact_addresses",
    "0031_references_of_any_length",
    "0032_asked_codes",
    "0033_rectified_by",
    "0034_alarms",
    "0035_calendars",
    "0036_photo_retention",
    "0037_notice_kinds",
    "0038_alarm_notices",
    "0039_areas_in_use",
    "0040_sealed_factors",
    "0041_task_clocks",
    "0042_sensor_proof",
    "0043_public_photos",
    "0044_score_revisions",
    "0045_chosen_campaigns",
    "0046_held_reports",
    "0047_stream_identity",
    "0048_shelters",
    "0049_warnings_told_and_heard",
    "0050_counts_by_use",
    "0051_mail_in",
    "0052_requests_both_ways",
    "0053_copies_of_rules",
    "0054_cases_that_came",
    "0055_withdrawals",
    "0056_narrow_words",
    "0057_fewer_indexes",
    "0058_joins_that_stand",
)


class Migration(migrations.Migration):
    initial = True
    replaces = [("store", name) for name in REPLACED]
    dependencies = [("auth", "0012_alter_user_first_name_max_length")]
    operations = operations_of(replaces)
