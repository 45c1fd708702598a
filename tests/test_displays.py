"""Every public object shows itself in a notebook as a table or a card, is a tidy table, and draws with a title."""

import html.parser
import inspect
import re
import runpy

import numpy as np
import pandas as pd
import pytest

import sendneeds as sn
from sendneeds.foundation import plots
from sendneeds.foundation.cards import Card, words

NOT_TABLES = {"Explorer", "Result", "AreasResult"}
"""Widgets; what the results are made of; many files, shown in the tests of many areas."""


def public_classes():
    return {name for name in sn.__all__ if inspect.isclass(getattr(sn, name))}


PALETTE = {"#12436d", "#28a197", "#801650", "#f46a25", "#3d3d3d", "#a285d1"}
"""The Government Analysis Function's, for categories."""
BESIDE = {"#bfbfbf"}
"""What is left over of a bar."""


def colours(figure):
    """Return the colours of everything that is drawn in a figure, and of its words."""
    from matplotlib.collections import Collection
    from matplotlib.colors import to_hex, to_rgba_array
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch
    from matplotlib.text import Text

    marks, texts = set(), set()
    for ax in figure.axes:
        for one in [*ax.lines, *ax.patches, *ax.collections, *ax.texts, *ax.artists]:
            if isinstance(one, Line2D):
                line = [one.get_color()] if one.get_linestyle() != "None" else []
                edge = [one.get_markeredgecolor()] if one.get_marker() != "None" else []
                face = [one.get_markerfacecolor()] if one.get_marker() in Line2D.filled_markers else []
                found = line + edge + face
            elif isinstance(one, Text):
                texts.add(to_hex(one.get_color()))
                continue
            elif isinstance(one, Patch):
                found = [one.get_facecolor(), *([one.get_edgecolor()] if one.get_linewidth() else [])]
            elif isinstance(one, Collection):
                found = [*one.get_facecolor(), *one.get_edgecolor()]
            for each in found:
                marks |= {to_hex(rgba) for rgba in to_rgba_array(each) if rgba[3] > 0}
    return marks, texts


class Tags(html.parser.HTMLParser):
    """The tags that are open, and how often each was closed without being open."""

    def __init__(self, text):
        super().__init__()
        self.open, self.wrong, self.seen = [], 0, []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.seen.append(tag)
        if tag not in ("br", "img", "hr", "meta", "input"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.wrong += 1


def test_a_card_holds_what_was_given_and_nothing_else():
    lever = sn.levers.FundPosts(
        service="SLT", start=pd.Timestamp("2027-09-01").date(), wte=2.0, funders={"icb": 1.0}
    )
    shown = lever._repr_html_()
    assert re.findall(r'<th scope="row">(.*?)</th><td>(.*?)</td>', shown) == [
        ("service", "SLT"), ("start", "2027-09-01"), ("funders", "icb: 1.0"), ("wte", "2.0"),
    ]  # fmt: skip
    assert "<td>&lt;b&gt;</td>" in sn.Scenario("name", "<b>")._repr_html_()
    assert "nothing is changed" in sn.NeedChange()._repr_html_()
    assert words(np.arange(6.0).reshape(2, 3)) == "2 x 3 figures, 0 to 5"
    assert words(list(range(14))).endswith("11 and 2 more")


def test_every_lever_is_a_card():
    levers = [one for _, one in inspect.getmembers(sn.levers, inspect.isclass)]
    assert len(levers) > 20
    assert all(issubclass(one, Card) for one in levers)


@pytest.fixture(scope="module")
def gallery(root):
    return runpy.run_path(str(root / "docs" / "images" / "gallery.py"))


@pytest.fixture(scope="module")
def shown(gallery):
    return gallery["examples"](60, 2030)


@pytest.mark.slow
def test_every_public_object_is_a_table_or_a_card(shown):
    assert public_classes() - set(shown) == NOT_TABLES
    assert set(shown) - public_classes() == {"Score"}
    for name, one in shown.items():
        if name != "Score":
            assert type(one) is getattr(sn, name)
        tags = Tags(one._repr_html_())
        assert "table" in tags.seen, name
        assert (tags.open, tags.wrong) == ([], 0), name


@pytest.mark.slow
def test_every_result_is_a_tidy_table(shown):
    found = 0
    for name, one in shown.items():
        if hasattr(one, "to_dataframe"):
            table = one.to_dataframe()
            found += 1
            assert len(table), name
            assert table.index.nlevels == table.columns.nlevels == 1, name
            assert table.columns.is_unique, name
    assert found > 20


@pytest.mark.slow
def test_every_plot_stands_in_the_gallery_returns_axes_and_says_what_is_seen(gallery, shown):
    import matplotlib.pyplot as plt
    from matplotlib.axes import Axes

    drawn = {kind for kind, _, _ in gallery["PLOTS"].values()}
    assert {name for name in public_classes() if hasattr(getattr(sn, name), "plot")} <= drawn
    for name, (kind, _, draw) in gallery["PLOTS"].items():
        axes = np.ravel(np.asarray(draw(shown[kind]), object))
        assert all(isinstance(ax, Axes) for ax in axes), name
        whole = axes[0].figure.get_suptitle()
        assert whole or all(ax.get_title() or ax.get_title(loc="left") for ax in axes), name
        plt.close(axes[0].figure)


@pytest.mark.slow
def test_every_plot_follows_the_palette(gallery, shown):
    import matplotlib.pyplot as plt

    for name, (kind, _, draw) in gallery["PLOTS"].items():
        figure = np.ravel(np.asarray(draw(shown[kind]), object))[0].figure
        marks, texts = colours(figure)
        assert marks, name
        assert marks <= PALETTE | BESIDE, name
        assert texts <= PALETTE | {"#000000", "#ffffff"}, name
        plt.close(figure)


def test_colours_of_the_library_are_those_of_the_palette():
    assert {*map(str.lower, plots.COLOURS), plots.GREY.lower()} < PALETTE
    assert [plots.line_style(n) for n in (3, 4)] == [("#F46A25", "-"), ("#12436D", "--")]


@pytest.mark.slow
def test_plots_draw_into_axes_that_are_given(gallery, shown):
    import matplotlib.pyplot as plt

    for name, kind in (("plans", "NeedProjection"), ("comparison", "Comparison"), ("seek", "SeekResult")):
        figure, ax = plt.subplots()
        method = shown[kind].plot
        made = method("SLT", ax=ax) if kind == "Comparison" else method(ax=ax)
        assert made is ax, name
        plt.close(figure)


def test_the_page_of_the_gallery_is_that_of_its_plots(root, gallery):
    assert (root / "docs" / "gallery.md").read_text(encoding="utf-8") == gallery["page"]()
    pictures = {path.stem for path in (root / "docs" / "images" / "gallery").glob("*.png")}
    assert pictures == set(gallery["PLOTS"])


def test_pictures_of_the_gallery_are_small(root):
    for path in (root / "docs" / "images" / "gallery").glob("*.png"):
        assert path.stat().st_size < 200_000, path.name
