"""Tables that an area lacks, scaled from England's or another area's and labelled as scaled."""

from __future__ import annotations

import pandas as pd

from sendneeds.evidence.area import Area
from sendneeds.evidence.quality.list_checks import BY_RATIO
from sendneeds.evidence.series import children, flows, totals
from sendneeds.evidence.types import TableMeta
from sendneeds.foundation.errors import MissingDataError

WEEKS = 52
MODEL_PACK = "bedford"
BY_CHILDREN = ("children a week", "children", "requests a week", "admissions a year")
LOCAL_ONLY = ("POOL",)  # a pool's shares are agreed locally
STAFFING = (
    *("funded_wte", "in_post_wte", "assessments_per_week"),
    *("nights_available_year", "nights_available_week", "hours_available_week", "contacts_available_year"),
    "tier4_beds",
)
"""What an area's own services have and give: nobody else's figure stands for it."""
ASSESSMENTS = (
    "advice_requests_per_week",
    "assessments asked of psychologists: one for each EHC needs assessment",
)
UPTAKE = "personal_budget_uptake_share"
YEARS = 7  # Januaries in a SEN2 release
PLANS_MISS = (-0.25, 0.59)
"""95 % range of the error of residents scaled by plans: an area's share of England's plans over its share of pupils
aged 5 to 15, less 1, in 74 development areas (half of England's authorities), January 2025."""
ROLLS_MISS = (-0.11, 0.11)
"""Largest errors of residents under 18 scaled by school rolls, in the four areas whose own are known: by the pupils of
each age, or by the published number of pupils aged 5 to 15."""
SPREAD = 0.09  # half-width of the interval around weekly assessments, as in the shipped pack


def share_of_england(area: Area, england: Area) -> float:
    """Return the area's mean share of England's EHC plans over the latest Januaries that both have.

    An area's rate of plans relative to England's changes from year to year, so the mean over years is closer to its
    share of children than a single January.

    Raises
    ------
    MissingDataError
        They have no January in common.

    Examples
    --------
    >>> import sendneeds as sn
    >>> bedford = sn.open_area("bedford")
    >>> round(100 * share_of_england(bedford, bedford.england()), 2)
    0.32
    """
    own, nation = totals(area), totals(england)
    both = sorted(set(own.index) & set(nation.index))
    if not both:
        raise MissingDataError(f"{area.name} and England have no January of ehc_plans in common.")
    recent = both[-YEARS:]
    return float((own[recent].astype(float) / nation[recent].astype(float)).mean())


def share_of_pupils(area: Area, england: Area) -> float | None:
    """Return the area's share of England's pupils aged 5 to 15, as published; None where no release names the area.

    Examples
    --------
    >>> import sendneeds as sn
    >>> bedford = sn.open_area("bedford")
    >>> round(100 * share_of_pupils(bedford, bedford.england()), 2)
    0.37
    """
    if not england.has("pupils_5_to_15"):
        return None
    table = england.table("pupils_5_to_15")
    last = table[table["census_january"] == table["census_january"].max()]
    own = last[last["authority_code"] == area.code]["pupils"]
    return float(own.iloc[0] / last["pupils"].sum()) if len(own) else None


def _share_of_children(area: Area, england: Area) -> tuple[float, str]:
    """Return the share of England's children that an area without its own rolls is given, and how it was found."""
    share = share_of_pupils(area, england)
    if share is not None:
        return share, f"by the area's share of England's pupils aged 5 to 15 ({share:.3%})"
    share = share_of_england(area, england)
    return share, f"by the area's share of England's EHC plans ({share:.3%})"


