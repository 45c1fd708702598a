"""How many children and young people will need which support, and how long they will wait."""

__version__ = "0.1.0"

from importlib import import_module as _import_module
from typing import Any as _Any

# name -> module; a module is imported when its name is first used, so that importing the package stays quick
_PUBLIC = {
    "AllowanceResult": "sendneeds.waits.allowances.base",
    "Area": "sendneeds.evidence.area",
    "AreasResult": "sendneeds.scenarios.areas_result",
    "AssumptionsRegister": "sendneeds.scenarios.assumptions",
    "Backtest": "sendneeds.need.validation.backtest",
    "Calibration": "sendneeds.waits.lists.calibrate",
    "Comparison": "sendneeds.scenarios.comparison",
    "EhcResult": "sendneeds.waits.ehc.result",
    "Explanation": "sendneeds.need.explain",
    "Explorer": "sendneeds.explorer.explorer",
    "Finding": "sendneeds.evidence.types",
    "FlowMultiplier": "sendneeds.need.inputs.change",
    "LsrpReturn": "sendneeds.returns.result",
    "HighNeedsResult": "sendneeds.scenarios.high_needs_result",
    "ListDistribution": "sendneeds.waits.lists.exact_law",
    "NeedChange": "sendneeds.need.inputs.change",
    "NeedProjection": "sendneeds.need.projection",
    "NeedTypes": "sendneeds.demand.need_types",
    "PlaceChange": "sendneeds.waits.places.settings",
    "PlacesComparison": "sendneeds.waits.places.compare",
    "PlacesResult": "sendneeds.waits.places.result",
    "PooledLists": "sendneeds.waits.lists.pooled",
    "Result": "sendneeds.foundation.results",
    "PoolResult": "sendneeds.scenarios.pool_result",
    "RuleChange": "sendneeds.waits.services.options",
    "RunResult": "sendneeds.scenarios.run_result",
    "Scenario": "sendneeds.scenarios.scenario",
    "Sensitivity": "sendneeds.scenarios.sensitivity",
    "SeekResult": "sendneeds.scenarios.seek.result",
    "ScapReturn": "sendneeds.returns.result",
    "ServiceOption": "sendneeds.waits.services.options",
    "Spending": "sendneeds.scenarios.spending",
    "ValueResult": "sendneeds.scenarios.value_result",
    "WaitsResult": "sendneeds.waits.services.result",
    "WhyResult": "sendneeds.scenarios.why",
    "add_up": "sendneeds.need.adding",
    "ages_from_dates": "sendneeds.waits.lists.opening_ages",
    "ages_from_number": "sendneeds.waits.lists.opening_ages",
    "assumptions": "sendneeds.scenarios.assumptions",
    "backtest": "sendneeds.need.validation.backtest",
    "build_chapter": "sendneeds.chapter.build",
    "explorer_page": "sendneeds.chapter.forms.explorer_page",
    "build_return": "sendneeds.returns.build",
    "calibrate": "sendneeds.waits.lists.calibrate",
    "changes": "sendneeds.evidence.quality.changes",
    "check_folder": "sendneeds.evidence.pack.read",
    "claims": "sendneeds.evidence.quality.claims",
    "community_nursing": "sendneeds.waits.allowances.capacity",
    "compare": "sendneeds.scenarios.compare",
    "compare_places": "sendneeds.waits.places.compare",
    "continuing_care": "sendneeds.waits.allowances.capacity",
    "ehc_process": "sendneeds.waits.ehc.process",
    "equipment": "sendneeds.waits.allowances.entitlements",
    "explain": "sendneeds.need.explain",
    "explore": "sendneeds.explorer.explore",
    "high_needs": "sendneeds.scenarios.high_needs",
    "import_provider": "sendneeds.evidence.importing.provider",
    "import_sen2": "sendneeds.evidence.importing.release",
    "inequality": "sendneeds.need.prevalence",
    "inpatient_beds": "sendneeds.waits.allowances.capacity",
    "judge": "sendneeds.scenarios.judge",
    "list_areas": "sendneeds.evidence.pack.read",
    "list_law": "sendneeds.waits.lists.exact_law",
    "lsrp_return": "sendneeds.returns.lsrp",
    "need_types": "sendneeds.demand.need_types",
    "new_pack": "sendneeds.evidence.pack.templates",
    "open_area": "sendneeds.evidence.area",
    "open_result": "sendneeds.foundation.result_files",
    "open_scenarios": "sendneeds.scenarios.files",
    "pool_lists": "sendneeds.waits.lists.pooled",
    "personal_budgets": "sendneeds.waits.allowances.entitlements",
    "pool": "sendneeds.scenarios.pool",
    "prevalence": "sendneeds.need.prevalence",
    "progress_bar": "sendneeds.foundation.progress",
    "project": "sendneeds.need.project",
    "project_areas": "sendneeds.need.aggregate",
    "project_places": "sendneeds.waits.places.project",
    "read_community_lists": "sendneeds.evidence.published.community_waits",
    "read_area": "sendneeds.evidence.importing.release",
    "read_sen2": "sendneeds.evidence.importing.release",
    "library_scenarios": "sendneeds.scenarios.library",
    "reform_scenarios": "sendneeds.scenarios.reform",
    "replay_ehc": "sendneeds.waits.ehc.process",
    "run": "sendneeds.scenarios.run",
    "seek": "sendneeds.scenarios.seek.seek",
    "run_areas": "sendneeds.scenarios.areas",
    "scap_return": "sendneeds.returns.scap",
    "schedule": "sendneeds.waits.lists.schedule",
    "score": "sendneeds.need.validation.score",
    "sensitivity": "sendneeds.scenarios.sensitivity",
    "short_breaks": "sendneeds.waits.allowances.capacity",
    "value": "sendneeds.scenarios.value",
    "why": "sendneeds.scenarios.why",
    "write_scenarios": "sendneeds.scenarios.write",
    "simulate": "sendneeds.waits.services.simulate",
}

_MODULES = {
    "errors": "sendneeds.errors",
    "formulas": "sendneeds.formulas",
    "levers": "sendneeds.scenarios.levers",
}

__all__ = sorted([*_PUBLIC, *_MODULES])


def __getattr__(name: str) -> _Any:
    if name in _MODULES:
        return _import_module(_MODULES[name])
    if name not in _PUBLIC:
        raise AttributeError(f"module 'sendneeds' has no attribute {name!r}")
    return getattr(_import_module(_PUBLIC[name]), name)


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
