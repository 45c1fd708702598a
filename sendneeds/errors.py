"""The exceptions that sendneeds raises; each message says where, what was found, what is allowed and what to do."""

from sendneeds.foundation.errors import (
    DomainError,
    Fault,
    FaultsError,
    MissingDataError,
    PackError,
    ReleaseError,
    ScenarioError,
    SendneedsError,
    UnknownNameError,
)

__all__ = [
    "DomainError",
    "Fault",
    "FaultsError",
    "MissingDataError",
    "PackError",
    "ReleaseError",
    "ScenarioError",
    "SendneedsError",
    "UnknownNameError",
]