def scaled_population(area: Area, england: Area) -> tuple[pd.DataFrame, TableMeta]:
    """Return residents by age scaled from England's, and their source.

    With school rolls, each age is scaled by the area's share of England's pupils of that age (the nearest age for
    those not on roll). Without them, every age is scaled by the area's share of England's pupils aged 5 to 15, which is
    published for every authority. An area that those releases do not name is scaled by its share of England's EHC
    plans; this assumes England's rate of plans, from which authorities differ (`PLANS_MISS`).

    Parameters
    ----------
    area : Area
    england : Area
        With the table ``population``, and ``pupils`` if the area has it; ``pupils_5_to_15`` where it is known.

    Returns
    -------
    (DataFrame, TableMeta)
    """
    nation = england.table("population")
    base = nation[nation["variant"] == "estimate"]
    one, how = _share_of_children(area, england)
    share = pd.Series(one, index=sorted(set(base["age"])))
    by_plans = share_of_pupils(area, england) is None and not area.has("pupils")
    if area.has("pupils") and england.has("pupils"):
        share = _roll_shares(area, england, list(share.index))
        how = f"by the area's share of England's pupils at each age ({share.min():.3%} to {share.max():.3%})"
    frame = base.assign(
        area_code=area.code,
        persons=(base["persons"] * base["age"].map(share)).round().astype("int64"),
    ).reset_index(drop=True)
    meta = england.meta["population"]
    if by_plans:
        how += (
            f", which in 19 of 20 authorities is between {-100 * PLANS_MISS[0]:.0f} % below and "
            f"{100 * PLANS_MISS[1]:.0f} % above their share of pupils"
        )
    note = f"England's residents scaled {how}. Replace them with the ONS estimates of the area."
    source = TableMeta(
        "Residents by age, scaled from England's",
        meta.source,
        meta.licence,
        meta.extracted_on,
        "scaled",
        note,
    )
    return frame, source


def residents_miss(area: Area) -> tuple[float, float]:
    """Return the 95 % range of the error of the area's residents, as shares of the true number.

    Parameters
    ----------
    area : Area

    Returns
    -------
    (float, float)
        `ROLLS_MISS` if they are scaled by pupils, `PLANS_MISS` if by plans, (0, 0) if they are the area's own.

    Examples
    --------
    >>> import sendneeds as sn
    >>> residents_miss(sn.open_area("bedford"))
    (0.0, 0.0)
    """

    def scaled(table: str) -> bool:
        return table in area.meta and area.meta[table].basis == "scaled"

    if not scaled("population"):
        return 0.0, 0.0
    by_rolls = area.has("pupils") and not scaled("pupils")
    return ROLLS_MISS if by_rolls or share_of_pupils(area, area.england()) is not None else PLANS_MISS


def scaled_schools(area: Area, england: Area) -> tuple[dict[str, pd.DataFrame], dict[str, TableMeta]]:
    """Return pupils scaled by the area's share of England's pupils or plans, and England's shares of pupils with SEN.

    Parameters
    ----------
    area, england : Area

    Returns
    -------
    (dict of str to DataFrame, dict of str to TableMeta)
        Those of ``pupils`` and ``sen_percent`` that the area lacks.
    """
    tables, meta = {}, {}
    for name in ("pupils", "sen_percent"):
        if area.has(name):
            continue
        frame = england.table(name).assign(area_code=area.code)
        how = "England's share of pupils with SEN, each year"
        if name == "pupils":
            share, by = _share_of_children(area, england)
            frame["pupils"] = (frame["pupils"] * share).round().astype("int64")
            how = f"England's pupils {by}"
        was = england.meta[name]
        tables[name] = frame.reset_index(drop=True)
        meta[name] = TableMeta(was.title, was.source, was.licence, was.extracted_on, "scaled", how)
    return tables, meta


def _roll_shares(area: Area, england: Area, ages: list[int]) -> pd.Series:
    own, nation = area.table("pupils"), england.table("pupils")
    last = max(set(own["census_january"]) & set(nation["census_january"]))

    def rolls(table: pd.DataFrame) -> pd.Series:
        rows = table[
            (table["census_january"] == last) & table["age"].isin([str(age) for age in range(5, 16)])
        ]
        return rows.set_index(rows["age"].astype(int))["pupils"].sort_index()

    share = rolls(own) / rolls(nation)
    return share.reindex(ages).bfill().ffill().astype(float)


