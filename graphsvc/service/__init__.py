"""The use cases. A Session is the service with one principal and one purpose; nothing above holds anything deeper."""

from graphsvc.access.people.attempts import Entrance
from graphsvc.access.vault.scratch import Scratch
from graphsvc.cases.deliveries.casework import CancelledError
from graphsvc.cases.deliveries.loaded import Loaded
from graphsvc.cases.jobs import Job
from graphsvc.cases.stores.parcel import Parcel
from graphsvc.cases.stores.uploads import Options, Upload
from graphsvc.queries import Query
from graphsvc.service.home import Service
from graphsvc.service.session import Session

__all__ = [
    "CancelledError",
    "Entrance",
    "Job",
    "Loaded",
    "Options",
    "Parcel",
    "Query",
    "Scratch",
    "Service",
    "Session",
    "Upload",
]
