"""What an area cannot do for a lever is told with the file; what is odd but can be done is noted."""

from datetime import date

import numpy as np
import pytest

import sendneeds as sn
from sendneeds.evidence.area import shipped
from sendneeds.foundation.errors import MissingDataError, ScenarioError, UnknownNameError
from sendneeds.scenarios.checks import last_day


def write(folder, *levers, name="one"):
    text = f'name = "{name}"\ntitle = "{name}"\n' + "".join(f"[[levers]]\n{lever}\n" for lever in levers)
    path = folder / f"{name}.toml"
    path.write_text(text, encoding="utf-8")
    return path


BUDGETS = 'kind = "personal_budgets"\nfrom = 2026-01-05\nuptake = 0.1\nfunders = { council_high_needs = 1.0 }'
VACANCIES = (
    'kind = "fill_vacancies"\nservice = "{}"\nfrom = 2026-01-05\nposts = {}\nfunders = {{ icb = 1.0 }}'
)
PLACES = (
    'kind = "new_places"\nsetting = "state_special"\nplaces = {}\njanuary = 2027\nfunders = {{ icb = 1.0 }}'
)


def faults(path, area, **kwargs):
    with pytest.raises(ScenarioError) as caught:
        sn.open_scenarios(path, area, **kwargs)
    return {f"{fault.file}, key {fault.column}": fault for fault in caught.value.faults}


def test_faults_of_files_and_of_the_area_are_told_at_once(bedford, tmp_path):
    write(
        tmp_path,
        PLACES.format(60.5),
        'kind = "ring_fence"\nservice = "EP"\nshare = 0.5',
        VACANCIES.format("EP", 2),
        name="first",
    )
    write(tmp_path, PLACES.format(60).replace("2027", "2034"), VACANCIES.format("SHORT_BREAK", 1), name="two")
    found = faults(tmp_path, bedford, to=2031)
    assert found["first.toml, key levers[1].places"].allowed == "a whole number from 1 to 100000"
    assert (
        found["first.toml, key levers[2].service"].allowed == "a service with a list for first appointments"
    )
    assert "fund_posts" in found["first.toml, key levers[3].service"].cure
    assert found["two.toml, key levers[1].january"].allowed == "a January from 2026 to 2031"
    assert found["two.toml, key levers[2].service"].found == "SHORT_BREAK"
    assert len(found) == 5


def test_locums_give_advice_so_a_clinic_takes_none(bedford, tmp_path):
    text = (
        'kind = "locum_posts"\nservice = "{}"\nfrom = 2026-09-01\nto = 2027-08-31\nwte = 2\n'
        "gbp_per_wte_year = {{ low = 110000, central = 130000, high = 150000 }}\nfunders = {{ icb = 1.0 }}"
    )
    (fault,) = faults(write(tmp_path, text.format("EP"), text.format("SLT")), bedford).values()
    assert fault.where() == "one.toml line 13, key levers[2].service"
    assert fault.allowed.startswith("a service that gives statutory advice alone")


def test_a_run_names_the_file_and_the_lever(bedford, tmp_path):
    path = write(tmp_path, PLACES.format(60), VACANCIES.format("EP", 2))
    opened = sn.open_scenarios(path)  # without an area nothing is wrong
    with pytest.raises(ScenarioError, match=r"one\.toml line 11, key levers\[2\]\.service"):
        sn.run(bedford, opened, draws=5, to=2028)


def test_faults_are_told_in_words_of_the_file(tmp_path):
    path = tmp_path / "one.toml"
    path.write_text('name = "one"\ntitle = "One"\n[levers]\nkind = "fund_posts"\n', encoding="utf-8")
    (fault,) = faults(path, None).values()
    assert fault.found == "one table, [levers]"
    write(
        tmp_path,
        'service = "SLT"',
        'kind = "ring_fence"\nshare = true',
        'kind = "fund_posts"\nservice = "SLT"\nfrom = 2027-01-01T10:00:00\nto = 2026-01-01\nwte = 1\n'
        "funders = { cib = 1.0 }",
    )
    found = faults(path, None)
    assert found["one.toml, key levers[1].kind"].found == "nothing"
    assert found["one.toml, key levers[2].service"].found == "nothing"
    assert found["one.toml, key levers[2].share"].found == "true"
    assert found["one.toml, key levers[3].funders"].found == "{ cib = 1.0 }"
    assert "one.toml, key levers[3].from" in found


