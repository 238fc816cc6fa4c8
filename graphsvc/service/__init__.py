"""The use cases. A Session is one principal with one purpose; outer layers use nothing below this package.

- `Service` is one open home, and signs people in; `command_line` does so at a terminal. A `Session` answers requests.
- Sessions accept: `PictureRequest`, `Wanted` (an export), `SeriesChoice`, `Options` (of an import), `Form`, `Words`
  (a query to save), `NewHold`, and `Entrance` (where someone signs in from).
- Types of results are in `answers`; limits and allowed words of requests are in `limits`.
"""

from graphsvc.access.decisions.holds import NewHold
from graphsvc.access.log.audit import now
from graphsvc.access.people.attempts import Entrance
from graphsvc.cases.deliveries import statement_form
from graphsvc.cases.deliveries.statement_form import Form, FormPart
from graphsvc.cases.gc_pause import freeze_memory
from graphsvc.cases.progress import quiet
from graphsvc.cases.stores.uploads import Options
from graphsvc.service import answers, command_line, limits
from graphsvc.service.cypher import parameters
from graphsvc.service.cypher.exchange import Words
from graphsvc.service.cypher.library import NameTaken
from graphsvc.service.deliveries.form import Changed
from graphsvc.service.evaluation import comparison, invented
from graphsvc.service.exports.bundle import verify as verify_export
from graphsvc.service.exports.exposure import Wanted
from graphsvc.service.log import build_search
from graphsvc.service.network.request import PictureRequest
from graphsvc.service.network.saved_views import SavedMeanwhile
from graphsvc.service.preparing import start_preparing
from graphsvc.service.service import Service
from graphsvc.service.session import Session
from graphsvc.service.surges.over_time import SeriesChoice

__all__ = [
    "Changed",
    "Entrance",
    "Form",
    "FormPart",
    "NameTaken",
    "NewHold",
    "Options",
    "PictureRequest",
    "SavedMeanwhile",
    "SeriesChoice",
    "Service",
    "Session",
    "Wanted",
    "Words",
    "answers",
    "build_search",
    "command_line",
    "comparison",
    "freeze_memory",
    "invented",
    "limits",
    "now",
    "parameters",
    "quiet",
    "start_preparing",
    "statement_form",
    "verify_export",
]
