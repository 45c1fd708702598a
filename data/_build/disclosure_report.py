"""Run the attack on made-up packs and on Bedford, and write docs/reference/disclosure-attack.md.

`python data/_build/disclosure_report.py`. Bedford's tables are published, and taken as its own here.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

import sendneeds as sn
from sendneeds.evidence.area import Area
from sendneeds.evidence.disclosure.protected import COVERING, SMALL, attack_area, protect_area
from sendneeds.evidence.types import TableMeta
from sendneeds.foundation.disclosure.profiles import PROFILES
from sendneeds.foundation.vocabulary import NEEDS

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "disclosure-attack.md"
PACKS = 20
HEAD = """# The attack report

Written by `python data/_build/disclosure_report.py`. The attack is that of [what may be
published](../explanation/disclosure.md): it knows every count that is shown and every sum, and looks for the
least and the greatest value of each that is withheld. *Given away if small counts alone went* is what it finds
before further counts are withheld; *given away* what it finds in what is published.

| pack | profile | counts | small, withheld | further, withheld | given away if small counts alone went | given away |
|---|---|---|---|---|---|---|
"""


def made_up(seed: int) -> Area:
    """Return a pack of made-up plans by need and age, most of them few."""
    rng = np.random.default_rng(seed)
    needs, ages = list(NEEDS)[: 4 + seed % 9], [str(age) for age in range(3, 7 + seed % 12)]
    cube = rng.negative_binomial(0.6, 0.6 / (0.6 + 2 + seed % 9), (len(needs), len(ages)))
    rows = [(need, age, cube[i, j]) for i, need in enumerate(needs) for j, age in enumerate(ages)]
    rows += [(need, "all", count) for need, count in zip(needs, cube.sum(1), strict=True)]
    rows += [("all", age, count) for age, count in zip(ages, cube.sum(0), strict=True)]
    rows += [("all", "all", cube.sum() + seed % 3)]
    frame = pd.DataFrame(rows, columns=["need", "age", "plans"])
    frame = frame.assign(area_code="E06000055", census_january=2025, placement="all", flag="ok")
    frame["plans"] = frame["plans"].astype("Int64")
    meta = {"ehc_plans": TableMeta("Plans", "made up", "none", None, "local")}
    return Area(f"made-up-{seed}", "E06000055", "Made-up", "local_authority", {}, {"ehc_plans": frame}, meta)


def line(name: str, area: Area, profile: str) -> str:
    """Return the row of the report for a pack under a profile."""
    found = protect_area(area, PROFILES[profile])
    why = found.withheld["why"]
    alone = attack_area(area, replace(found, withheld=found.withheld[why == SMALL]))
    after = attack_area(area, found)
    counts = len(found.shown) + len(found.withheld)
    figures = (counts, (why == SMALL).sum(), (why == COVERING).sum(), len(alone), len(after))
    return f"| {name} | {profile} | {' | '.join(f'{n:,}' for n in figures)} |"


def main() -> None:
    """Write the page."""
    bedford = sn.open_area("bedford")
    own = replace(bedford, meta={n: replace(meta, basis="local") for n, meta in bedford.meta.items()})
    lines = [line("Bedford, every table taken as local", own, profile) for profile in ("council", "nhs")]
    for seed in range(PACKS):
        lines += [line(f"made-up {seed + 1}", made_up(seed), p) for p in ("council", "nhs")]
    PAGE.write_text(HEAD + "\n".join(lines) + "\n", encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
