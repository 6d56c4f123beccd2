"""Every page that somebody can open: one line each. A page that is not in this table is not looked at."""

from collections.abc import Mapping
from dataclasses import dataclass

from tests.journeys.city import City


@dataclass(frozen=True)
class PageLine:
    """A name for its pictures, its address ({name} is the id of that case), who opens it, and its status."""

    name: str
    address: str
    who: str = ""
    status: int = 200
    with_map: bool = False

    def address_in(self, city: City) -> str:
        """The address in a running city."""
        ids: Mapping[str, int] = city.cases
        return self.address.format_map({name.replace("-", "_"): pk for name, pk in ids.items()})


PAGES = (
    PageLine("kit", "/kit", with_map=True),
    PageLine("not-found", "/no-such-page", status=404),
    PageLine("report", "/report/"),
    PageLine("report-for-resident", "/reports/new", "judy"),
    PageLine("follow", "/receipt/"),
    PageLine("public-cases", "/public/cases/", with_map=True),
    PageLine("moderation", "/moderation/", "judy"),
    PageLine("moderation-case", "/moderation/{new}/", "judy"),
    PageLine("public-cases-none", "/public/cases/?since=1999-01&until=1999-02"),
    PageLine("public-which-place", "/public/cases/?words=%E6%B8%A1%E5%A4%B4%E6%9D%91"),
    PageLine("public-case", "/public/cases/{closed}/", with_map=True),
    PageLine("public-area", "/public/areas/990101/", with_map=True),
    PageLine("public-site", "/public/sites/pond-111/"),
    PageLine("warnings-in-force", "/warnings/"),
    PageLine("warnings", "/duty/warnings/", "carol"),
    PageLine("warning-new", "/duty/warnings/new/", "carol"),
    PageLine("drill-begin", "/duty/drills/begin/", "carol"),
    PageLine("duty", "/duty/", "carol"),
    PageLine("silences", "/duty/silences/", "carol"),
    PageLine("silence-new", "/duty/silences/new/", "carol"),
    PageLine("wall", "/wall/", "carol", with_map=True),
    PageLine("follow-news", "/public/follow/?area=990101"),
    PageLine("what-we-do-not-do", "/what-we-do-not-do"),
    PageLine("queue", "/cases/?view=open", "carol", with_map=True),
    PageLine("queue-empty", "/cases/?words=zzz", "carol"),
    PageLine("saved-searches", "/cases/searches/", "carol"),
    PageLine("exports", "/cases/exports/", "carol"),
    PageLine("many-runs", "/cases/many/runs/", "carol"),
    PageLine("my-work", "/work/", "carol"),
    PageLine("my-work-empty", "/work/", "heidi"),
    PageLine("case-new", "/cases/{new}/", "carol", with_map=True),
    PageLine("case-to-verify", "/cases/{rectified}/", "bob", with_map=True),
    PageLine("case-in-progress", "/cases/{in_progress}/", "alice", with_map=True),
    PageLine("case-closed", "/cases/{closed}/", "carol", with_map=True),
    PageLine("case-parked", "/cases/{parked}/", "carol", with_map=True),
    PageLine("draws", "/cases/{verified}/draws/", "frank"),
    PageLine("split", "/cases/{new}/split/", "carol"),
    PageLine("check-report", "/cases/{new}/check-report/", "carol"),
    PageLine("watch", "/cases/{new}/watch/", "carol"),
    PageLine("interim", "/cases/{in_progress}/interim/", "alice"),
    PageLine("more-time", "/cases/{in_progress}/more-time/", "alice"),
    PageLine("answer-time", "/cases/{in_progress}/answer-time/", "carol"),
    PageLine("second-check", "/cases/{rectified}/second-check/", "bob"),
    PageLine("draw-again", "/cases/{rectified}/draw-again/", "carol"),
    PageLine("no-return", "/cases/{new}/no-return/", "carol"),
    PageLine("undo-split", "/cases/{new}/undo-split/", "carol"),
    PageLine("places-that-come-back", "/places-that-come-back/", "carol", with_map=True),
    PageLine("places-none", "/places-that-come-back/?category=zzz", "carol"),
    PageLine("how-verifiers-are-drawn", "/how-verifiers-are-drawn"),
    PageLine("overview-city", "/areas/overview/", "liu", with_map=True),
    PageLine("overview-county", "/areas/overview/990101/", "carol", with_map=True),
    PageLine("score-definitions", "/scores/definitions/", "heidi"),
    PageLine("scores-area", "/scores/areas/990101/", "heidi"),
    PageLine("scores-unit", "/scores/units/committee-111/", "alice"),
    PageLine("scores-composite", "/scores/composite/990101/", "heidi"),
    PageLine("score-appeals", "/scores/appeals/", "heidi"),
    PageLine("case-elsewhere", "/cases/{new}/", "dan", 404),
    PageLine("sign-in", "/account/login/"),
    PageLine("account", "/account/", "carol"),
    PageLine("second-factor", "/account/second-factor/", "carol"),
    PageLine("passkeys", "/account/second-factor/webauthn/", "carol"),
    PageLine("sessions", "/account/sessions/", "carol"),
    PageLine("notices", "/notices/", "carol"),
    PageLine("notice-choice", "/account/notices/", "carol"),
    PageLine("administration", "/manage/", "grace"),
    PageLine("members", "/manage/members/", "grace"),
    PageLine("members-none", "/manage/members/?words=zzz", "grace"),
    PageLine("member", "/manage/members/of/alice/", "mia"),
    PageLine("member-invite", "/manage/members/add/", "mia"),
    PageLine("units", "/manage/units/", "grace"),
    PageLine("unit", "/manage/units/of/office-11/", "mia"),
    PageLine("unit-move", "/manage/units/of/office-11/move/", "mia"),
    PageLine("unit-close", "/manage/units/of/committee-111/close/", "mia"),
    PageLine("areas", "/manage/areas/", "mia"),
    PageLine("area-end", "/manage/areas/of/990101001201/end/", "mia"),
    PageLine("site-change", "/manage/sites/of/pond-111/change/", "carol"),
    PageLine("devices", "/devices/", "carol", with_map=True),
    PageLine("devices-none", "/devices/?words=zzz", "carol"),
    PageLine("device", "/devices/gauge-111/", "mia", with_map=True),
    PageLine("device-coverage", "/devices/coverage/", "carol"),
    PageLine("device-add", "/manage/devices/add/", "mia"),
    PageLine("device-change", "/manage/devices/of/gauge-111/change/", "mia"),
    PageLine("device-mute", "/manage/devices/of/gauge-111/mute/", "mia"),
    PageLine("device-password", "/manage/devices/of/gauge-111/credential/", "mia"),
    PageLine("device-kinds", "/manage/devices/kinds/", "grace"),
    PageLine("device-kind", "/manage/devices/kinds/of/water-level/", "grace"),
    PageLine("device-kind-change", "/manage/devices/kinds/of/water-level/change/?property=level", "grace"),
    PageLine("devices-many", "/manage/devices/many/", "mia"),
    PageLine("cameras", "/cameras/", with_map=True),
    PageLine("categories", "/manage/categories/", "grace"),
    PageLine("category-change", "/manage/categories/of/open_water/change/", "grace"),
    PageLine("supervision", "/supervision/", "carol"),
    PageLine("supervision-add", "/supervision/add/", "carol"),
    PageLine("category-limits", "/manage/categories/of/open_water/limits/", "grace"),
    PageLine("cities", "/manage/cities/", "grace"),
    PageLine("city-add", "/manage/cities/add/", "grace"),
    PageLine("calendar", "/manage/calendar/", "alice"),
    PageLine("webhooks", "/manage/webhooks/", "grace"),
    PageLine("messages", "/manage/messages/", "grace"),
    PageLine("webhook-add", "/manage/webhooks/add/", "grace"),
    PageLine("rules", "/manage/routing/", "grace"),
    PageLine("responsible", "/manage/responsible/", "grace"),
    PageLine("responsible-name", "/manage/responsible/name/?area=990101&category=charging", "grace"),
    PageLine("history", "/manage/history/", "frank"),
    PageLine("not-permitted", "/manage/units/", "alice", 403),
    PageLine("set-up-is-over", "/setup/", status=404),
)
