"""Named queries: Cypher files with a checked header, and queries made from tables. Read here, run by the gate."""

from graphsvc.queries.library import Library, Parameter, Query, cypher_folder
from graphsvc.queries.own import own_library

__all__ = ["Library", "Parameter", "Query", "cypher_folder", "own_library"]
