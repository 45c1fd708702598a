"""A saved result opens as what it was: class, types, tables, dates and things that are there twice."""

from dataclasses import dataclass, field
from datetime import date

import h5netcdf
import numpy as np
import pandas as pd
import pytest
import xarray as xr

import sendneeds as sn
from sendneeds.evidence.area import shipped
from sendneeds.foundation import json_text
from sendneeds.foundation.errors import DomainError, MissingDataError
from sendneeds.foundation.result_files import dataset_table, open_result, table_dataset
from sendneeds.foundation.results import Result


@pytest.fixture
def small():
    values = np.array([2**53 + 1, -1], dtype=np.int64)  # no float holds the first
    return Result(
        xr.Dataset(
            {"count": ("draw", values, {"units": "children"}), "ok": ("draw", [True, False])},
            {"draw": [0, 1], "day": ("draw", np.array(["2026-01-05", "2026-01-12"], "datetime64[ns]"))},
            {"start": 2025},
        ),
        {"seed": 1, "version": "0.1.0", "bases": ["published"]},
    )


def test_arrays_keep_their_types_and_provenance(small, tmp_path):
    path = small.to_netcdf(tmp_path / "small.nc")
    again = open_result(path)
    assert type(again) is Result
    xr.testing.assert_identical(again.data, small.data)
    assert again["count"].dtype == np.int64
    assert int(again["count"][0]) == 2**53 + 1
    assert again.provenance == small.provenance
    assert [p.name for p in tmp_path.iterdir()] == ["small.nc"], "nothing is left beside it"


def test_any_reader_of_netcdf_finds_the_arrays_at_the_root(small, tmp_path):
    with xr.open_dataset(small.to_netcdf(tmp_path / "small.nc"), engine="h5netcdf") as data:
        assert data["count"].values.tolist() == [2**53 + 1, -1]
        assert data.attrs["sendneeds_class"] == "Result"


@pytest.mark.parametrize(
    ("attrs", "kind", "message"),
    [
        ({"sendneeds_class": "Prophecy"}, DomainError, "found a Prophecy, which this version of sendneeds"),
        ({"sendneeds_class": "open_area"}, DomainError, "found a open_area, which this version"),
        ({"sendneeds_format": 99}, DomainError, r"found layout 99; allowed: 1.*saved it \(0\.1\.0\)"),
        ({"sendneeds_class": None}, MissingDataError, "it names no class"),
    ],
)
def test_another_class_or_layout_is_refused_in_words(small, tmp_path, attrs, kind, message):
    path = small.to_netcdf(tmp_path / "small.nc")
    with h5netcdf.File(path, "a") as file:
        for name, value in attrs.items():
            del file.attrs[name]
            if value is not None:
                file.attrs[name] = value
    with pytest.raises(kind, match=message):
        open_result(path)


def test_what_is_no_file_or_no_result_is_told(tmp_path):
    with pytest.raises(MissingDataError, match="no such file"):
        open_result(tmp_path / "none.nc")
    (tmp_path / "bad.nc").write_text("not a result")
    with pytest.raises(MissingDataError, match="not a result that sendneeds saved"):
        open_result(tmp_path / "bad.nc")


def test_a_table_keeps_the_type_of_every_column(tmp_path):
    table = pd.DataFrame(
        {
            "need": pd.Series(["ASD", None, ""], dtype="str"),
            "plans": pd.Series([1, None, 3], dtype="Int64"),
            "count": np.array([2**53 + 1, 0, -1]),
            "share": [0.1 + 0.2, np.nan, -0.0],
            "held": [True, False, True],
            "month": pd.to_datetime(["2026-01-05", "2026-02-02", "2026-03-02"]).astype("datetime64[ns]"),
            "size": pd.Categorical(["small", "large", "small"], ["small", "large"], ordered=True),
        }
    )
    pd.testing.assert_frame_equal(dataset_table(table_dataset(table)), table)
    path = tmp_path / "table.nc"
    table_dataset(table).to_netcdf(path, engine="h5netcdf")
    with xr.open_dataset(path, engine="h5netcdf") as data:
        pd.testing.assert_frame_equal(dataset_table(data.load()), table)


