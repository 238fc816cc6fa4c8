"""Result types of the subjects of a session, and the columns of their tables."""

from graphsvc.access.gate.cyphergate import Examined
from graphsvc.analysis.claims.dependence import Shared
from graphsvc.analysis.ranking.leads import Explanation
from graphsvc.analysis.robustness.pieces import Piece
from graphsvc.cases.cypher_runs import Run
from graphsvc.cases.deliveries.comparing import RowChange
from graphsvc.cases.deliveries.loaded import Loaded
from graphsvc.cases.jobs import Job
from graphsvc.cases.stores.parcel import Parcel
from graphsvc.cases.stores.view_store import SavedView, ViewVersion
from graphsvc.ingest.i2.chart import ChartRead
from graphsvc.ingest.rejected import REJECTION_COLUMNS, Rejection
from graphsvc.queries import Query
from graphsvc.service.cypher.library import Import, Saved
from graphsvc.service.deliveries.form import Checked
from graphsvc.service.deliveries.statements import StatementVersion
from graphsvc.service.exports.given import Export
from graphsvc.service.leads.groups import WitnessGroup
from graphsvc.service.leads.reviews import Review
from graphsvc.service.leads.rows import LISTED_COLUMNS, RANKS_HELD, LeadRow
from graphsvc.service.leads.sets import KeySet
from graphsvc.service.leads.through import Through
from graphsvc.service.network.behind import Behind, NoCrossings
from graphsvc.service.network.comments import Comment
from graphsvc.service.network.entities import EntityPage
from graphsvc.service.network.growth import Growth, Neighbours
from graphsvc.service.network.paths import ShownPath, ShownPaths
from graphsvc.service.network.saved_views import Draft, OpenedView
from graphsvc.service.protection.requests import Request
from graphsvc.service.search.search import Found
from graphsvc.store.bolt import PlanStep

__all__ = [
    "LISTED_COLUMNS",
    "RANKS_HELD",
    "REJECTION_COLUMNS",
    "Behind",
    "ChartRead",
    "Checked",
    "Comment",
    "Draft",
    "EntityPage",
    "Examined",
    "Explanation",
    "Export",
    "Found",
    "Growth",
    "Import",
    "Job",
    "KeySet",
    "LeadRow",
    "Loaded",
    "Neighbours",
    "NoCrossings",
    "OpenedView",
    "Parcel",
    "Piece",
    "PlanStep",
    "Query",
    "Rejection",
    "Request",
    "Review",
    "RowChange",
    "Run",
    "Saved",
    "SavedView",
    "Shared",
    "ShownPath",
    "ShownPaths",
    "StatementVersion",
    "Through",
    "ViewVersion",
    "WitnessGroup",
]
