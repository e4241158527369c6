"""``.github/support.yml``: read into a policy, or answered with faults that help; no I/O.

``parse`` reads the file once, with its operator's facts, and gives a `SupportPolicy`, the `Faults`
that it has, or `Foreign` where the file is not for us. ``support_schema`` is the same rules for
editors: both are made from one description of the keys, in ``keys.py``.
"""

from __future__ import annotations

from app.domain.policy.faults import MORE, Fault, Faults, Foreign, ForeignKind
from app.domain.policy.reading import parse, support_schema
from app.domain.policy.support import (
    AiRung,
    HelperClass,
    Limits,
    Messages,
    Plan,
    PolicyHelper,
    Promises,
    Reports,
    Rungs,
    Split,
    SupportPolicy,
)

__all__ = [
    "MORE",
    "AiRung",
    "Fault",
    "Faults",
    "Foreign",
    "ForeignKind",
    "HelperClass",
    "Limits",
    "Messages",
    "Plan",
    "PolicyHelper",
    "Promises",
    "Reports",
    "Rungs",
    "Split",
    "SupportPolicy",
    "parse",
    "support_schema",
]
