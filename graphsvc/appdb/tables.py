"""The tables of the application database. A change here needs a migration in `migrations/versions`.

Times are UTC. Columns named `*_sealed` hold bytes that only the vault can open.
"""

from __future__ import annotations

import sqlalchemy as sa

from graphsvc.appdb.schema import metadata as metadata
from graphsvc.appdb.schema import sealed_column

accounts = sa.Table(
    "accounts",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("name", sa.String(100), nullable=False, unique=True),
    sa.Column("password_hash", sa.String(200), nullable=False, server_default=""),
    sa.Column("disabled", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("created_at", sa.DateTime, nullable=False),
    # Free Cypher sees the whole database, so it needs a separate grant; see policy.cypher_refusal.
    sa.Column("free_cypher", sa.Boolean, nullable=False, server_default=sa.false()),
)
# An account's second factor. Until it is confirmed, sign-in does not ask for it.
second_factors = sa.Table(
    "second_factors",
    metadata,
    sa.Column("account_id", sa.ForeignKey("accounts.id"), primary_key=True),
    sa.Column("key_sealed", sa.LargeBinary, nullable=False),
    sa.Column("secret_sealed", sa.LargeBinary, nullable=False),
    sa.Column("confirmed", sa.Boolean, nullable=False, server_default=sa.false()),
    # The time step of the last accepted code; that code and earlier ones are not accepted again.
    sa.Column("last_step", sa.BigInteger, nullable=False, server_default="0"),
)
# Failed sign-ins, counted by the keyed hash of a name with an address, of a device, of an address, or of a name.
attempts = sa.Table(
    "attempts",
    metadata,
    sa.Column("hash", sa.String(64), primary_key=True),
    # Hash of the typed name, whether or not an account has it; empty if counted by address alone.
    sa.Column("name_hash", sa.String(64), nullable=False, index=True),
    sa.Column("failures", sa.Integer, nullable=False),
    sa.Column("until", sa.DateTime, nullable=False, index=True),  # deleted after this
)
# Places that an account has signed in from, as keyed hashes of the name with an address or a device.
known_places = sa.Table(
    "known_places",
    metadata,
    sa.Column("hash", sa.String(64), primary_key=True),
    sa.Column("account_id", sa.ForeignKey("accounts.id"), nullable=False, index=True),
    sa.Column("at", sa.DateTime, nullable=False),
)
account_roles = sa.Table(
    "account_roles",
    metadata,
    sa.Column("account_id", sa.ForeignKey("accounts.id"), primary_key=True),
    sa.Column("role", sa.String(40), primary_key=True),
)
# An account's clearance, case by case. The case "*" means every present and future case.
grants = sa.Table(
    "grants",
    metadata,
    sa.Column("account_id", sa.ForeignKey("accounts.id"), primary_key=True),
    sa.Column("case_id", sa.String(100), primary_key=True),
    sa.Column("handling", sa.String(1), nullable=False),
    sa.Column("sources", sa.Boolean, nullable=False, server_default=sa.false()),
)
# Only hashes of tokens are kept. kind: cli (graphsvc login) · web (a session) · link (a one-time sign-in link) ·
# setup (a one-time link to choose a password).
tokens = sa.Table(
    "tokens",
    metadata,
    sa.Column("hash", sa.String(64), primary_key=True),
    sa.Column("kind", sa.String(10), nullable=False),
    sa.Column("account_id", sa.ForeignKey("accounts.id"), nullable=False),
    sa.Column("purpose", sa.Text, nullable=False, server_default=""),
    sa.Column("expires_at", sa.DateTime, nullable=False),
    # Valid only for setting up the second factor that the account's role requires.
    sa.Column("limited", sa.Boolean, nullable=False, server_default=sa.false()),
    # Sessions only: when it ends even if it is used, and a hash that identifies where it is used from (see service.service).
    sa.Column("ends_at", sa.DateTime),
    sa.Column("bound", sa.String(64), nullable=False, server_default=""),
)
# Rows never change: an act is one line ("begun"), and its outcome is a separate line that refers to it.
# id counts from 1 without gaps; hmac covers every column and the hmac before it (see access.log.chain).
_LINE_ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")
log = sa.Table(
    "log",
    metadata,
    sa.Column("id", _LINE_ID, primary_key=True, autoincrement=False),
    sa.Column("of_line", sa.ForeignKey("log.id"), unique=True),  # empty for an act; for an outcome, its act
    sa.Column("at", sa.DateTime, nullable=False, index=True),
    # Filled for acts; empty for outcomes.
    sa.Column("account", sa.String(100), nullable=False, index=True),
    sa.Column("purpose", sa.Text, nullable=False),
    sa.Column("action", sa.String(40), nullable=False, index=True),
    sa.Column("case_id", sa.String(100), nullable=False, server_default="", index=True),
    sa.Column("detail", sa.JSON, nullable=False),
    # The outcome; for acts "begun".
    sa.Column("outcome", sa.String(200), nullable=False),
    sa.Column("rows", sa.Integer),
    sa.Column("sources_hmac", sa.String(64), nullable=False),  # over its rows in log_sources; empty: no rows
    sa.Column("hmac", sa.String(64), nullable=False),
)
# Pseudonyms of the sources that each line of the log released, to answer "who looked at this source?"
log_sources = sa.Table(
    "log_sources",
    metadata,
    sa.Column("line", sa.ForeignKey("log.id"), primary_key=True),
    sa.Column("pseudonym", sa.String(40), primary_key=True, index=True),
)
# Cypher queries that users typed, with their lines of the log; the line's detail has a keyed code of the query.
cypher_texts = sa.Table(
    "cypher_texts",
    metadata,
    sa.Column("line", sa.ForeignKey("log.id"), primary_key=True),
    sa.Column("case_id", sa.String(100), nullable=False, index=True),
    sealed_column("text_sealed", "cypher {line}"),  # text, and parameters as JSON
    sa.Column("masked", sa.Boolean, nullable=False, server_default=sa.false()),  # masked since it was typed
)
cases = sa.Table(
    "cases",
    metadata,
    sa.Column("id", sa.String(100), primary_key=True),
    sa.Column("key_sealed", sa.LargeBinary, nullable=False),
    # open: readable · any other: being written, and closed to the readers in `records.readers.LOADING`
    sa.Column("state", sa.String(10), nullable=False, server_default="open"),
    # Counters of changes to the graph, and to its parts visible under P with (s) and without (p) source clearance:
    # results of an older version are out of date.
    sa.Column("version", sa.Integer, nullable=False, server_default="0"),
    sa.Column("version_s", sa.Integer, nullable=False, server_default="0"),
    sa.Column("version_p", sa.Integer, nullable=False, server_default="0"),
    sa.Column("created_at", sa.DateTime, nullable=False),
    # source → what it shares with others (see analysis.claims.dependence), at both handling levels
    sa.Column("dependence_sealed", sa.LargeBinary),
    # Everyone's standing, since when and why, with every delivered identity of sealed people (`cases.graph.standing`)
    sa.Column("standings_sealed", sa.LargeBinary),
    sa.Column("graded_with", sa.String(64)),  # digest of the weights used for its figures; null: never written
    # The graph's content when last written (`store.mark`; null: never), and its mark at the last change visible to each.
    sa.Column("held", sa.JSON(none_as_null=True)),
    sa.Column("mark_s", sa.String(32)),
    sa.Column("mark_p", sa.String(32)),
    # `cases.protection`, and when two people chose the looser one
    sa.Column("protection", sa.String(10), nullable=False, server_default="witness"),
    sa.Column("loosened_at", sa.DateTime),
)
deliveries = sa.Table(
    "deliveries",
    metadata,
    sa.Column("case_id", sa.ForeignKey("cases.id"), primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("partial", sa.Boolean, nullable=False),
    sa.Column("status", sa.String(10), nullable=False),  # loading · active · undoing · undone
    sa.Column("account", sa.String(100), nullable=False),
    sa.Column("received_on", sa.Date, nullable=False),
    sa.Column("loaded_at", sa.DateTime, nullable=False),
    sa.Column("counts", sa.JSON, nullable=False),
    # The rows as delivered (they may name sealed people); emptied when the import is undone.
    sa.Column("rows_sealed", sa.LargeBinary),
    # For a statement that waited: when it and all others waiting opened; `loaded_at` is the time when it was added.
    sa.Column("opened_at", sa.DateTime),
)
# Witness statements added by form. They become deliveries only when all that wait open together.
waiting = sa.Table(
    "waiting",
    metadata,
    sa.Column("case_id", sa.ForeignKey("cases.id"), primary_key=True),
    # Random, so that it reveals no order or number of statements.
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("partial", sa.Boolean, nullable=False),
    sa.Column("account", sa.String(100), nullable=False),
    sa.Column("received_on", sa.Date, nullable=False),
    sa.Column("added_at", sa.DateTime, nullable=False),
    # When its wait started, which is when it was added, or released after being held back.
    sa.Column("since", sa.DateTime, nullable=False),
    # Account that holds the statement back; empty if it is not held back.
    sa.Column("held_by", sa.String(100), nullable=False, server_default=""),
    sa.Column("counts", sa.JSON, nullable=False),
    # The rows as delivered, sealed like those of deliveries.
    sa.Column("rows_sealed", sa.LargeBinary, nullable=False),
)
# The identities behind pseudonyms; each row under a separate key, so that each can be erased.
identities = sa.Table(
    "identities",
    metadata,
    sa.Column("case_id", sa.ForeignKey("cases.id"), primary_key=True),
    sa.Column("pseudonym", sa.String(40), primary_key=True),
    sa.Column("kind", sa.String(10), nullable=False),  # person · thing · source
    sa.Column("key_sealed", sa.LargeBinary, nullable=False),
    sa.Column("values_sealed", sa.LargeBinary, nullable=False),
)
# The delivery and the line that a claim came from, never its words.
provenance = sa.Table(
    "provenance",
    metadata,
    sa.Column("case_id", sa.ForeignKey("cases.id"), primary_key=True),
    sa.Column("claim_id", sa.String(40), primary_key=True),
    sa.Column("delivery", sa.Integer, nullable=False),
    sa.Column("line", sa.Integer, nullable=False),
)
# Users' decisions on pairs of sources, which override the circumstances that the pair shares; kept with their history.
pairings = sa.Table(
    "pairings",
    metadata,
    sa.Column("id", sa.String(40), primary_key=True),
    sa.Column("case_id", sa.ForeignKey("cases.id"), nullable=False, index=True),
    sa.Column("one", sa.String(40), nullable=False),
    sa.Column("other", sa.String(40), nullable=False),
    sa.Column("kind", sa.String(11), nullable=False),  # independent · dependent
    sa.Column("handling", sa.String(1), nullable=False),  # P: also applies for readers cleared only for P
    sa.Column("account", sa.String(100), nullable=False),
    sealed_column("reason_sealed", "pairing {id} reason"),
    sa.Column("at", sa.DateTime, nullable=False),
    sa.Column("ended_by", sa.String(100), nullable=False, server_default=""),
    sealed_column("ended_sealed", "pairing {id} end", nullable=True),
    sa.Column("ended_at", sa.DateTime),
)
uploads = sa.Table(
    "uploads",
    metadata,
    sa.Column("id", sa.String(40), primary_key=True),
    sa.Column("account", sa.String(100), nullable=False),
    sa.Column("case_id", sa.String(100), nullable=False),
    sa.Column("suffix", sa.String(10), nullable=False),
    sa.Column("key_sealed", sa.LargeBinary, nullable=False),
    sa.Column("expires_at", sa.DateTime, nullable=False),
)
jobs = sa.Table(
    "jobs",
    metadata,
    sa.Column("id", sa.String(40), primary_key=True),
    sa.Column("account", sa.String(100), nullable=False),
    sa.Column("case_id", sa.String(100), nullable=False),
    sa.Column("kind", sa.String(20), nullable=False),
    sa.Column("state", sa.String(20), nullable=False),  # running · cancelling · done · cancelled · failed
    sa.Column("done", sa.Integer, nullable=False, server_default="0"),
    sa.Column("total", sa.Integer, nullable=False, server_default="0"),
    sa.Column("text", sa.Text, nullable=False, server_default=""),
    sa.Column("result", sa.JSON),
    sa.Column("started_at", sa.DateTime, nullable=False),
    sa.Column("ended_at", sa.DateTime),
)
# One row, which shows whether the master key is the right one.
vault = sa.Table(
    "vault",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    # The root key, wrapped by the master key; other keys of the home are derived from the root key.
    sa.Column("root_sealed", sa.LargeBinary, nullable=False),
    sa.Column("generation", sa.Integer, nullable=False, server_default="0"),  # how often the master key was rotated
    sa.Column("rotated_at", sa.DateTime),
)
# People sealed, opened or erased by a decision, whatever deliveries say. The pseudonym is a keyed hash of
# the delivered id, so that an erased person is recognised again although nothing here names the person.
overrules = sa.Table(
    "overrules",
    metadata,
    sa.Column("case_id", sa.ForeignKey("cases.id"), primary_key=True),
    sa.Column("pseudonym", sa.String(40), primary_key=True),
    sa.Column("kind", sa.String(10), nullable=False),  # sealed · opened · erased
    sa.Column("account", sa.String(100), nullable=False),
    sealed_column("reason_sealed", "overrule {case_id} {pseudonym}"),
    sa.Column("at", sa.DateTime, nullable=False),
)
# Material that must stay, and cannot be erased or undone.
holds = sa.Table(
    "holds",
    metadata,
    sa.Column("id", sa.String(40), primary_key=True),
    sa.Column("case_id", sa.ForeignKey("cases.id"), nullable=False, index=True),
    sa.Column("pseudonym", sa.String(40), nullable=False, server_default=""),  # empty: the whole case
    sa.Column("kind", sa.String(20), nullable=False),  # investigation · prosecution
    sa.Column("owner", sa.String(100), nullable=False),
    sealed_column("reason_sealed", "hold {id}"),
    sa.Column("review_on", sa.Date, nullable=False),
    # Whether the person was hidden then. If so, only readers with source clearance see the row: it shows who was known.
    sa.Column("of_hidden", sa.Boolean, nullable=False, server_default=sa.true()),
    sa.Column("added_by", sa.String(100), nullable=False),
    sa.Column("added_at", sa.DateTime, nullable=False),
    sa.Column("released_by", sa.String(100), nullable=False, server_default=""),
    sa.Column("released_at", sa.DateTime),
)
# Requests that need a second person, with their history: asked, agreed or refused, opened and ended.
requests = sa.Table(
    "requests",
    metadata,
    sa.Column("id", sa.String(40), primary_key=True),
    sa.Column("kind", sa.String(10), nullable=False),  # reveal · seal · open · erase · export · loosen
    sa.Column("case_id", sa.ForeignKey("cases.id"), nullable=False, index=True),
    sa.Column("pseudonym", sa.String(40), nullable=False),  # of an export: its id
    sa.Column("of_hidden", sa.Boolean, nullable=False, server_default=sa.true()),
    sa.Column("asked_by", sa.String(100), nullable=False),
    sa.Column("asked_at", sa.DateTime, nullable=False),
    sealed_column("reason_sealed", "request {id} reason"),
    sa.Column("state", sa.String(10), nullable=False),  # asked · agreed · refused · opened · ended · done
    sa.Column("decided_by", sa.String(100), nullable=False, server_default=""),
    sa.Column("decided_at", sa.DateTime),
    sealed_column("answer_sealed", "request {id} answer", nullable=True),
    sa.Column("until", sa.DateTime),
    sa.Column("opened_at", sa.DateTime),
    sa.Column("ended_at", sa.DateTime),
)
# Rewrites of the managed store, which leave no old data on its disk; one that was killed has no `done_at`.
rewrites = sa.Table(
    "rewrites",
    metadata,
    sa.Column("id", sa.String(40), primary_key=True),
    sa.Column("case_id", sa.String(100), nullable=False),
    sa.Column("asked_at", sa.DateTime, nullable=False),
    sa.Column("done_at", sa.DateTime),
)
# The case's library of Cypher queries that users wrote. Everything typed (name, title, why, text, parameters) may name
# someone, so it is sealed under the case's key and masked with every other text of the case.
saved_queries = sa.Table(
    "saved_queries",
    metadata,
    sa.Column("id", sa.String(40), primary_key=True),
    sa.Column("case_id", sa.ForeignKey("cases.id"), nullable=False, index=True),
    sa.Column("account", sa.String(100), nullable=False),
    sealed_column("words_sealed", "saved query {id}"),
    sa.Column("shared", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("created_at", sa.DateTime, nullable=False),
    sa.Column("changed_at", sa.DateTime, nullable=False),
)
# Recipients of exports of a case. The id is a keyed hash of the name, so that the same name is the same recipient.
recipients = sa.Table(
    "recipients",
    metadata,
    sa.Column("case_id", sa.ForeignKey("cases.id"), primary_key=True),
    sa.Column("id", sa.String(40), primary_key=True),
    sealed_column("name_sealed", "recipient {case_id} {id}"),
    sa.Column("added_at", sa.DateTime, nullable=False),
    # Code of the least strict export that named them; readers cleared for less do not see them.
    sa.Column("handling", sa.String(1), nullable=False, server_default="C"),
)
# Exports, held or handed out. Their contents are kept, sealed, to assess the next export together with earlier ones.
exports = sa.Table(
    "exports",
    metadata,
    sa.Column("id", sa.String(40), primary_key=True),
    sa.Column("case_id", sa.ForeignKey("cases.id"), nullable=False, index=True),
    sa.Column("recipient", sa.String(40), nullable=False),
    sa.Column("account", sa.String(100), nullable=False),
    sealed_column("reason_sealed", "export {id} reason"),
    sa.Column("made_at", sa.DateTime, nullable=False),
    sa.Column("state", sa.String(10), nullable=False),  # waiting · held · given · refused · removed
    sa.Column("handling", sa.String(1), nullable=False),
    sa.Column("nodes", sa.Integer, nullable=False),
    sa.Column("links", sa.Integer, nullable=False),
    sa.Column("sha256", sa.String(64), nullable=False),
    # The file, under a separate key; both are emptied once it may no longer be fetched.
    sa.Column("key_sealed", sa.LargeBinary, nullable=False),
    sa.Column("content_sealed", sa.LargeBinary),
    sealed_column("shown_sealed", "export {id} shown"),
    sa.Column("expires_at", sa.DateTime, nullable=False),
    sa.Column("given_at", sa.DateTime),
    sa.Column("recall", sa.String(10), nullable=False, server_default=""),  # a person it shows was sealed · erased
    sa.Column("recall_at", sa.DateTime),
    sa.Column("recalled_at", sa.DateTime),  # when it was reported returned or destroyed
)
# People's decisions about leads, with the figures shown then. They change no score, and are never changed themselves.
reviews = sa.Table(
    "reviews",
    metadata,
    sa.Column("id", sa.String(40), primary_key=True),
    sa.Column("case_id", sa.ForeignKey("cases.id"), nullable=False, index=True),
    sa.Column("number", sa.Integer, nullable=False),  # counts up within the case, for their order; never shown
    sa.Column("pseudonym", sa.String(40), nullable=False),  # of the lead, sealed or not
    sa.Column("account", sa.String(100), nullable=False),
    sa.Column("at", sa.DateTime, nullable=False),
    sa.Column("judgement", sa.String(10), nullable=False),  # agree · refuse · park
    # The reviewer's clearance; readers cleared for less do not see the review, or not its words.
    sa.Column("handling", sa.String(1), nullable=False),
    sa.Column("sources", sa.Boolean, nullable=False),
    # Whether the lead was named then but no longer is: the review would connect the name with the pseudonym.
    sa.Column("of_name", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("case_version", sa.Integer, nullable=False),
    sa.Column("rules", sa.String(20), nullable=False),
    # The reason (it may name someone), and the figures as they were shown.
    sealed_column("words_sealed", "review {id}"),
)
# Questions about claims, put to the person in charge of the statement; counted so that no source is asked too often.
questions = sa.Table(
    "questions",
    metadata,
    sa.Column("id", sa.String(40), primary_key=True),
    sa.Column("case_id", sa.ForeignKey("cases.id"), nullable=False, index=True),
    sa.Column("source", sa.String(40), nullable=False),  # pseudonym of the statement's source
    sa.Column("claim_id", sa.String(40), nullable=False),  # empty: the claim is gone
    sa.Column("handling", sa.String(1), nullable=False),  # of the claim
    sa.Column("account", sa.String(100), nullable=False),
    sa.Column("at", sa.DateTime, nullable=False),
)
# Pictures of the network that users saved, private or shared with readers of the case who are cleared for their level.
pictures = sa.Table(
    "pictures",
    metadata,
    sa.Column("id", sa.String(40), primary_key=True),
    sa.Column("case_id", sa.ForeignKey("cases.id"), nullable=False, index=True),
    sa.Column("account", sa.String(100), nullable=False),
    # The author's clearance; readers cleared for less do not see the picture, or not its notes.
    sa.Column("handling", sa.String(1), nullable=False),
    sa.Column("sources", sa.Boolean, nullable=False),
    sealed_column("words_sealed", "picture {id}"),  # name and notes
    sa.Column("shared", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("version", sa.Integer, nullable=False),  # the newest
    sa.Column("created_at", sa.DateTime, nullable=False),
    sa.Column("changed_at", sa.DateTime, nullable=False),
)
# A picture's state each time it was saved; a version never changes, except when a person is sealed or erased.
picture_versions = sa.Table(
    "picture_versions",
    metadata,
    sa.Column("picture_id", sa.ForeignKey("pictures.id"), primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("case_id", sa.ForeignKey("cases.id"), nullable=False, index=True),
    sa.Column("account", sa.String(100), nullable=False),
    sa.Column("at", sa.DateTime, nullable=False),
    # Differences from the previous version, in numbers and the software's own words.
    sa.Column("said", sa.String(200), nullable=False),
    # Whether its author had source clearance: if so, readers need it too for the appearance (the author's words).
    sa.Column("sources", sa.Boolean, nullable=False, server_default=sa.true()),
    # Its state (`views.picture.canvas`), and its links as shown then (`views.picture.since`).
    sealed_column("state_sealed", "picture {picture_id} version {number}"),
)
# Where an account left off in a case, for each of its latest sittings (from opening a page to leaving it).
drafts = sa.Table(
    "drafts",
    metadata,
    sa.Column("case_id", sa.ForeignKey("cases.id"), primary_key=True),
    sa.Column("account", sa.String(100), primary_key=True),
    sa.Column("sitting", sa.String(32), primary_key=True),
    sa.Column("handling", sa.String(1), nullable=False),
    sa.Column("at", sa.DateTime, nullable=False),
    sa.Column("picture_id", sa.String(40), nullable=False, server_default=""),  # picture it started from, if any
    sa.Column("number", sa.Integer, nullable=False, server_default="0"),
    sealed_column("state_sealed", "draft {case_id} {account} {sitting}"),
)
# When an account last marked the news of a case as seen.
last_looks = sa.Table(
    "last_looks",
    metadata,
    sa.Column("case_id", sa.ForeignKey("cases.id"), primary_key=True),
    sa.Column("account", sa.String(100), primary_key=True),
    sa.Column("at", sa.DateTime, nullable=False),
    # The case's version then, as visible to the account. While it is unchanged, nothing visible is new.
    sa.Column("version", sa.Integer, nullable=False),
)
# People's comments to each other about an entity or a link.
comments = sa.Table(
    "comments",
    metadata,
    sa.Column("id", sa.String(40), primary_key=True),
    sa.Column("case_id", sa.ForeignKey("cases.id"), nullable=False),
    sa.Column("about", sa.String(64), nullable=False),  # keyed hash of its subject
    sa.Column("number", sa.Integer, nullable=False),  # counts up within the case, for their order; never shown
    sa.Column("account", sa.String(100), nullable=False),
    sa.Column("at", sa.DateTime, nullable=False),
    # The author's clearance, as for pictures.
    sa.Column("handling", sa.String(1), nullable=False),
    sa.Column("sources", sa.Boolean, nullable=False),
    sealed_column("about_sealed", "comment {id} about"),
    sealed_column("words_sealed", "comment {id}"),
    sa.Column("taken_back_at", sa.DateTime),
    sa.Index("ix_comments_case_id_about", "case_id", "about"),
)
# External daily counts that a case is compared with, such as official figures.
reference_series = sa.Table(
    "reference_series",
    metadata,
    sa.Column("id", sa.String(40), primary_key=True),
    sa.Column("case_id", sa.ForeignKey("cases.id"), nullable=False, index=True),
    sa.Column("account", sa.String(100), nullable=False),
    sa.Column("at", sa.DateTime, nullable=False),
    # Readers cleared for less do not see it.
    sa.Column("handling", sa.String(1), nullable=False),
    sealed_column("words_sealed", "series {id}"),  # name, columns, remarks on the file
    sealed_column("counts_sealed", "series {id}"),  # first day, step, numbers, revisions
)
