"""The chapter as a reader meets it: at a desk, on a phone, by keyboard, by screen reader, on paper."""

import itertools
import re
from urllib.parse import unquote, urlsplit

import pytest

pytestmark = pytest.mark.browser

WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
WIDTHS = [1280, 320]


def pages(chapter):
    found = sorted(chapter.glob("*.html"))
    assert chapter / "index.html" in found
    return found


SETTINGS = {
    "light": {"color_scheme": "light"},
    "dark": {"color_scheme": "dark"},
    "forced colours": {"forced_colors": "active"},
}
"""How a reader's system shows a page, as Chromium is told of it."""


@pytest.mark.parametrize("scheme", SETTINGS)
@pytest.mark.parametrize("width", WIDTHS)
def test_axe_finds_no_violation(visit, chapter, others, axe, width, scheme):
    """Every page of the first chapter; of the others the annex, which has the same marks, in one setting alone."""
    more = [path for folder in others for path in pages(folder)]
    if scheme != "light" or width == 320:
        more = [path for path in more if path.name != "annex.html"]
    for path in [*pages(chapter), *more]:
        page = visit(path, width, **SETTINGS[scheme])
        page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
        page.evaluate(axe)
        found = page.evaluate("tags => axe.run(document, {runOnly: tags})", WCAG)
        assert len(found["passes"]) > 10, "axe looked at nothing"
        told = [
            f"{path.parent.name}/{path.name} {rule['id']} ({rule['impact']}): {node['target']} {node['failureSummary']}"
            for rule in found["violations"]
            for node in rule["nodes"]
        ]
        assert not told, "\n".join(told[:20])


@pytest.mark.parametrize("width", WIDTHS)
def test_nothing_is_asked_of_the_network_and_nothing_is_logged(visit, chapter, width):
    for path in pages(chapter):
        page = visit(path, width)
        page.evaluate("window.scrollTo(0, document.body.scrollHeight)")  # what loads late loads now
        page.wait_for_load_state("networkidle")
        assert page.asked, "the page itself was asked for"
        assert [url for url in page.asked if not url.startswith(("file:", "data:", "blob:"))] == []
        assert page.said == []


def test_the_page_reflows_at_320_pixels(visit, chapter, others):
    """No sideways scrolling of the page (WCAG 1.4.10); a wide table may scroll in its own box."""
    for path in [path for folder in (chapter, *others) for path in pages(folder)]:
        page = visit(path, 320)
        page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
        wide = page.evaluate(
            """() => [...document.querySelectorAll('body *')].filter(e => {
                for (let p = e; p; p = p.parentElement) {
                    const overflow = getComputedStyle(p).overflowX;
                    if (p !== e && (overflow === 'auto' || overflow === 'scroll')) return false;
                    if (p instanceof SVGElement && p !== e) return false;
                    if (getComputedStyle(p).position === 'absolute') return false;
                }
                return e.getBoundingClientRect().right > 321;
            }).slice(0, 5).map(e => e.outerHTML.slice(0, 120))"""
        )
        assert wide == [], path.name
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, path.name


def test_the_keyboard_reaches_every_link_and_shows_where_it_is(visit, chapter):
    page = visit(chapter / "index.html")
    stops = page.evaluate(
        """() => [...document.querySelectorAll('a[href], button, summary, input, select, [tabindex="0"]')]
            .filter(e => e.checkVisibility({visibilityProperty: true}) && !e.disabled).length"""
    )
    assert stops > 5
    seen, hidden = [], []
    for _ in range(stops):
        page.keyboard.press("Tab")
        where = page.evaluate(
            """() => { const e = document.activeElement, s = getComputedStyle(e);
                const r = e.getBoundingClientRect();
                window.__stops = window.__stops || new Set(); window.__stops.add(e);
                return {text: e.outerHTML.slice(0, 100), body: e === document.body,
                        marked: (s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) > 0)
                            || s.boxShadow !== 'none',
                        drawn: r.width > 0 && r.height > 0 && r.bottom > 0 && r.top < innerHeight}; }"""
        )
        if where["body"]:
            break
        seen.append(where["text"])
        if not (where["marked"] and where["drawn"]):
            hidden.append(where)
    assert hidden == []
    assert page.evaluate("window.__stops.size") >= stops, f"the keyboard reached {len(seen)} of {stops}"


def test_the_first_stop_skips_to_the_content(visit, chapter):
    page = visit(chapter / "index.html")
    page.keyboard.press("Tab")
    target = page.evaluate("document.activeElement.getAttribute('href')")
    assert target
    assert target.startswith("#")
    page.keyboard.press("Enter")
    assert page.evaluate("t => document.querySelector(t).matches('main, main *')", target)


def test_headings_are_in_order_and_the_page_says_its_language(visit, chapter):
    for path in pages(chapter):
        page = visit(path)
        levels = page.evaluate("[...document.querySelectorAll('h1,h2,h3,h4,h5,h6')].map(e => +e.tagName[1])")
        assert levels.count(1) == 1
        assert levels[0] == 1
        assert all(after <= before + 1 for before, after in itertools.pairwise(levels)), levels
        assert page.evaluate("document.documentElement.lang") == "en-GB"
        assert page.title()


