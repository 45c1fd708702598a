"""Every check of an area's tables, run at once."""

from __future__ import annotations

from collections.abc import Iterator

from sendneeds.evidence.quality import list_checks, partnership_checks, plan_checks, plausible
from sendneeds.evidence.quality.findings import make_finding
from sendneeds.evidence.types import AreaTables, Finding


def detect(area: AreaTables) -> Iterator[Finding]:
    """Yield a finding for every defect that the tables of an area show.

    Parameters
    ----------
    area : AreaTables

    Yields
    ------
    Finding

    Examples
    --------
    >>> import sendneeds as sn
    >>> sorted({finding.severity for finding in detect(sn.open_area("bedford"))})
    ['caution', 'info', 'serious']
    """
    for check in (*plan_checks.CHECKS, *list_checks.CHECKS, *partnership_checks.CHECKS, *plausible.CHECKS):
        for detection in check(area):
            yield make_finding(detection)