def test_a_table_without_rows_keeps_its_columns(tmp_path):
    table = pd.DataFrame({"need": pd.Series([], dtype="str"), "plans": pd.Series([], dtype="float64")})
    path = tmp_path / "empty.nc"
    table_dataset(table).to_netcdf(path, engine="h5netcdf")
    with xr.open_dataset(path, engine="h5netcdf") as data:
        pd.testing.assert_frame_equal(dataset_table(data.load()), table)


def test_results_of_tables_open_as_they_were(tmp_path):
    months = pd.date_range("2025-01-31", periods=5, freq="ME")
    rows = {"month_end": months, "referrals": 90, "seen": 84, "over_0": [400, 404, 406, 410, 412]}
    found = sn.calibrate(pd.DataFrame(rows))
    again = sn.open_result(found.to_netcdf(tmp_path / "calibration.nc"))
    assert isinstance(again, sn.Calibration)
    assert again.removal_hazard == found.removal_hazard
    assert again.capacity.central == found.capacity.central
    pd.testing.assert_frame_equal(again["flows"], found["flows"])
    scored = sn.backtest(shipped("luton"), ["naive"], [2021, 2022])
    same = sn.open_result(scored.to_netcdf(tmp_path / "backtest.nc"))
    pd.testing.assert_frame_equal(same.table("method"), scored.table("method"))
    pd.testing.assert_frame_equal(same.rows, scored.rows)
    assert same.refused.empty


def test_a_projection_opens_with_its_area_though_its_pack_has_changed(tmp_path):
    luton = shipped("luton")
    tables = {**luton.tables, "ehc_plans": luton.table("ehc_plans").assign(plans=lambda t: t["plans"] + 1)}
    changed = sn.Area(luton.slug, luton.code, "Luton as it is not", luton.kind, {}, tables, luton.meta)
    need = sn.project(changed, to=2026, draws=4)
    again = sn.open_result(need.to_netcdf(tmp_path / "need.nc"))
    assert again.area.name == "Luton as it is not"
    assert again.area.folder is None
    pd.testing.assert_frame_equal(again.area.table("ehc_plans"), changed.table("ehc_plans"))
    pd.testing.assert_frame_equal(again.record, need.record)
    assert repr(again) == repr(need)


def test_dates_in_json_stay_dates():
    value = {"from": date(2027, 9, 1), "months": [date(2026, 1, 1), 2], "to": None}
    assert json_text.loads(json_text.dumps(value)) == value
    with pytest.raises(TypeError, match="found a set"):
        json_text.dumps({1, 2})


def test_a_thing_that_is_there_twice_is_written_once(tmp_path):
    run = sn.run(shipped("luton"), [], draws=4, to=2026)
    path = run.to_netcdf(tmp_path / "run.nc")
    with h5netcdf.File(path, "r") as file:
        assert file["need/area"].attrs["same_as"] == "/area"
        assert "area" in file["area"].attrs
    again = sn.open_result(path)
    assert again.need.area is again.area


def test_what_cannot_be_saved_is_an_error_and_leaves_no_file(small, tmp_path):
    @dataclass(frozen=True, repr=False, eq=False)
    class Odd(Result):
        luck: object = field(default_factory=object)

    with pytest.raises(TypeError):
        Odd(small.data, {}).to_netcdf(tmp_path / "odd.nc")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("damage", ["flip", "cut", "zero"])
def test_a_damaged_file_is_told_before_it_is_opened(small, tmp_path, damage):
    path = small.to_netcdf(tmp_path / "small.nc")
    content = bytearray(path.read_bytes())
    middle = len(content) // 2
    if damage == "flip":
        content[middle] ^= 255
    elif damage == "cut":
        content = content[:middle]
    else:
        content[middle : middle + 100] = bytes(b ^ 1 for b in content[middle : middle + 100])
    path.write_bytes(content)
    with pytest.raises((DomainError, MissingDataError), match=r"damaged|not a result"):
        open_result(path)


def test_saving_replaces_a_saved_result_and_nothing_else(small, tmp_path):
    mine = tmp_path / "mine.nc"
    mine.write_text("my own notes")
    with pytest.raises(DomainError, match="no result that sendneeds saved"):
        small.to_netcdf(mine)
    assert mine.read_text() == "my own notes"
    path = small.to_netcdf(tmp_path / "small.nc")
    assert small.to_netcdf(path) == path
    assert open_result(path).data.equals(small.data)
