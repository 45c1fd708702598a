"""The documentation as built: its search works from the folder, with nothing asked of a network."""

import pytest

from .conftest import told

pytestmark = pytest.mark.browser


def test_search_finds_a_public_name_without_a_network(visit):
    page = visit(told("SENDNEEDS_DOCS") / "search.html", offline=True)
    page.goto(f"{page.url}?q=pool_lists")
    page.get_by_role("link", name="sendneeds.pool_lists").first.wait_for(timeout=60_000)
    assert [url for url in page.asked if not url.startswith("file:")] == []
