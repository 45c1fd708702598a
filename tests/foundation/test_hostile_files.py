"""Hostile files that are no tables: a mapping, scenarios, prose and saved results are read, or refused by name."""

import datetime as dt
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import sendneeds as sn
from sendneeds.evidence.area import shipped
from sendneeds.evidence.importing.provider_mapping import Mapping, read_mapping
from sendneeds.evidence.pack.prose import prose_faults
from sendneeds.foundation.errors import SendneedsError
from sendneeds.foundation.sealed_files import seal

QUICK = settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
FEW = settings(QUICK, max_examples=12)
SCALARS = st.one_of(
    st.text(max_size=12),
    st.integers(-(10**20), 10**20),
    st.floats(),
    st.booleans(),
    st.dates(dt.date(1, 1, 1), dt.date(9999, 12, 31)),
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
)


def toml(value):
    """Return a value as TOML, nan and control characters included."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, str):
        return (
            '"'
            + "".join(f"\\U{ord(c):08x}" if ord(c) < 0xD800 or ord(c) > 0xDFFF else "?" for c in value)
            + '"'
        )
    if isinstance(value, list):
        return f"[{', '.join(map(toml, value))}]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{toml(k)} = {toml(v)}" for k, v in value.items()) + "}"
    return str(value)


def read_or_told(read, *given):
    """Return what was read, or what the error that is meant for people says."""
    try:
        return read(*given), None
    except SendneedsError as error:
        return None, str(error)


MAPPING = ("kind", "service", "area_code", "columns", "bands", "snapshot", "stage", "sheet", "header_row", "only",
           "header_rows", "accepted_words", "rejected_words", "date_order", "other")  # fmt: skip
GOOD = {"kind": "referrals", "service": "SLT", "area_code": "E06000055", "columns": {"referred_on": "Date"}}


@QUICK
@given(changed=st.dictionaries(st.sampled_from(MAPPING), VALUES, max_size=4))
def test_any_mapping_is_read_or_refused_by_name(changed, tmp_path):
    path = tmp_path / "map.toml"
    lines = [f"{key} = {toml(value)}" for key, value in {**GOOD, **changed}.items()]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    found, told = read_or_told(read_mapping, path)
    assert isinstance(found, Mapping) if told is None else "map.toml" in told


@QUICK
@given(data=st.binary(max_size=300))
def test_any_bytes_are_no_mapping(data, tmp_path):
    path = tmp_path / "map.toml"
    path.write_bytes(data)
    with pytest.raises(SendneedsError, match=r"map\.toml"):
        read_mapping(path)


LEVER = (
    "kind",
    "service",
    "from",
    "to",
    "funders",
    "wte",
    "evidence",
    "gbp_per_child",
    "children",
    "share",
    "odd",
)
SCENARIO = {"name": "one", "title": "One"}
GOOD_LEVER = {
    "kind": "fund_posts",
    "service": "SLT",
    "from": dt.date(2026, 9, 1),
    "funders": {"icb": 1.0},
    "wte": 1,
}


@QUICK
@given(
    top=st.dictionaries(st.sampled_from(("name", "title", "note", "staffing", "odd")), VALUES, max_size=2),
    lever=st.dictionaries(st.sampled_from(LEVER), VALUES, max_size=3),
)
def test_any_scenario_is_read_or_refused_by_name(top, lever, tmp_path):
    path = tmp_path / "one.toml"
    lines = [f"{key} = {toml(value)}" for key, value in {**SCENARIO, **top}.items()]
    lines += ["[[levers]]", *(f"{key} = {toml(value)}" for key, value in {**GOOD_LEVER, **lever}.items())]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    found, told = read_or_told(sn.open_scenarios, path, shipped("bedford"))
    assert found[0].name == "baseline" if told is None else "one.toml" in told


@QUICK
@given(data=st.binary(max_size=300))
def test_any_prose_is_read_or_a_fault_with_its_line(data, tmp_path):
    (tmp_path / "prose").mkdir(exist_ok=True)
    (tmp_path / "prose" / "summary.md").write_bytes(data)
    faults = prose_faults(tmp_path)
    try:
        data.decode("utf-8-sig")
        readable = b"\x00" not in data
    except UnicodeDecodeError:
        readable = False
    assert bool(faults) != readable
    assert all(1 <= fault.row <= data.count(b"\n") + 1 for fault in faults)


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    need = sn.project(shipped("luton"), to=2026, draws=2)
    return Path(need.to_netcdf(tmp_path_factory.mktemp("saved") / "need.nc"))


@FEW
@given(
    at=st.floats(0, 1, exclude_max=True),
    flip=st.integers(1, 255),
    cut=st.floats(0, 1, exclude_max=True),
    how=st.sampled_from(("flip", "cut", "both", "twice")),
)
def test_any_damage_to_a_saved_result_is_refused_by_name(saved, at, flip, cut, how, tmp_path):
    raw = bytearray(saved.read_bytes())
    if how in ("flip", "both"):
        raw[int(at * len(raw))] ^= flip
    if how in ("cut", "both"):
        raw = raw[: int(cut * len(raw))]
    if how == "twice":
        raw = raw * 2
    path = tmp_path / "need.nc"
    path.write_bytes(bytes(raw))
    with pytest.raises(SendneedsError, match=r"need\.nc"):
        sn.open_result(path)


@QUICK
@given(data=st.binary(max_size=400))
def test_any_bytes_are_no_saved_result_even_under_a_good_seal(data, tmp_path):
    path = tmp_path / "need.nc"
    path.write_bytes(data)
    seal(path)
    with pytest.raises(SendneedsError, match=r"need\.nc"):
        sn.open_result(path)
