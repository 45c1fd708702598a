"""A child-level history replaces England's rates where an area has one."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import sendneeds as sn
from sendneeds.evidence.types import TableMeta
from sendneeds.need.inputs.stock import PLAN_NEEDS
from sendneeds.need.inputs.transitions import transition_draws


def history(**columns):
    rows = {"area_code": "E06000055", "census_january": 2024, "from_setting": "all", "to_setting": "all"}
    return pd.DataFrame({**rows, **columns})


def test_chances_follow_the_history_and_add_up():
    table = history(
        age=[10] * 3, from_need=["SLCN"] * 3, to_need=["SLCN", "ASD", "LEFT"], children=[600, 300, 100]
    )
    leave = np.full((26, 800), 0.05)
    chance, recode = transition_draws(table, leave, np.random.default_rng(1))
    slcn, asd = PLAN_NEEDS.index("SLCN"), PLAN_NEEDS.index("ASD")
    assert chance[slcn, 10].mean() == pytest.approx((100 + 1) / (1000 + 20), abs=0.002)
    assert recode[slcn, :, asd].mean() == pytest.approx(300 / 920, abs=0.005)
    np.testing.assert_allclose(recode.sum(axis=-1), 1.0)
    np.testing.assert_array_equal(chance[asd], np.where(np.arange(26)[:, None] == 25, 1.0, leave))
    np.testing.assert_array_equal(recode[asd, :, asd], 1.0)


def test_a_pack_with_a_history_is_projected_by_it(bedford):
    ages = list(range(4, 16))
    table = pd.concat(
        [
            history(age=ages, from_need="SLCN", to_need="ASD", children=400),
            history(age=ages, from_need="SLCN", to_need="SLCN", children=600),
        ]
    )
    meta = TableMeta("transitions", "synthetic", "none", None, "local", "")
    area = replace(
        bedford, tables={**bedford.tables, "transitions": table}, meta={**bedford.meta, "transitions": meta}
    )
    made, plain = (sn.project(a, to=2027, draws=50) for a in (area, bedford))
    d = made.data
    assert int(d["changed_need"].sum()) == 0
    assert float(d["changed_need"].sel(plan_need="ASD").sum()) > 0
    held = d["children"].sel(provision="E", need=d["plan_need"].values).sum("age")
    plans = held.transpose("year", "need", "draw").values.astype(int)
    names = ("new_plans", "moved_in", "ceased", "changed_need")
    order = ("calendar_year", "plan_need", "draw")
    new, moved, ceased, changed = (d[k].sum("age").transpose(*order).values for k in names)
    out = d["aged_out"].transpose(*order).values
    np.testing.assert_array_equal(np.diff(plans, axis=0), new + moved - ceased + changed - out)
    assert "changed_need" not in plain.data
