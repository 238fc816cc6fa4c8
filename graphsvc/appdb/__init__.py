"""The application database: accounts, the log, the vault, deliveries, uploads and jobs. Never unencrypted case data."""

from graphsvc.appdb import shared_ids as shared_ids  # so that the metadata of `tables` holds every table
from graphsvc.appdb.engine import alone, open_database, require_home, transaction, wipe_free_space

__all__ = ["alone", "open_database", "require_home", "transaction", "wipe_free_space"]