def budget_uptake(area: Area, england: Area) -> tuple[list[float], str] | None:
    """Return the share of plans with a personal budget, low, central and high, and where they are from; None without.

    Central is the area's latest published count; low and high span it, the January before and England's latest, those
    of them that are over 0: a figure is drawn on the scale of ratios. An area whose latest count is 0 has none at all.
    """
    own, nation = (budget_shares(one) for one in (area, england))
    if own.empty:
        return None
    last, *others = (round(float(n), 4) for n in (*own.iloc[:-3:-1], *nation.iloc[-1:]))
    if last == 0:
        return [0.0, 0.0, 0.0], f"{own.index[-1]} as published: none"
    spread = [last, *(n for n in others if n > 0)]
    said = f"{own.index[-1]} as published, over plans; low and high: the January before, and England's"
    return [min(spread), last, max(spread)], said if all(others) else f"{said}, where over 0"


def budget_shares(area: Area) -> pd.Series:
    """Return plans with a personal budget over plans, by January for which both are published."""
    import pandas as pd

    if not area.has("personal_budgets"):
        return pd.Series(dtype=float)
    table = area.table("personal_budgets")
    budgets = table[table["budget"] == "all"].set_index("census_january")["plans"].dropna()
    return (budgets.astype(float) / totals(area).astype(float)).dropna().sort_index()


def scaled_parameters(area: Area) -> tuple[pd.DataFrame, TableMeta]:
    """Return service parameters of the shipped pack for Bedford, scaled to the area's children.

    Lists, referrals and admissions are scaled by the number of residents under 18; shares, slots of a post and unit
    costs are not. Staff, and what services give or have room for, are left out: a service gives what its list must
    have been given. Requests for psychologists' advice are the area's own assessments, and the uptake of personal
    budgets its own count, if published.

    Parameters
    ----------
    area : Area
        With the table ``population``.

    Returns
    -------
    (DataFrame, TableMeta)
    """
    from sendneeds.evidence.area import shipped

    model = shipped(MODEL_PACK)
    ratio = children(area) / children(model)
    table = model.table("service_parameters")
    table = table[~table["service"].isin(LOCAL_ONLY) & ~table["parameter"].isin(STAFFING)].copy()
    sized = table["unit"].isin(BY_CHILDREN)
    for column in ("low", "central", "high"):
        table.loc[sized, column] = (table.loc[sized, column] * ratio).round(2)
    scaled = f"{model.name}'s figure times {ratio:.3f}, {BY_RATIO}"
    was = table.loc[sized, "source"].where(table.loc[sized, "basis"] != "published", table["basis"])
    table.loc[sized, "source"] = scaled + "; there: " + was
    table.loc[sized & (table["basis"] == "published"), "basis"] = "scaled"
    asked = flows(area, "assess_in_year")
    if len(asked) and asked.iloc[-1] > 0:
        rows = (table["service"] == "EP") & (table["parameter"] == ASSESSMENTS[0])
        week = float(asked.iloc[-1]) / WEEKS
        table.loc[rows, ["low", "central", "high"]] = [
            round(week * (1 - SPREAD), 2),
            round(week, 2),
            round(week * (1 + SPREAD), 2),
        ]
        table.loc[rows, "basis"] = "published"
        table.loc[rows, "source"] = f"{int(asked.iloc[-1])} assessments in {asked.index[-1]}"
    uptake = budget_uptake(area, area.england())
    if uptake is not None:
        rows = (table["service"] == "PLACES") & (table["parameter"] == UPTAKE)
        table.loc[rows, ["low", "central", "high"]] = uptake[0]
        table.loc[rows, "basis"] = "published"
        table.loc[rows, ["source", "note"]] = uptake[1], ""
    note = (
        f"Only the assessments were measured in the area. Lists and referrals are those of {model.name}, scaled by "
        "children; replace them with your own. It says nothing of staff: add your own."
    )
    meta = model.meta["service_parameters"]
    source = TableMeta(meta.title, meta.source, meta.licence, meta.extracted_on, "mixed", note)
    return table.reset_index(drop=True), source