def test_every_link_leads_somewhere(visit, chapter):
    for path in pages(chapter):
        page = visit(path)
        ids = set(page.evaluate("[...document.querySelectorAll('[id]')].map(e => e.id)"))
        links = page.evaluate(
            "[...document.querySelectorAll('a[href], img[src]')].map(e => e.getAttribute('href') || e.src)"
        )
        broken = []
        for link in links:
            parts = urlsplit(link)
            if parts.scheme == "file" or (not parts.scheme and parts.path):
                target = chapter / unquote(parts.path) if not parts.scheme else None
                if target is not None and not target.exists():
                    broken.append(link)
            elif not parts.scheme and unquote(parts.fragment) not in ids:
                broken.append(link)
        assert broken == [], path.name


def test_every_chart_has_words_and_a_table(visit, chapter):
    page = visit(chapter / "index.html")
    charts = page.evaluate(
        """() => [...document.querySelectorAll('figure')].map(f => {
            const art = f.querySelector('svg, img');
            const name = art && (art.getAttribute('alt') || art.getAttribute('aria-label')
                || [...(art.getAttribute('aria-labelledby') || '').split(/\\s+/)].filter(Boolean)
                    .map(id => document.getElementById(id)?.textContent || '').join(' '));
            return {art: !!art, name: (name || '').trim(),
                    caption: f.querySelector('figcaption')?.textContent.trim() || '',
                    table: !!f.querySelector('table, a[href$=".csv"]') }; }).filter(f => f.art)"""
    )
    assert len(charts) >= 3
    for chart in charts:
        assert len(chart["name"]) > 20, chart
        assert chart["caption"], chart
        assert chart["table"], chart


@pytest.mark.parametrize("name", ["index.html", "annex.html"])
def test_a_telephone_is_given_the_narrow_chart_with_words_of_12_pixels(visit, chapter, name):
    """Words of a chart are as large as its own size makes them, times what the page shows it at."""
    shown = {}
    for width in WIDTHS:
        page = visit(chapter / name, width)
        shown[width] = page.evaluate(
            """() => [...document.querySelectorAll('figure img')].map(img => {
                const text = atob(img.currentSrc.split(',')[1]);
                const svg = new DOMParser().parseFromString(text, 'image/svg+xml').documentElement;
                const scale = img.getBoundingClientRect().width / svg.viewBox.baseVal.width;
                const sizes = [...svg.querySelectorAll('text')].map(t => parseFloat(
                    (t.getAttribute('style') || '').match(/([\\d.]+)px/)?.[1] || NaN));
                return {wide: svg.viewBox.baseVal.width, smallest: scale * Math.min(...sizes)}; })
            .filter(c => c.smallest > 0)"""
        )
    assert len(shown[320]) == len(shown[1280]) > 5
    assert min(chart["smallest"] for chart in shown[320]) >= 12
    for slim, wide in zip(shown[320], shown[1280], strict=True):
        assert slim["wide"] < 300 < wide["wide"]


def test_nothing_reads_as_a_gap_in_the_program(visit, chapter):
    """Words that show where a number was missing and nobody said so."""
    for path in pages(chapter):
        text = visit(path).inner_text("body")
        assert not re.findall(r"\b(nan|NaN|None(?! of)|undefined|null|inf)\b|\{\{|\}\}|<NA>", text), path.name


def test_it_prints_without_losing_width(visit, chapter):
    page = visit(chapter / "index.html", 800)
    page.emulate_media(media="print")
    assert page.evaluate("document.documentElement.scrollWidth") <= 800
    assert page.pdf(format="A4")[:5] == b"%PDF-"


@pytest.mark.parametrize(("name", "most"), [("board.html", 1), ("index.html", 25), ("easy-read.html", 20)])
def test_it_prints_on_as_many_pages_as_it_may(visit, chapter, others, name, most):
    """A page of a PDF is an object of that type; A4 as the style sheet sets it."""
    counts = {}
    for folder in (chapter, *others):
        page = visit(folder / name)
        page.emulate_media(media="print")
        printed = page.pdf(format="A4", prefer_css_page_size=True)
        counts[folder.name] = len(re.findall(rb"/Type\s*/Page\b(?!s)", printed))
    assert {area: count for area, count in counts.items() if not 1 <= count <= most} == {}


def test_a_chart_is_printed_with_its_title_and_the_decisions_stack_on_a_telephone(visit, chapter):
    """As high as a page at most, a figure is kept whole; below 40 rem no decision scrolls sideways."""
    page = visit(chapter / "index.html", 680)
    page.emulate_media(media="print")
    kept = page.evaluate(
        "[...document.querySelectorAll('main figure')].map(f => [getComputedStyle(f).breakInside, f.offsetHeight])"
    )
    assert len(kept) >= 5
    assert {rule for rule, _ in kept} == {"avoid"}
    assert max(height for _, height in kept) < 980  # pixels between the margins of A4
    narrow = visit(chapter / "board.html", 320)
    wide = narrow.evaluate(
        "[...document.querySelectorAll('.decisions td')].map(e => e.getBoundingClientRect().right)"
    )
    assert wide
    assert max(wide) <= 320
    assert narrow.evaluate("document.querySelector('.decisions caption').offsetWidth") > 200, (
        "and not a word a line"
    )


def test_links_between_the_pages_lead_to_their_anchor(visit, chapter):
    annex = visit(chapter / "annex.html")
    ids = set(annex.evaluate("[...document.querySelectorAll('[id]')].map(e => e.id)"))
    links = visit(chapter / "index.html").evaluate(
        "[...document.querySelectorAll('a[href^=\"annex.html#\"]')].map(e => e.getAttribute('href').split('#')[1])"
    )
    assert len(links) > 10
    assert [link for link in links if link not in ids] == []
