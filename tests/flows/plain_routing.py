"""Whom rules send a case to, reckoned a second way: from rows as they lie in the tables, rule by rule."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection

LEVELS = ("city", "county", "township", "village")
CASES = """
SELECT c.id, k.code, f.code, c.area_path, coalesce(s.kind, ''), c.severity, c.opened_at,
       concat_ws(' ', c.title, (SELECT string_agg(r.words, ' ') FROM store_report r WHERE r.case_id = c.id)),
       k.unit_kind, k.unit_level
FROM store_case c JOIN store_category k ON k.id = c.category_id
LEFT JOIN store_category f ON f.id = k.parent_id LEFT JOIN store_site s ON s.id = c.site_id
ORDER BY c.opened_at DESC, c.id DESC LIMIT %s
"""
UNITS = """
SELECT u.code, u.kind, u.area_path, u.active, coalesce(n.code, '') FROM store_unit u
LEFT JOIN store_unit n ON n.id = u.successor_id ORDER BY u.code
"""
ROLES = """
SELECT u.code, m.role FROM store_membership m JOIN store_unit u ON u.id = m.unit_id
JOIN store_user p ON p.id = m.user_id WHERE p.is_active AND u.active
"""
NAMED = """
SELECT a.code, k.code, u.code FROM store_responsibility r JOIN store_area a ON a.id = r.area_id
JOIN store_category k ON k.id = r.category_id JOIN store_unit u ON u.id = r.unit_id
"""


def rows(sql: str, *facts: object) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql, facts)
        return list(cursor.fetchall())


class City:
    """Who may act, and the last cases."""

    def __init__(self, zone: str, most: int) -> None:
        self.zone = ZoneInfo(zone)
        self.cases, self.units = rows(CASES, most), rows(UNITS)
        self.roles, self.named = set(rows(ROLES)), {(a, k): u for a, k, u in rows(NAMED)}

    def moves(self, before: list[dict[str, str]], after: list[dict[str, str]]) -> dict[Any, list[int]]:
        """From, to, category, county: the cases, the newest first."""
        found: dict[Any, list[int]] = {}
        for case in self.cases:
            old, new = (self.unit(case, rules) for rules in (before, after))
            if old != new:
                codes = case[3].strip(".").split(".")
                found.setdefault((old, new, case[1], codes[1] if codes[1:] else codes[0]), []).append(case[0])
        return found

    def unit(self, case: Any, rules: list[dict[str, str]]) -> str:
        """The code of the unit; "" for none."""
        rule = next((each for each in rules if self.holds(each, case)), None)
        found = rule and self.target(case, rule["unit"], rule["unit_kind"], rule["level"], rule["role"])
        return found or self.target(case, "", case[8], case[9], "")

    def holds(self, rule: dict[str, str], case: Any) -> bool:
        _, kind, family, area, site, severity, at, words, *_ = case

        def among(cell: str, *values: str) -> bool:
            return not rule[cell] or any(value in rule[cell].split(";") for value in values)

        said = rule["words"].lower().split(";")
        return (
            among("categories", kind, family)
            and among("areas", *area.strip(".").split("."))
            and (not rule["site_kinds"] or (site != "" and among("site_kinds", site)))
            and among("severities", severity)
            and in_hours(rule["days"], rule["hours"], at.astimezone(self.zone))
            and any(word in words.lower() for word in said)
        )

    def target(self, case: Any, unit: str, kind: str, level: str, role: str) -> str:
        area, codes = case[3], case[3].strip(".").split(".")
        if unit:
            return self.acting(unit, role)
        if not kind and not role:
            place = codes[LEVELS.index(level)] if len(codes) > LEVELS.index(level) else ""
            code = self.named.get((place, case[1])) or self.named.get((place, case[2])) or ""
            return self.acting(code, "")
        deepest = LEVELS.index(level) + 1 if level else len(codes)
        over = [
            (-len(path), code)
            for code, its_kind, path, active, _ in self.units
            if active and area.startswith(path) and path.count(".") <= deepest
            if kind in ("", its_kind) and (not role or (code, role) in self.roles)
        ]
        return min(over)[1] if over else ""

    def acting(self, code: str, role: str) -> str:
        known = {each[0]: each for each in self.units}
        for _ in known:
            if code in known and not known[code][3]:
                code = known[code][4]
        acts = code in known and known[code][3] and (not role or (code, role) in self.roles)
        return code if acts else ""


def in_hours(days: str, hours: str, at: datetime) -> bool:
    """Is it in the hours of one of the days? Those after midnight belong to the day before."""
    first, last = hours.split("-") if hours else ("00:00", "24:00")
    clock, day, before = at.strftime("%H:%M"), str(at.isoweekday()), str((at.isoweekday() + 5) % 7 + 1)
    chosen = days.split(";") if days else list("1234567")
    if first < last:
        return day in chosen and first <= clock < last
    return (day in chosen and clock >= first) or (before in chosen and clock < last)
