"""Reading a case folder into claims, persons, dependence and truth, so that a ranking can be tried without a server."""

from __future__ import annotations

from graphsvc.service.evaluation.simulated_cases import Trial as Case
from graphsvc.service.evaluation.simulated_cases import read

__all__ = ["Case", "read"]
