"""A file with faults: each is told with its line and the nearest name, all at once; no file is passed over."""

import datetime
import json
import re
import tomllib
from dataclasses import replace

import jsonschema
import pytest

import sendneeds as sn
from sendneeds.foundation.errors import DomainError, MissingDataError, ScenarioError
from sendneeds.scenarios.levers import LEVERS

GROUPS = """
[[levers]]
kind = "groups"
service = "SLT"
share = { low = 0.1, central = 0.2, high = 0.3 }
size = 3
"""


def told(path):
    with pytest.raises(ScenarioError) as caught:
        sn.open_scenarios(path)
    return caught.value.faults


def page(root):
    """Return the file with ten mistakes and its message, as the page has them."""
    text = (root / "docs" / "how-to" / "read-an-error.md").read_text(encoding="utf-8")
    written = text.split("## A scenario file with ten mistakes")[1].split("\n## ")[0]
    return re.findall(r"^```text\n(.*?)^```$", written, re.MULTILINE | re.DOTALL)


def test_ten_mistakes_make_one_message_with_the_line_of_each(root, tmp_path):
    file, message = page(root)
    path = tmp_path / "ten-mistakes.toml"
    path.write_text(file, encoding="utf-8")
    faults = told(path)
    assert [(f.row, f.column) for f in faults] == [
        (1, "name"), (2, "titel"), (5, "levers[1].kind"), (10, "levers[2].service"), (11, "levers[2].from"),
        (12, "levers[2].wte"), (13, "levers[2].funders"), (19, "levers[3].to"), (21, "levers[3].gbp_per_child"),
        (22, "levers[3].funders"),
    ]  # fmt: skip
    assert message.strip() == str(ScenarioError("The scenarios in ten-mistakes.toml cannot be used", faults))


@pytest.mark.parametrize(
    ("name", "found", "cure"),
    [
        ("a.toml.txt", ".toml.txt", "Rename it to a.toml "),
        ("B.TOML", ".TOML", "Rename it to B.toml "),
        ("c.Toml.TXT", ".Toml.TXT", "Rename it to c.toml "),
    ],
)
def test_a_file_that_would_be_passed_over_is_told(name, found, cure, tmp_path):
    (tmp_path / "good.toml").write_text('name = "good"\ntitle = "Good"\n', encoding="utf-8")
    (tmp_path / name).write_text('name = "a"\ntitle = "A"\n', encoding="utf-8")
    for source in (tmp_path, tmp_path / name):
        (fault,) = told(source)
        assert (fault.file, fault.found) == (name, f"a name that ends in {found}")
        assert fault.cure.startswith(cure)


@pytest.mark.parametrize(
    "name",
    ["a.txt", "a.tml", "a", "a.toml.bak", "a.toml~", "a.toml.docx", "a.toml (1).txt", "a.toml.txt.txt"],
)
def test_a_scenario_under_another_ending_is_told(name, tmp_path):
    (tmp_path / "good.toml").write_text('name = "good"\ntitle = "Good"\n', encoding="utf-8")
    (tmp_path / name).write_text('name = "a"\ntitle = "A"\n', encoding="utf-8")
    (fault,) = told(tmp_path)
    assert (fault.file, fault.allowed) == (name, "one that ends in .toml")
    assert fault.cure.startswith("Rename it to a.toml ")
    assert sn.open_scenarios(tmp_path / name)[1].name == "a"  # asked for by its name, it is read


def test_what_an_editor_leaves_beside_a_file_is_passed_over(tmp_path):
    for name in ("a.toml", "a.toml~", "a.toml.bak", ".a.toml.swp", "#a.toml#"):
        (tmp_path / name).write_text('name = "a"\ntitle = "A"\n', encoding="utf-8")
    assert [s.name for s in sn.open_scenarios(tmp_path)] == ["baseline", "a"]
    (tmp_path / "a.toml.txt").write_text('name = "a"\ntitle = "A"\n', encoding="utf-8")
    (fault,) = told(tmp_path)
    assert "under a name of its own" in fault.cure


def test_a_folder_without_scenarios_is_told(tmp_path):
    with pytest.raises(MissingDataError, match=r"no \.toml file"):
        sn.open_scenarios(tmp_path)
    (tmp_path / "scenarios").mkdir()
    (tmp_path / "scenarios" / "a.toml").write_text('name = "a"\ntitle = "A"\n', encoding="utf-8")
    with pytest.raises(MissingDataError, match="Those in scenarios are read"):
        sn.open_scenarios(tmp_path)
    for empty in ("", " "):
        with pytest.raises(MissingDataError, match="an empty text"):
            sn.open_scenarios(empty)


def test_a_baseline_with_a_lever_is_refused(bedford, tmp_path):
    path = tmp_path / "now.toml"
    path.write_text('name = "baseline"\ntitle = "Now"\n' + GROUPS, encoding="utf-8")
    (fault,) = told(path)
    assert (fault.file, fault.row, fault.column) == ("now.toml", 4, "levers")
    assert "no lever" in fault.allowed
    groups = sn.levers.Groups(service="SLT", share=(0.1, 0.2, 0.3), size=3)
    with pytest.raises(ScenarioError, match="levers\n    found:   1 under the name baseline"):
        sn.run(bedford, [sn.Scenario("baseline", "Now", levers=[groups])], draws=4)