def test_options_that_are_nowhere_are_told_as_options():
    with pytest.raises(MissingDataError, match="the scenarios of bedford"):
        sn.open_scenarios("bedfrod")
    with pytest.raises(
        MissingDataError, match="nowhere: there is no file or folder of scenarios of that name"
    ):
        sn.open_scenarios("nowhere")


def test_files_and_runs_allow_the_same_days(bedford, tmp_path):
    assert last_day(bedford) == date(2030, 12, 31)
    late = write(tmp_path, VACANCIES.format("SLT", 1).replace("2026-01-05", "2031-02-01"))
    assert "the end of the lists" in faults(late, bedford)["one.toml, key levers[1].from"].allowed
    assert len(sn.open_scenarios(late, bedford, until=date(2032, 12, 31))) == 2


@pytest.fixture(scope="module")
def odd(bedford, tmp_path_factory):
    folder = tmp_path_factory.mktemp("odd")
    write(folder, VACANCIES.format("SLT", 20), name="many")
    write(folder, VACANCIES.format("SLT", 2), name="two")
    write(folder, BUDGETS, name="budgets")
    write(folder, BUDGETS.replace("0.1", "0.0001"), name="fewer")
    return sn.run(bedford, sn.open_scenarios(folder, bedford), draws=20, to=2028)


def test_more_posts_than_are_vacant_are_noted(odd, tmp_path):
    (note,) = (text for text in odd.notes if text.startswith("many: "))
    assert "posts = 20, but about 2.9 whole-time equivalents are vacant in SLT" in note
    assert not any(text.startswith("two: ") for text in odd.notes)
    for told in (odd, sn.compare(odd), sn.open_result(odd.to_netcdf(tmp_path / "run.nc"))):
        assert f"  note: {note}" in repr(told)


def test_budgets_act_on_every_service_and_are_costed_once(odd):
    slots = odd.lists["slots_available"].sel(calendar_year=2027).mean("draw")
    for service in ("SLT", "OT"):
        at = slots.sel(service=service)
        assert float(at.sel(scenario="budgets")) > float(at.sel(scenario="baseline")) + 10, (
            f"{service}, slots a week"
        )
    costs = odd.costs[(odd.costs["scenario"] == "budgets") & (odd.costs["funder"] != "all")]
    assert set(costs["service"]) == {"PLACES"}
    assert set(costs["item"]) == {"personal budgets, gross"}
    now, then = (sn.personal_budgets(odd.area, odd.need, uptake) for uptake in (None, 0.1))
    more = (then.data["cost"] - now.data["cost"]).sel(year=2026).median()
    year = costs.set_index("financial_year").loc[2026, "central"]
    assert year == pytest.approx(float(more), rel=0.1)
    (note,) = (text for text in odd.notes if text.startswith("budgets: "))
    saved = (then.data["substituted"] - now.data["substituted"]).sel(year=odd.need.scored_to).median()
    assert f"GBP {float(saved):,.0f} a year" in note
    assert "of SLT" in note
    assert "of OT" in note


def test_budgets_below_those_of_today_are_noted(odd):
    (note,) = (text for text in odd.notes if text.startswith("fewer: "))
    assert "no more than now" in note


def test_budgets_name_no_service_and_come_once(bedford, tmp_path):
    path = write(tmp_path, BUDGETS, BUDGETS + '\nservice = "SHORT_BREAK"')
    found = faults(path, bedford)
    assert found["one.toml, key levers[2].service"].found == "service"
    assert found["one.toml, key levers[2]"].allowed == "one such lever a scenario"
    with pytest.raises(ScenarioError, match="personal_budget_uptake_share"):
        sn.open_scenarios(write(tmp_path, BUDGETS), shipped("luton"))


def test_a_name_that_no_option_has_is_told(odd):
    with pytest.raises(UnknownNameError, match=r"option 'tow' is not known\. Did you mean two\?"):
        odd.places["tow"]
    with pytest.raises(UnknownNameError, match="Allowed: baseline"):
        odd.clock["nope"]
    assert np.isfinite(odd.places["two"].by_setting().values).all()
