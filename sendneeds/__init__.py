"""How many children and young people will need which support, and how long they will wait."""

__version__ = "0.1.0"

from importlib import import_module as _import_module
from typing import Any as _Any

# name -> module; a module is imported when its name is first used, so that importing the package stays quick
_PUBLIC = {
    "Area": "sendneeds.evidence.area",
    "NeedChange": "sendneeds.need.change",
    "Ratio": "sendneeds.need.change",
    "Opening": "sendneeds.waits.places",
    "RuleChange": "sendneeds.waits.options",
    "RunResult": "sendneeds.scenarios.run_result",
    "Scenario": "sendneeds.scenarios.files",
    "ServiceOption": "sendneeds.waits.options",
    "add_up": "sendneeds.need.together",
    "ages_from_dates": "sendneeds.waits.ages",
    "ages_from_number": "sendneeds.waits.ages",
    "backtest": "sendneeds.need.backtest",
    "build_chapter": "sendneeds.chapter.build",
    "calibrate": "sendneeds.waits.calibrate",
    "changes": "sendneeds.evidence.changes",
    "check_folder": "sendneeds.evidence.pack",
    "claims": "sendneeds.evidence.claims",
    "community_nursing": "sendneeds.waits.ceilings",
    "compare": "sendneeds.scenarios.compare",
    "compare_places": "sendneeds.waits.places_compare",
    "continuing_care": "sendneeds.waits.ceilings",
    "ehc_process": "sendneeds.waits.ehc",
    "equipment": "sendneeds.waits.allowances",
    "explain": "sendneeds.need.explain",
    "import_provider": "sendneeds.evidence.provider",
    "import_sen2": "sendneeds.evidence.from_release",
    "inequality": "sendneeds.need.prevalence",
    "inpatient_beds": "sendneeds.waits.ceilings",
    "list_law": "sendneeds.waits.law",
    "need_types": "sendneeds.demand.need_types",
    "new_pack": "sendneeds.evidence.templates",
    "open_area": "sendneeds.evidence.pack",
    "open_result": "sendneeds.foundation.results",
    "open_run": "sendneeds.scenarios.run_result",
    "open_scenarios": "sendneeds.scenarios.files",
    "personal_budgets": "sendneeds.waits.allowances",
    "prevalence": "sendneeds.need.prevalence",
    "project": "sendneeds.need.project",
    "project_areas": "sendneeds.need.together",
    "project_places": "sendneeds.waits.places",
    "read_sen2": "sendneeds.evidence.from_release",
    "replay_ehc": "sendneeds.waits.ehc",
    "run": "sendneeds.scenarios.run",
    "schedule": "sendneeds.waits.schedule",
    "short_breaks": "sendneeds.waits.ceilings",
    "simulate": "sendneeds.waits.simulate",
}

_MODULES = ("formulas",)

__all__ = sorted([*_PUBLIC, *_MODULES])


def __getattr__(name: str) -> _Any:
    if name in _MODULES:
        return _import_module(f"sendneeds.{name}")
    if name not in _PUBLIC:
        raise AttributeError(f"module 'sendneeds' has no attribute {name!r}")
    return getattr(_import_module(_PUBLIC[name]), name)


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
