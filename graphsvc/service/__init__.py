"""The use cases. A Session is the service with one principal and one purpose; nothing above holds anything deeper."""

from graphsvc.service.casework import Loaded
from graphsvc.service.desk import Service
from graphsvc.service.session import Session

__all__ = ["Loaded", "Service", "Session"]
