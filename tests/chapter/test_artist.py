"""Charts drawn by another process are those drawn in this one; what fails there is told here."""

import re
from functools import partial

import pytest

from sendneeds.chapter.charts import artist, bars, lines, style
from sendneeds.foundation.errors import DomainError

PLANS = lines.Series("EHC plans", [2024, 2025, 2026], [1597, 1868, 2001])


def waterfall(count):
    return partial(bars.waterfall, ["Births"] * count, [4] * count, ["+4"] * count, "plans", ("All", "+8"))


def both(monkeypatch, *draws):
    found = []
    for cores in (1, 2):
        monkeypatch.setattr(artist, "cores", lambda cores=cores: cores)
        with artist.Artist() as at_work:
            assert len(at_work.processes) == cores - 1
            found.append([at_work.draw(draw) for draw in draws])
            for drawing in found[-1]:
                drawing.result()
    return found


def test_charts_are_the_same_bytes_on_one_core_and_on_two(monkeypatch):
    here, there = both(monkeypatch, waterfall(2), partial(lines.trend, [PLANS], "plans"))
    assert [one.result() for one in here] == [one.result() for one in there]
    assert here[0].result().wide != here[1].result().wide


def test_settings_of_matplotlib_of_a_reader_change_no_chart():
    import matplotlib as mpl

    plain = artist.drawn(waterfall(2))
    with mpl.rc_context({"font.size": 30, "axes.facecolor": "black", "savefig.bbox": "tight"}):
        assert artist.drawn(waterfall(2)) == plain


def test_what_cannot_be_drawn_is_told_where_it_was_asked(monkeypatch):
    monkeypatch.setattr(artist, "cores", lambda: 2)
    with artist.Artist() as at_work:
        wrong = at_work.draw(partial(lines.trend, [PLANS] * 5, "plans"))
        right = at_work.draw(waterfall(1))
        with pytest.raises(DomainError, match="found 5"):
            wrong.result()
        assert right.result().wide.startswith("<svg")


def test_charts_are_drawn_here_when_the_other_process_is_gone(monkeypatch):
    monkeypatch.setattr(artist, "cores", lambda: 2)
    plain = artist.drawn(waterfall(2))
    with artist.Artist() as at_work:
        at_work.processes[0].kill()
        assert at_work.draw(waterfall(2)).result() == plain


def test_a_narrow_chart_is_288_pixels_with_words_of_12_pixels_or_more():
    narrow = artist.drawn(partial(lines.trend, [PLANS], "plans", scored_to=2025)).narrow
    width = float(re.search(r'<svg [^>]*width="([\d.]+)pt"', narrow).group(1))
    assert width == pytest.approx(style.NARROW * 72)
    sizes = [
        float(size) for size in re.findall(r"<text style=\"font(?:-size)?: (?:[a-z0-9]+ )?([\d.]+)px", narrow)
    ]
    assert len(sizes) > 5
    assert min(sizes) * 288 / width >= 12
