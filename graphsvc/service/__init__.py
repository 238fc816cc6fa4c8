"""The use cases. A Session is the service with one principal and one purpose; nothing above holds anything deeper."""

from graphsvc.access.people.attempts import Entrance
from graphsvc.access.vault.scratch import Scratch
from graphsvc.queries import Query
from graphsvc.service.casework import CancelledError
from graphsvc.service.desk import Service
from graphsvc.service.jobs import Job
from graphsvc.service.loaded import Loaded
from graphsvc.service.parcel import Parcel
from graphsvc.service.session import Session
from graphsvc.service.uploads import Options, Upload

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
