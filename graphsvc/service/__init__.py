"""The use cases. A Session is one principal with one purpose; outer layers hold and import nothing deeper than this."""

from graphsvc.access.decisions.holds import HOLD_KINDS, NewHold
from graphsvc.access.decisions.pairs import PAIR_KINDS
from graphsvc.access.decisions.reviews import JUDGEMENTS
from graphsvc.access.gate.cyphergate import Examined
from graphsvc.access.log.audit import now
from graphsvc.access.people.attempts import Entrance
from graphsvc.analysis.claims.dependence import Shared
from graphsvc.analysis.ranking.leads import Explanation
from graphsvc.analysis.robustness.brought import FIRST as FIRST_LEADS
from graphsvc.analysis.robustness.pieces import KINDS as PIECES
from graphsvc.analysis.robustness.pieces import Piece
from graphsvc.cases.cypher_runs import Run, cut
from graphsvc.cases.deliveries import statement_form
from graphsvc.cases.deliveries.comparing import RowChange
from graphsvc.cases.deliveries.held import HeldError
from graphsvc.cases.deliveries.loaded import Loaded
from graphsvc.cases.deliveries.statement_form import Form, FormPart
from graphsvc.cases.gc_pause import freeze_memory
from graphsvc.cases.jobs import Job
from graphsvc.cases.progress import quiet
from graphsvc.cases.protection import PROTECTIONS
from graphsvc.cases.stores.parcel import Parcel
from graphsvc.cases.stores.uploads import Options, Upload
from graphsvc.cases.stores.view_store import SavedView, ViewVersion
from graphsvc.ingest.i2.chart import ChartRead, chart_mapping
from graphsvc.ingest.rejected import REJECTION_COLUMNS, Rejection
from graphsvc.queries import Query
from graphsvc.queries.library import BOUND
from graphsvc.records.progress import Progress
from graphsvc.service import command_line
from graphsvc.service.accounts.own import Enrolment
from graphsvc.service.ask import CaseSummary
from graphsvc.service.cypher import exchange, parameters
from graphsvc.service.cypher.cypher import Past
from graphsvc.service.cypher.exchange import Words
from graphsvc.service.cypher.library import Import, NameTaken, Saved
from graphsvc.service.deliveries.form import Changed, Checked
from graphsvc.service.deliveries.statements import StatementVersion
from graphsvc.service.evaluation import comparison, invented
from graphsvc.service.exports import bundle
from graphsvc.service.exports.exports import FORM_NAMES
from graphsvc.service.exports.exposure import Wanted
from graphsvc.service.exports.given import Export, file_name
from graphsvc.service.exports.placing import new_file
from graphsvc.service.leads.groups import WitnessGroup
from graphsvc.service.leads.reviews import Review
from graphsvc.service.leads.rows import LISTED_COLUMNS, RANKS_HELD, LeadRow, said_of_ranks
from graphsvc.service.leads.sets import GOALS, LARGEST, KeySet
from graphsvc.service.leads.through import Through
from graphsvc.service.log import build_search
from graphsvc.service.network.behind import Behind
from graphsvc.service.network.comments import Comment
from graphsvc.service.network.entities import LINKS_AT_ONCE, EntityPage
from graphsvc.service.network.growth import MANY_NEIGHBOURS, Growth, Neighbours
from graphsvc.service.network.network import PicturePage
from graphsvc.service.network.paths import (
    LONGEST_PATH,
    MOST_PATHS,
    PATH_KINDS,
    USUAL_PATHS,
    USUAL_STEPS,
    ShownPath,
    ShownPaths,
)
from graphsvc.service.network.request import MOST_DEPTH, MOST_LINKS, MOST_NODES, MOST_STARTS, NODES, PictureRequest
from graphsvc.service.network.saved_views import Draft, OpenedView, OtherLevel, SavedMeanwhile
from graphsvc.service.protection.requests import Request
from graphsvc.service.search.search import Found
from graphsvc.service.service import SIGN_IN, Service
from graphsvc.service.session import Session
from graphsvc.service.surges.over_time import OverTime, SeriesChoice
from graphsvc.service.surges.reference import EMPTY, MOST_BYTES
from graphsvc.service.waiting.waiting import WaitingItem, WhatWaits
from graphsvc.store.bolt import PlanStep
from graphsvc.views.displacement.rows import MOVE_COLUMNS, besides, move_cells
from graphsvc.views.linked import COLUMNS as LINKED_COLUMNS
from graphsvc.views.loading import NOBODY_MOVES, UNTOLD, chart_read, nothing_new, read_otherwise, received_rows
from graphsvc.views.sentences import NOT_TOLD
from graphsvc.views.waits import no_one_stands_out, others_moved

__all__ = [
    "BOUND",
    "EMPTY",
    "FIRST_LEADS",
    "FORM_NAMES",
    "GOALS",
    "HOLD_KINDS",
    "JUDGEMENTS",
    "LARGEST",
    "LINKED_COLUMNS",
    "LINKS_AT_ONCE",
    "LISTED_COLUMNS",
    "LONGEST_PATH",
    "MANY_NEIGHBOURS",
    "MOST_BYTES",
    "MOST_DEPTH",
    "MOST_LINKS",
    "MOST_NODES",
    "MOST_PATHS",
    "MOST_STARTS",
    "MOVE_COLUMNS",
    "NOBODY_MOVES",
    "NODES",
    "NOT_TOLD",
    "PAIR_KINDS",
    "PATH_KINDS",
    "PIECES",
    "PROTECTIONS",
    "RANKS_HELD",
    "REJECTION_COLUMNS",
    "SIGN_IN",
    "UNTOLD",
    "USUAL_PATHS",
    "USUAL_STEPS",
    "Behind",
    "CaseSummary",
    "Changed",
    "ChartRead",
    "Checked",
    "Comment",
    "Draft",
    "Enrolment",
    "EntityPage",
    "Entrance",
    "Examined",
    "Explanation",
    "Export",
    "Form",
    "FormPart",
    "Found",
    "Growth",
    "HeldError",
    "Import",
    "Job",
    "KeySet",
    "LeadRow",
    "Loaded",
    "NameTaken",
    "Neighbours",
    "NewHold",
    "OpenedView",
    "Options",
    "OtherLevel",
    "OverTime",
    "Parcel",
    "Past",
    "PicturePage",
    "PictureRequest",
    "Piece",
    "PlanStep",
    "Progress",
    "Query",
    "Rejection",
    "Request",
    "Review",
    "RowChange",
    "Run",
    "Saved",
    "SavedMeanwhile",
    "SavedView",
    "SeriesChoice",
    "Service",
    "Session",
    "Shared",
    "ShownPath",
    "ShownPaths",
    "StatementVersion",
    "Through",
    "Upload",
    "ViewVersion",
    "WaitingItem",
    "Wanted",
    "WhatWaits",
    "WitnessGroup",
    "Words",
    "besides",
    "build_search",
    "bundle",
    "chart_mapping",
    "chart_read",
    "command_line",
    "comparison",
    "cut",
    "exchange",
    "file_name",
    "freeze_memory",
    "invented",
    "move_cells",
    "new_file",
    "no_one_stands_out",
    "nothing_new",
    "now",
    "others_moved",
    "parameters",
    "quiet",
    "read_otherwise",
    "received_rows",
    "said_of_ranks",
    "statement_form",
]
