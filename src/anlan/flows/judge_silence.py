"""Every minute: rules about missing data look at the clock, for no reading asks them."""

from datetime import UTC, datetime

from django.db import connection, transaction

from anlan.base.clock import micros
from anlan.flows.raise_alarms import raise_from_firings
from anlan.flows.rule_firings import store_firings
from anlan.flows.rule_states import store_states
from anlan.sensing.rules.silences import judge_silence as judge
from anlan.sensing.rules.states import changed
from anlan.sensing.rules.terms import RuleKind, Transition
from anlan.store.models import RuleFiring, Watch
from anlan.store.readers.rules import Judging, heard_of, read_rules, states_of

LOCK = 7105


@transaction.atomic
def judge_silence(*, acting_user: None, now: datetime) -> list[RuleFiring]:
    """Judge how long each series was silent; another that looks already does it instead.

    What is muted or was never heard is left out, and time in which we did not listen does not count.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
        if not cursor.fetchone()[0]:
            return []
    watch = Watch.objects.first()
    since = watch.listening_since if watch else datetime(1970, 1, 1, tzinfo=UTC)
    found: list[Transition] = []
    for rule in read_rules(kinds=(RuleKind.MISSING,)):
        found += _judged(rule, since, now)
    firings = store_firings(found, now)
    raise_from_firings(firings, now)
    return firings


def _judged(rule: Judging, since: datetime, now: datetime) -> list[Transition]:
    heard = heard_of(rule, now)
    series = heard["series"]
    if not len(series):
        return []
    states = states_of(rule, series)
    before = states.copy()
    found = judge(rule.versions, series, heard["at"], heard["interval"], micros(since), micros(now), states)
    store_states(rule, series, states, changed(before, states))
    return found