def test_other_files_beside_options_are_no_options(tmp_path):
    for name, text in (
        ("README.md", "# Options\n\n[[levers]] stand in good.toml\n"),
        ("note.txt", "name = the good one\n"),
        ("figures.txt", "posts = 2\n"),
        ("good.toml", 'name = "good"\ntitle = "Good"\n'),
    ):
        (tmp_path / name).write_text(text, encoding="utf-8")
    (tmp_path / "library").mkdir()
    (tmp_path / "library" / "bad.toml").write_text("name = ", encoding="utf-8")
    assert [s.name for s in sn.open_scenarios(tmp_path)] == ["baseline", "good"]


@pytest.mark.parametrize("name", ["Two posts", "two--posts", "-two", "zwei-pösten", "a" * 61, "../x", "=1+1"])
def test_a_name_that_cannot_stand_in_a_table_is_refused(name):
    with pytest.raises(ScenarioError, match="lower-case letters, digits and single hyphens"):
        sn.Scenario(name, "Title")


def test_a_title_is_one_line():
    for title in ("Two\nlines", "a" * 201, "bell\x07"):
        with pytest.raises(ScenarioError, match="one line of up to 200 characters"):
            sn.Scenario("one", title)


def test_a_line_is_found_behind_values_of_several_lines(tmp_path):
    text = (
        'name = "one"\ntitle = "One"\nnote = """first\n[[levers]]\nname = 5\n"""\n'  # lines 1 to 6
        + GROUPS  # 7 to 12
        + "\n[[levers]]\n"  # 14
        + 'kind = "groups"\n'
        + '"service" = "SLT"\nshare.low = 0.1\nshare.central = 0.2\nshare.high = 0.3\nsize = 1\n'  # 16 to 20
    )
    path = tmp_path / "one.toml"
    path.write_text(text.replace("\n", "\r\n"), encoding="utf-8", newline="")
    faults = told(path)
    assert [(f.row, f.column) for f in faults] == [(20, "levers[2].size")]
    inline = 'name = "one"\ntitle = "One"\nlevers = [\n  { kind = "group" },\n]\n'
    path.write_text(inline, encoding="utf-8")
    assert [(f.row, f.column) for f in told(path)] == [(3, "levers[1].kind")]


def test_absurd_nesting_is_refused_with_its_line(tmp_path):
    path = tmp_path / "deep.toml"
    for deep in (60, 300, 5000):
        path.write_text(
            'name = "deep"\ntitle = "Deep"\nnote = ' + "[" * deep + "]" * deep + "\n", encoding="utf-8"
        )
        (fault,) = told(path)
        assert (fault.row, fault.found) == (3, "brackets nested too deeply")


def test_a_dollar_in_a_title_stays_as_it_is():
    """matplotlib would set what stands between two of them as a formula, or fail on it."""
    from sendneeds.chapter.charts.style import canvas

    with canvas(1.0) as figure:
        words = figure.add_subplot().set_title(r"From $5 to $\frac{6$ a child")
        assert not words.get_parse_math()
        figure.canvas.draw()


def test_a_dollar_in_a_name_stays_as_it_is_in_plots_of_the_library(bedford):
    """The second would be a formula with a brace left open, on which matplotlib fails when it draws."""
    for name in ("From $5 to $6", r"$5 to $\frac{6$"):
        need = sn.project(replace(bedford, name=name), draws=5, to=2027)
        for made in (need, sn.need_types(need), sn.explain(need)):
            ax = made.plot()
            ax.figure.canvas.draw()
            assert ax.get_title(loc="left").replace("\\$", "$").startswith(name + ":")


def as_json(path):
    return json.loads(
        json.dumps(tomllib.loads(path.read_text(encoding="utf-8")), default=datetime.date.isoformat)
    )


def test_the_schema_takes_every_file_that_ships_and_no_faulty_one(root, tmp_path):
    text = (root / "docs" / "reference" / "scenario.schema.json").read_text(encoding="utf-8")
    schema = json.loads(text)
    kinds = schema["properties"]["levers"]["items"]["oneOf"]
    assert [kind["title"] for kind in kinds] == list(LEVERS)
    assert all("evidence" in kind["properties"] for kind in kinds)
    check = jsonschema.Draft202012Validator(schema)
    shipped = [p for p in (root / "data").rglob("*.toml") if p.name != "area.toml"]
    assert len(shipped) > 10
    for path in shipped:
        check.validate(as_json(path))
    wrong = tmp_path / "ten.toml"
    wrong.write_text(page(root)[0].replace("inf", "-1"), encoding="utf-8")
    assert len(list(check.iter_errors(as_json(wrong)))) >= 4  # name, title, titel, levers


@pytest.mark.parametrize(
    "given",
    [
        *({"to": "2035"}, {"to": 2035.0}, {"to": True}, {"until": "2030-01-01"}, {"area": "bedford"}),
        {"until": datetime.datetime(2030, 1, 1)},
    ],
)
def test_the_end_of_a_run_and_its_area_are_of_their_kind(given, tmp_path):
    (tmp_path / "good.toml").write_text('name = "good"\ntitle = "Good"\n', encoding="utf-8")
    (name,) = given
    with pytest.raises(DomainError, match=f"{name}="):
        sn.open_scenarios(tmp_path, **given)
