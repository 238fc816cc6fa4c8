"""Limits and default values of requests to a session, and the words allowed in them."""

from graphsvc.access.decisions.holds import HOLD_KINDS
from graphsvc.access.decisions.pairs import PAIR_KINDS
from graphsvc.analysis.robustness.brought import FIRST as FIRST_LEADS
from graphsvc.analysis.robustness.pieces import KINDS as EVIDENCE_KINDS
from graphsvc.cases.protection import PROTECTIONS
from graphsvc.queries.library import BOUND as BOUND_PARAMETERS
from graphsvc.service.cypher.exchange import MOST_BYTES as MOST_LIBRARY_BYTES
from graphsvc.service.leads.sets import GOALS as SET_GOALS
from graphsvc.service.leads.sets import LARGEST as LARGEST_SET
from graphsvc.service.network.entities import LINKS_AT_ONCE
from graphsvc.service.network.growth import MANY_NEIGHBOURS
from graphsvc.service.network.paths import LONGEST_PATH, MOST_PATHS, PATH_KINDS, USUAL_PATHS, USUAL_STEPS
from graphsvc.service.network.request import MOST_DEPTH, MOST_LINKS, MOST_NODES, MOST_STARTS
from graphsvc.service.network.request import NODES as USUAL_NODES
from graphsvc.service.service import SIGN_IN
from graphsvc.service.surges.reference import EMPTY as EMPTY_DAYS
from graphsvc.service.surges.reference import MOST_BYTES as MOST_SERIES_BYTES

__all__ = [
    "BOUND_PARAMETERS",
    "EMPTY_DAYS",
    "EVIDENCE_KINDS",
    "FIRST_LEADS",
    "HOLD_KINDS",
    "LARGEST_SET",
    "LINKS_AT_ONCE",
    "LONGEST_PATH",
    "MANY_NEIGHBOURS",
    "MOST_DEPTH",
    "MOST_LIBRARY_BYTES",
    "MOST_LINKS",
    "MOST_NODES",
    "MOST_PATHS",
    "MOST_SERIES_BYTES",
    "MOST_STARTS",
    "PAIR_KINDS",
    "PATH_KINDS",
    "PROTECTIONS",
    "SET_GOALS",
    "SIGN_IN",
    "USUAL_NODES",
    "USUAL_PATHS",
    "USUAL_STEPS",
]
