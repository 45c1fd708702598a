"""The page with levers beside the chapter: a slider moved by keyboard, the new figure read and worked out by hand."""

import json

import pytest

pytestmark = pytest.mark.browser


@pytest.fixture
def page(visit, chapter):
    return visit(chapter / "explorer.html")


def data(page):
    return json.loads(page.locator("#nodes-data").inner_text())


def press(page, lever, key, times=1):
    page.locator(f"#lever-{lever}").focus()
    for _ in range(times):
        page.keyboard.press(key)


def answer(page):
    """What is said once the lever rests."""
    page.wait_for_timeout(400)
    return page.get_by_role("status").inner_text()


def node(nodes, *place):
    """The row of a node in the flat list, the last lever fastest."""
    at = 0
    for axis, i in zip(nodes["axes"], place, strict=True):
        at = at * len(axis["nodes"]) + i
    return at


def test_a_slider_is_moved_and_the_new_figure_is_read(page):
    nodes = data(page)
    names = [axis["name"] for axis in nodes["axes"]]
    assert names[0] == "posts"
    told = page.locator("#month").evaluate("e => e.selectedIndex")
    still = node(nodes, *[0 for _ in names])
    before = answer(page)
    assert f"chance of the target {nodes['values']['chance'][still][told]:.0%}" in before.replace(
        "under 1%", "0%"
    )
    assert "These settings were simulated." in before

    press(page, "posts", "ArrowRight", 4)  # a quarter of a post each: the node of one post
    one = node(nodes, 1, *[0 for _ in names[1:]])
    assert page.locator("#lever-posts").input_value() == "1"
    assert f"chance of the target {nodes['values']['chance'][one][told]:.0%}" in answer(page)

    press(page, "posts", "ArrowRight", 4)  # two posts: half way between the nodes of one and of three
    three = node(nodes, 2, *[0 for _ in names[1:]])
    after = answer(page)
    odds = [
        (nodes["values"]["chance"][at][told] + 0.02) / (1.02 - nodes["values"]["chance"][at][told])
        for at in (one, three)
    ]
    middle = (odds[0] * odds[1]) ** 0.5
    chance = 1.04 * middle / (1 + middle) - 0.02
    assert f"chance of the target {chance:.0%}" in after.replace("over 99%", "100%")
    assert "wrong by" in after
    roots = [
        [nodes["values"]["waiting"][at][3 * told + end] ** 0.5 for end in range(3)] for at in (one, three)
    ]
    low, central, high = (((a + b) / 2) ** 2 for a, b in zip(*roots, strict=True))
    assert f"Children waiting: {central:.0f} ({low:.0f} to {high:.0f})" in after


def test_the_cost_is_shared_between_the_funders(page):
    nodes = data(page)
    press(page, "posts", "End")
    page.get_by_label("The council's share").fill("25")
    most = node(nodes, 2, *[0 for _ in nodes["axes"][1:]])
    whole = nodes["values"]["cost"][most][1]
    row = page.locator("#by-funder tbody tr").first.locator("td")
    for cell, share in zip(row.all(), (0.75, 0.25, 1.0), strict=True):
        assert cell.inner_text().startswith(f"£{100 * int(whole * share / 100 + 0.5):,}")


def test_every_control_has_a_name_and_the_answer_is_told(page):
    for axis in data(page)["axes"]:
        slider = page.locator(f"#lever-{axis['name']}")
        assert slider.evaluate("e => e.labels.length") == 1
        press(page, axis["name"], "End")
        assert str(axis["nodes"][-1]) in slider.get_attribute("aria-valuetext")
    status = page.get_by_role("status")
    assert status.get_attribute("aria-live") == "polite"
    page.get_by_role("button", name="As things stand").click()
    assert page.locator("#lever-posts").input_value() == "0"
    assert "These settings were simulated." in answer(page)


def test_the_charts_fit_a_narrow_page_and_say_what_they_are(visit, chapter):
    page = visit(chapter / "explorer.html", 320)
    charts = page.get_by_role("img").all()
    assert len(charts) == 3
    for chart in charts:
        assert "Line chart" in chart.get_attribute("aria-label")
        assert chart.bounding_box()["width"] <= 320
    assert page.evaluate("getComputedStyle(document.querySelector('.chart text')).fontSize") == "14px"


def test_forced_colours_keep_lines_apart(visit, chapter):
    page = visit(chapter / "explorer.html", forced_colors="active")
    own, base = (
        page.evaluate(f"getComputedStyle(document.querySelector('polyline.{name}')).stroke")
        for name in ("own", "base")
    )
    assert own != base


def test_without_scripts_every_setting_is_a_row(visit, chapter):
    page = visit(chapter / "explorer.html", java_script_enabled=False)
    assert not page.locator("#explorer").is_visible()
    rows = page.locator("#nodes tbody tr")
    assert rows.count() >= 9
    assert rows.first.is_visible()
