"""The wall on the screens that it is made for."""

import pytest

from tests.journeys.conftest import Open

FILL = """() => document.querySelectorAll(".wall .stack .box").forEach((box) => {
  const list = document.createElement("ol");
  list.innerHTML = "<li>Somewhere in this area something has to be done soon.</li>".repeat(20);
  box.append(list);
})"""


@pytest.mark.parametrize(("width", "height"), [(3840, 2160), (1366, 768)])
def test_a_wall_with_long_lists_is_one_screen_with_its_map_and_figures(
    open_page: Open, width: int, height: int
) -> None:
    page = open_page("carol", width=width)
    page.set_viewport_size({"width": width, "height": height})
    page.goto("/wall/")

    page.evaluate(FILL)

    assert page.evaluate("document.documentElement.scrollHeight") <= height
    for part in (".m-box", ".wall > .b"):
        box = page.locator(part).bounding_box()
        assert box is not None
        assert box["height"] > 0.1 * height
        assert box["y"] + box["height"] <= height
