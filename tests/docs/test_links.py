"""Links of the documentation lead somewhere."""

from pathlib import Path

import pytest

from tests.docs.pages import PAGES, ROOT, links


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_to_a_file(page: Path) -> None:
    targets = [link.partition("#")[0] for link in links(page)]
    assert [target for target in targets if target and not (page.parent / target).exists()] == []
