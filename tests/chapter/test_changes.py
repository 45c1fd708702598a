"""What has changed, by hand: which figures moved and why, which sentences flipped, which paragraphs are stale."""

import pytest

from sendneeds.chapter.forms.changes import changes_page, changes_since
from sendneeds.chapter.forms.earlier import Earlier, Sentence, sentences
from sendneeds.chapter.records import Indicator, IndicatorRecords

OLD = {"version": "1", "seed": 1, "draws": 100, "levers": "a",
       "inputs": {"ehc_plans": {"sha256": "x", "last": "2024"},
                  "service_parameters": {"sha256": "p", "last": ""}}}  # fmt: skip


def line(value, unit="plans", low="", high="", state="shown", **more):
    return {
        "title": "Plans",
        "period": "January",
        "value": value,
        "unit": unit,
        "low": low,
        "high": high,
        "state": state,
    } | more


def records(*some):
    out = IndicatorRecords()
    for record in some:
        out.add(record)
    return out


def figure(id, value, basis="estimate", unit="plans", **more):
    return Indicator(id, "Plans", value, unit, "January", "s", basis, **more)


def compared(figures, now, about=OLD, prose=None, before=(), after=()):
    return changes_since(
        Earlier(OLD, figures, list(before), {}), records(*now), list(after), prose or {}, about
    )


def test_a_figure_has_moved_where_it_is_printed_otherwise():
    found = compared(
        {"a": line("1000.2"), "b": line("1000"), "c": line("", state="withheld"), "gone": line("5")},
        [figure("a", 1000.4), figure("b", 1010), figure("c", 7), figure("new", 3)],
    )
    assert [(m.id, m.old, m.new, m.change) for m in found.moved] == [
        ("b", "1,000", "1,010", "+10"),
        ("c", "[c]", "7", ""),
    ]
    assert (len(found.added), len(found.gone)) == (1, 1)
    assert found.headline == "2 figures moved, 0 statements are no longer true, 0 paragraphs need a person."


@pytest.mark.parametrize(("new", "beyond"), [(109, "no"), (110, "no"), (111, "yes"), (89, "yes")])
def test_beyond_is_outside_the_interval_that_was_printed(new, beyond):
    found = compared({"a": line("100", low="90", high="110")}, [figure("a", new)])
    assert [m.beyond for m in found.moved] == [beyond]


@pytest.mark.parametrize(
    ("basis", "change", "cause"),
    [
        ("published", {}, "revised"),
        ("estimate", {"inputs": OLD["inputs"] | {"ehc_plans": {"sha256": "y", "last": "2025"}}}, "new data"),
        ("estimate", {"inputs": OLD["inputs"] | {"ehc_plans": {"sha256": "y", "last": "2024"}}}, "revised"),
        (
            "estimate",
            {"inputs": OLD["inputs"] | {"service_parameters": {"sha256": "q", "last": ""}}},
            "assumption",
        ),
        ("estimate", {"levers": "b"}, "assumption"),
        ("estimate", {"version": "2"}, "method"),
        ("estimate", {"draws": 200, "levers": "b"}, "assumption, method"),
    ],
)
def test_the_cause_is_what_differs_between_what_both_were_made_from(basis, change, cause):
    found = compared({"a": line("100")}, [figure("a", 120, basis)], about=OLD | change)
    assert [m.cause for m in found.moved] == [cause]


def test_a_sentence_has_flipped_where_the_word_it_turns_on_is_another():
    before = [
        Sentence("level", "The share of pupils with a plan, 4.1%, is below England's 5.3%."),
        Sentence("level", "Plans rose by 12.0% in 5 years."),
        Sentence("ehc", "The share of pupils with a plan, 4.1%, is below England's 5.3%."),
    ]
    after = [
        Sentence("level", "The share of pupils with a plan, 5.6%, is above England's 5.4%."),
        Sentence("level", "Plans rose by 3.0% in 5 years."),
        Sentence("ehc", "The share of pupils with a plan, 4.0%, is below England's 5.3%."),
    ]
    found = compared({}, [], before=before, after=after)
    assert found.flipped == [(before[0], after[0])]


def test_paragraphs_that_cite_what_moved_and_numbers_typed_by_hand_are_found():
    prose = {
        "ehc": 'We issued {{ n("b") }} plans in 2024.\n\nWe meet on the third Friday.\n\nAbout 300 families wrote.',
        "level": "There are [[a]] plans.",
    }
    found = compared({"a": line("10"), "b": line("20")}, [figure("a", 10), figure("b", 25)], prose=prose)
    assert [(p.section, p.moved, p.typed) for p in found.paragraphs] == [
        ("ehc", ["b"], []),
        ("ehc", [], ["300"]),
    ]


def test_the_last_projection_is_scored_against_what_came():
    figures = {
        "proj.E.2026": line("2300", low="2250", high="2350"),
        "proj.E.2027": line("2400", low="2300", high="2500"),
    }
    found = compared(figures, [figure("plans.2026", 2360, "published")])
    assert [(s.said, s.came, s.verdict) for s in found.scored] == [
        ("2,300 (2,250 to 2,350)", "2,360", "outside")
    ]


def test_tables_and_what_people_wrote_are_no_statements():
    html = (
        '<main><section id="a"><p>Plans rose.</p><div class="written"><p>We hope.</p></div>'
        "<table><td><p>x</p></td></table>"
        "<ul><li>One. Two.</li></ul></section></main>"
    )
    assert [s.text for s in sentences(html)] == ["Plans rose.", "One.", "Two."]


def test_the_page_escapes_what_people_wrote():
    found = compared({}, [], prose={"ehc": "<script>300</script>"})
    page = changes_page(found, "Bedford", "x", [], False)
    assert "<script>" not in page
    assert "1 paragraph needs a person." in page
