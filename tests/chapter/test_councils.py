"""The chapter of a board that is the sum of councils: each beside the whole, and one figure for one thing."""

import re

import pandas as pd
import pytest

import sendneeds as sn
from sendneeds.evidence.area import shipped


@pytest.fixture(scope="module")
def folder(empty_charts, tmp_path_factory):
    board = shipped("blmk")
    result = sn.run(board, [], draws=8, to=2026)
    with empty_charts():
        return sn.build_chapter(board, result, tmp_path_factory.mktemp("chapter") / "blmk")


def test_counts_of_the_whole_are_those_of_the_councils_added(folder):
    now = pd.read_csv(folder / "tables" / "councils_now.csv").pivot(
        index="row", columns="column", values="value"
    )
    whole = "Bedfordshire, Luton and Milton Keynes"
    for column in ("EHC plans, January 2025", "Requests, 2024", "Appeals registered, 2024"):
        assert now.loc[whole, column] == now.drop(whole)[column].sum()
    assert now.loc[whole, "EHC plans, January 2025"] == 11910


def test_the_whole_ahead_is_the_projection_of_the_chapter(folder):
    figures = pd.read_csv(folder / "tables" / "indicators.csv", dtype=str).set_index("id")
    mine, its = figures.loc["councils.ahead.plans.blmk"], figures.loc["proj.E.2026"]
    assert (mine["value"], mine["low"], mine["high"]) == (its["value"], its["low"], its["high"])


def test_what_belongs_to_one_council_is_not_said_of_the_whole(folder):
    page = (folder / "index.html").read_text(encoding="utf-8")
    assert "Each council must decide on a request" in page
    assert "Like areas" not in page
    assert "Lists of services are not added up" in page


@pytest.mark.parametrize("name", ["index.html", "board.html", "annex.html", "easy-read.html"])
def test_a_board_of_four_councils_is_not_called_the_council(folder, name):
    """But for plans that children's own council arranges, which is what the release counts."""
    text = re.sub(r"<[^>]*>", " ", (folder / name).read_text(encoding="utf-8"))
    said = re.findall(r"[^.>]{0,40}\b[Tt]he council\b[^.<]{0,40}", text)
    assert [words for words in said if "Arranged by the council" not in words] == []
