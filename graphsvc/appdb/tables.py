"""The tables of the application database. A change here needs a migration in `migrations/versions`.

Times are UTC. Columns named `*_sealed` hold bytes that only the vault can open.
"""

from __future__ import annotations

import sqlalchemy as sa

metadata = sa.MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "ix": "ix_%(table_name)s_%(column_0_name)s",
    }
)

accounts = sa.Table(
    "accounts",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("name", sa.String(100), nullable=False, unique=True),
    sa.Column("password_hash", sa.String(200), nullable=False, server_default=""),
    sa.Column("disabled", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("created_at", sa.DateTime, nullable=False),
    # Free Cypher sees the whole database, so it is a grant of its own; see policy.cypher_refusal.
    sa.Column("free_cypher", sa.Boolean, nullable=False, server_default=sa.false()),
)
# What an account proves itself with beside its password. Not confirmed: set up has begun, nothing is asked for yet.
second_factors = sa.Table(
    "second_factors",
    metadata,
    sa.Column("account_id", sa.ForeignKey("accounts.id"), primary_key=True),
    sa.Column("key_sealed", sa.LargeBinary, nullable=False),
    sa.Column("secret_sealed", sa.LargeBinary, nullable=False),
    sa.Column("confirmed", sa.Boolean, nullable=False, server_default=sa.false()),
    # The time step of the last code that was taken: neither it nor an earlier one is taken again.
    sa.Column("last_step", sa.BigInteger, nullable=False, server_default="0"),
)
# Failed sign-ins by keyed hash of what they are counted by: name and address, a device, an address, a name.
attempts = sa.Table(
    "attempts",
    metadata,
    sa.Column("hash", sa.String(64), primary_key=True),
    # Of the name that was typed, whether or not an account bears it; empty: counted by an address alone.
    sa.Column("name_hash", sa.String(64), nullable=False, index=True),
    sa.Column("failures", sa.Integer, nullable=False),
    sa.Column("until", sa.DateTime, nullable=False, index=True),  # forgotten then
)
# Where an account has signed in from, as keyed hashes of the name with an address or a device.
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
# What an account is cleared for, case by case. The case "*" means every case there is and will be.
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
    # Good for nothing but setting up the second factor that the account's role must have.
    sa.Column("limited", sa.Boolean, nullable=False, server_default=sa.false()),
    # Of a session: it ends then, however it is used; and a hash of where it is used from (see service.service).
    sa.Column("ends_at", sa.DateTime),
    sa.Column("bound", sa.String(64), nullable=False, server_default=""),
)
# Nothing here is ever changed: an act is a line ("begun"), how it ended a line of its own that refers to it.
# id counts from 1 without gaps; hmac covers every column and the hmac before it (see access.log.chain).
_LINE_ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")
log = sa.Table(
    "log",
    metadata,
    sa.Column("id", _LINE_ID, primary_key=True, autoincrement=False),
    sa.Column("of_line", sa.ForeignKey("log.id"), unique=True),  # empty: an act; else how that act ended
    sa.Column("at", sa.DateTime, nullable=False, index=True),
    # Of an act alone; empty where it ends.
    sa.Column("account", sa.String(100), nullable=False, index=True),
    sa.Column("purpose", sa.Text, nullable=False),
    sa.Column("action", sa.String(40), nullable=False, index=True),
    sa.Column("case_id", sa.String(100), nullable=False, server_default="", index=True),
    sa.Column("detail", sa.JSON, nullable=False),
    # Of an end alone; an act reads "begun".
    sa.Column("outcome", sa.String(200), nullable=False),
    sa.Column("rows", sa.Integer),
    sa.Column("sources_hmac", sa.String(64), nullable=False),  # over its lines of log_sources; empty: none
    sa.Column("hmac", sa.String(64), nullable=False),
)
# Which sources were released, by pseudonym: "who looked at this source?"
log_sources = sa.Table(
    "log_sources",
    metadata,
    sa.Column("line", sa.ForeignKey("log.id"), primary_key=True),
    sa.Column("pseudonym", sa.String(40), primary_key=True, index=True),
)
# The texts of Cypher that were typed, beside their lines; the line's detail has a keyed code of the text.
cypher_texts = sa.Table(
    "cypher_texts",
    metadata,
    sa.Column("line", sa.ForeignKey("log.id"), primary_key=True),
    sa.Column("case_id", sa.String(100), nullable=False, index=True),
    sa.Column("text_sealed", sa.LargeBinary, nullable=False),  # the text and, as JSON, its parameters
    sa.Column("masked", sa.Boolean, nullable=False, server_default=sa.false()),  # since it was typed
)
cases = sa.Table(
    "cases",
    metadata,
    sa.Column("id", sa.String(100), primary_key=True),
    sa.Column("key_sealed", sa.LargeBinary, nullable=False),
    # open: readable · loading: being written, closed to readers · loading-c: nothing under P changes, closed to readers of C
    sa.Column("state", sa.String(10), nullable=False, server_default="open"),
    # Count up with every change of the graph, and of what shows under P: what was computed on an earlier state is not current.
    sa.Column("version", sa.Integer, nullable=False, server_default="0"),
    sa.Column("version_p", sa.Integer, nullable=False, server_default="0"),
    sa.Column("created_at", sa.DateTime, nullable=False),
    # source → what it shares with others (see analysis.evidence.dependence), at both handling levels
    sa.Column("dependence_sealed", sa.LargeBinary),
    # How everybody stands, since when and why, with every identity ever delivered of sealed people (`cases.image.standing`)
    sa.Column("standings_sealed", sa.LargeBinary),
    sa.Column("graded_with", sa.String(64)),  # digest of what its figures were computed with; none: never written
    # What the graph held of it when last written (`store.mark`; none: never), and its mark when what shows under P last changed.
    sa.Column("held", sa.JSON(none_as_null=True)),
    sa.Column("mark_p", sa.String(32)),
    # `cases.protection`, and when two persons chose the looser one
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
    # The rows as they came (they may name sealed persons); emptied when the delivery is taken back.
    sa.Column("rows_sealed", sa.LargeBinary),
    # Of an account that waited: when it opened, with all others that did; `loaded_at` is then when it was added.
    sa.Column("opened_at", sa.DateTime),
)
# Accounts of witnesses that were added by form: no deliveries before they open, all that wait together.
waiting = sa.Table(
    "waiting",
    metadata,
    sa.Column("case_id", sa.ForeignKey("cases.id"), primary_key=True),
    # Drawn by lot: it tells neither order nor how many there are.
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("partial", sa.Boolean, nullable=False),
    sa.Column("account", sa.String(100), nullable=False),
    sa.Column("received_on", sa.Date, nullable=False),
    sa.Column("added_at", sa.DateTime, nullable=False),
    # From when on it waits: when it was added, or let go after it was held back.
    sa.Column("since", sa.DateTime, nullable=False),
    # Who holds it back; empty: nobody.
    sa.Column("held_by", sa.String(100), nullable=False, server_default=""),
    sa.Column("counts", sa.JSON, nullable=False),
    # The rows as they came, sealed as those of deliveries are.
    sa.Column("rows_sealed", sa.LargeBinary, nullable=False),
)
# Who is behind a pseudonym; each row under a key of its own, so that one can be erased.
identities = sa.Table(
    "identities",
    metadata,
    sa.Column("case_id", sa.ForeignKey("cases.id"), primary_key=True),
    sa.Column("pseudonym", sa.String(40), primary_key=True),
    sa.Column("kind", sa.String(10), nullable=False),  # person · thing · source
    sa.Column("key_sealed", sa.LargeBinary, nullable=False),
    sa.Column("values_sealed", sa.LargeBinary, nullable=False),
)
# Where a claim was delivered: table and line, never its words.
provenance = sa.Table(
    "provenance",
    metadata,
    sa.Column("case_id", sa.ForeignKey("cases.id"), primary_key=True),
    sa.Column("claim_id", sa.String(40), primary_key=True),
    sa.Column("delivery", sa.Integer, nullable=False),
    sa.Column("line", sa.Integer, nullable=False),
)
# What somebody decided on two sources, against what the case says they share: kept with its history.
pairings = sa.Table(
    "pairings",
    metadata,
    sa.Column("id", sa.String(40), primary_key=True),
    sa.Column("case_id", sa.ForeignKey("cases.id"), nullable=False, index=True),
    sa.Column("one", sa.String(40), nullable=False),
    sa.Column("other", sa.String(40), nullable=False),
    sa.Column("kind", sa.String(11), nullable=False),  # independent · dependent
    sa.Column("handling", sa.String(1), nullable=False),  # P: counts for those cleared for P alone too
    sa.Column("account", sa.String(100), nullable=False),
    sa.Column("reason_sealed", sa.LargeBinary, nullable=False),
    sa.Column("at", sa.DateTime, nullable=False),
    sa.Column("ended_by", sa.String(100), nullable=False, server_default=""),
    sa.Column("ended_sealed", sa.LargeBinary),
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
# One row: what tells whether the master key is the right one.
vault = sa.Table(
    "vault",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    # The root key, wrapped by the master key: other keys of the home are derived from it.
    sa.Column("root_sealed", sa.LargeBinary, nullable=False),
    sa.Column("generation", sa.Integer, nullable=False, server_default="0"),  # how often the master key was rotated
    sa.Column("rotated_at", sa.DateTime),
)
# Whom a decision of persons seals, opened or erased, whatever deliveries say. The pseudonym is a keyed hash of the delivered id,
# so that an erased person is known again and nothing here names them.
overrules = sa.Table(
    "overrules",
    metadata,
    sa.Column("case_id", sa.ForeignKey("cases.id"), primary_key=True),
    sa.Column("pseudonym", sa.String(40), primary_key=True),
    sa.Column("kind", sa.String(10), nullable=False),  # sealed · opened · erased
    sa.Column("account", sa.String(100), nullable=False),
    sa.Column("reason_sealed", sa.LargeBinary, nullable=False),
    sa.Column("at", sa.DateTime, nullable=False),
)
# What has to stay: it can be neither erased nor taken back.
holds = sa.Table(
    "holds",
    metadata,
    sa.Column("id", sa.String(40), primary_key=True),
    sa.Column("case_id", sa.ForeignKey("cases.id"), nullable=False, index=True),
    sa.Column("pseudonym", sa.String(40), nullable=False, server_default=""),  # empty: the whole case
    sa.Column("kind", sa.String(20), nullable=False),  # investigation · prosecution
    sa.Column("owner", sa.String(100), nullable=False),
    sa.Column("reason_sealed", sa.LargeBinary, nullable=False),
    sa.Column("review_on", sa.Date, nullable=False),
    sa.Column("added_by", sa.String(100), nullable=False),
    sa.Column("added_at", sa.DateTime, nullable=False),
    sa.Column("released_by", sa.String(100), nullable=False, server_default=""),
    sa.Column("released_at", sa.DateTime),
)
# What takes a second person, with its history: who asked, who agreed or refused, when it opened and ended.
requests = sa.Table(
    "requests",
    metadata,
    sa.Column("id", sa.String(40), primary_key=True),
    sa.Column("kind", sa.String(10), nullable=False),  # reveal · seal · open · erase · export
    sa.Column("case_id", sa.ForeignKey("cases.id"), nullable=False, index=True),
    sa.Column("pseudonym", sa.String(40), nullable=False),  # of an export: its id
    sa.Column("asked_by", sa.String(100), nullable=False),
    sa.Column("asked_at", sa.DateTime, nullable=False),
    sa.Column("reason_sealed", sa.LargeBinary, nullable=False),
    sa.Column("state", sa.String(10), nullable=False),  # asked · agreed · refused · opened · ended · done
    sa.Column("decided_by", sa.String(100), nullable=False, server_default=""),
    sa.Column("decided_at", sa.DateTime),
    sa.Column("answer_sealed", sa.LargeBinary),
    sa.Column("until", sa.DateTime),
    sa.Column("opened_at", sa.DateTime),
    sa.Column("ended_at", sa.DateTime),
)
# Each time the managed store has to be written anew, so that nothing old stays on its disk; a kill leaves it undone.
rewrites = sa.Table(
    "rewrites",
    metadata,
    sa.Column("id", sa.String(40), primary_key=True),
    sa.Column("case_id", sa.String(100), nullable=False),
    sa.Column("asked_at", sa.DateTime, nullable=False),
    sa.Column("done_at", sa.DateTime),
)
# The case's library of Cypher that people wrote. What they typed (name, title, why, text, parameters) may name someone,
# so it is sealed under the case's key and masked with every other text of the case.
saved_queries = sa.Table(
    "saved_queries",
    metadata,
    sa.Column("id", sa.String(40), primary_key=True),
    sa.Column("case_id", sa.ForeignKey("cases.id"), nullable=False, index=True),
    sa.Column("account", sa.String(100), nullable=False),
    sa.Column("words_sealed", sa.LargeBinary, nullable=False),
    sa.Column("shared", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("created_at", sa.DateTime, nullable=False),
    sa.Column("changed_at", sa.DateTime, nullable=False),
)
# Who is given exports of a case. The id is a keyed hash of the name, so that the same name is the same recipient.
recipients = sa.Table(
    "recipients",
    metadata,
    sa.Column("case_id", sa.ForeignKey("cases.id"), primary_key=True),
    sa.Column("id", sa.String(40), primary_key=True),
    sa.Column("name_sealed", sa.LargeBinary, nullable=False),
    sa.Column("added_at", sa.DateTime, nullable=False),
    # Of the least strict export they were named in: who is cleared for less is not told of them.
    sa.Column("handling", sa.String(1), nullable=False, server_default="C"),
)
# Exports, held and given. What they showed stays sealed, so that the next one is counted over all that went before.
exports = sa.Table(
    "exports",
    metadata,
    sa.Column("id", sa.String(40), primary_key=True),
    sa.Column("case_id", sa.ForeignKey("cases.id"), nullable=False, index=True),
    sa.Column("recipient", sa.String(40), nullable=False),
    sa.Column("account", sa.String(100), nullable=False),
    sa.Column("reason_sealed", sa.LargeBinary, nullable=False),
    sa.Column("made_at", sa.DateTime, nullable=False),
    sa.Column("state", sa.String(10), nullable=False),  # waiting · held · given · refused · removed
    sa.Column("handling", sa.String(1), nullable=False),
    sa.Column("nodes", sa.Integer, nullable=False),
    sa.Column("links", sa.Integer, nullable=False),
    sa.Column("sha256", sa.String(64), nullable=False),
    # The file, under a key of its own; both are emptied when it may not be fetched any more.
    sa.Column("key_sealed", sa.LargeBinary, nullable=False),
    sa.Column("content_sealed", sa.LargeBinary),
    sa.Column("shown_sealed", sa.LargeBinary, nullable=False),
    sa.Column("expires_at", sa.DateTime, nullable=False),
    sa.Column("given_at", sa.DateTime),
    sa.Column("recall", sa.String(10), nullable=False, server_default=""),  # sealed · erased: who it shows since was
    sa.Column("recall_at", sa.DateTime),
    sa.Column("recalled_at", sa.DateTime),  # when somebody said that it is back or destroyed
)
# What a person decided about a lead, beside what was shown then. Nothing here changes a score, and nothing is ever changed.
reviews = sa.Table(
    "reviews",
    metadata,
    sa.Column("id", sa.String(40), primary_key=True),
    sa.Column("case_id", sa.ForeignKey("cases.id"), nullable=False, index=True),
    sa.Column("number", sa.Integer, nullable=False),  # counts up in the case: the order they came in, never told
    sa.Column("pseudonym", sa.String(40), nullable=False),  # of the lead, sealed or not
    sa.Column("account", sa.String(100), nullable=False),
    sa.Column("at", sa.DateTime, nullable=False),
    sa.Column("judgement", sa.String(10), nullable=False),  # agree · refuse · park
    # What the reviewer was cleared for: who is cleared for less is not told of it, or not of its words.
    sa.Column("handling", sa.String(1), nullable=False),
    sa.Column("sources", sa.Boolean, nullable=False),
    # Of a lead who stood by name then and does not any more: it would lead from the name to the pseudonym.
    sa.Column("of_name", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("case_version", sa.Integer, nullable=False),
    sa.Column("rules", sa.String(20), nullable=False),
    # The reason (it may name someone), and the figures as they were shown.
    sa.Column("words_sealed", sa.LargeBinary, nullable=False),
)
# Each time a question about a claim was put to who answers for its statement, so that no source is asked too often.
questions = sa.Table(
    "questions",
    metadata,
    sa.Column("id", sa.String(40), primary_key=True),
    sa.Column("case_id", sa.ForeignKey("cases.id"), nullable=False, index=True),
    sa.Column("source", sa.String(40), nullable=False),  # pseudonym of who gave the statement
    sa.Column("claim_id", sa.String(40), nullable=False),  # empty: it is gone
    sa.Column("handling", sa.String(1), nullable=False),  # of the claim
    sa.Column("account", sa.String(100), nullable=False),
    sa.Column("at", sa.DateTime, nullable=False),
)
# Pictures of the network that somebody keeps: private, or shared with those of the case who are cleared for their level.
pictures = sa.Table(
    "pictures",
    metadata,
    sa.Column("id", sa.String(40), primary_key=True),
    sa.Column("case_id", sa.ForeignKey("cases.id"), nullable=False, index=True),
    sa.Column("account", sa.String(100), nullable=False),
    # What who made it was cleared for: who is cleared for less is not told of it, or not of its notes.
    sa.Column("handling", sa.String(1), nullable=False),
    sa.Column("sources", sa.Boolean, nullable=False),
    sa.Column("words_sealed", sa.LargeBinary, nullable=False),  # name and notes
    sa.Column("shared", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("version", sa.Integer, nullable=False),  # the newest
    sa.Column("created_at", sa.DateTime, nullable=False),
    sa.Column("changed_at", sa.DateTime, nullable=False),
)
# What a picture was at each time it was saved; no version is ever changed but where somebody is sealed or erased.
picture_versions = sa.Table(
    "picture_versions",
    metadata,
    sa.Column("picture_id", sa.ForeignKey("pictures.id"), primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("case_id", sa.ForeignKey("cases.id"), nullable=False, index=True),
    sa.Column("account", sa.String(100), nullable=False),
    sa.Column("at", sa.DateTime, nullable=False),
    # What is other than in the one before: numbers and words of ours.
    sa.Column("said", sa.String(200), nullable=False),
    # Whether who saved it had source clearance: then its look, in their words, is for those who have it.
    sa.Column("sources", sa.Boolean, nullable=False, server_default=sa.true()),
    # Its state (`views.picture.canvas`), and the links in it as they were told then (`views.picture.since`).
    sa.Column("state_sealed", sa.LargeBinary, nullable=False),
)
# Where an account was last in a case, in each of its last sittings (a page opened, until it is left).
drafts = sa.Table(
    "drafts",
    metadata,
    sa.Column("case_id", sa.ForeignKey("cases.id"), primary_key=True),
    sa.Column("account", sa.String(100), primary_key=True),
    sa.Column("sitting", sa.String(32), primary_key=True),
    sa.Column("handling", sa.String(1), nullable=False),
    sa.Column("at", sa.DateTime, nullable=False),
    sa.Column("picture_id", sa.String(40), nullable=False, server_default=""),  # which one it began as; empty: none
    sa.Column("number", sa.Integer, nullable=False, server_default="0"),
    sa.Column("state_sealed", sa.LargeBinary, nullable=False),
)
# When an account last said that it had seen what is new in a case.
last_looks = sa.Table(
    "last_looks",
    metadata,
    sa.Column("case_id", sa.ForeignKey("cases.id"), primary_key=True),
    sa.Column("account", sa.String(100), primary_key=True),
    sa.Column("at", sa.DateTime, nullable=False),
    # Of the case then, as the account was cleared for it: while it is the same, nothing that it sees is new.
    sa.Column("version", sa.Integer, nullable=False),
)
# What people say to each other about an entity or a link.
comments = sa.Table(
    "comments",
    metadata,
    sa.Column("id", sa.String(40), primary_key=True),
    sa.Column("case_id", sa.ForeignKey("cases.id"), nullable=False),
    sa.Column("about", sa.String(64), nullable=False),  # keyed hash of what it is about
    sa.Column("number", sa.Integer, nullable=False),  # counts up in the case: the order they came in, never told
    sa.Column("account", sa.String(100), nullable=False),
    sa.Column("at", sa.DateTime, nullable=False),
    # What who wrote it was cleared for, as for pictures.
    sa.Column("handling", sa.String(1), nullable=False),
    sa.Column("sources", sa.Boolean, nullable=False),
    sa.Column("about_sealed", sa.LargeBinary, nullable=False),
    sa.Column("words_sealed", sa.LargeBinary, nullable=False),
    sa.Column("taken_back_at", sa.DateTime),
    sa.Index("ix_comments_case_id_about", "case_id", "about"),
)
# Counts by day from elsewhere that a case is held against, such as official figures.
reference_series = sa.Table(
    "reference_series",
    metadata,
    sa.Column("id", sa.String(40), primary_key=True),
    sa.Column("case_id", sa.ForeignKey("cases.id"), nullable=False, index=True),
    sa.Column("account", sa.String(100), nullable=False),
    sa.Column("at", sa.DateTime, nullable=False),
    # Who is cleared for less is not told of it.
    sa.Column("handling", sa.String(1), nullable=False),
    sa.Column("words_sealed", sa.LargeBinary, nullable=False),  # name, columns, what was said of the file
    sa.Column("counts_sealed", sa.LargeBinary, nullable=False),  # first day, step, numbers, revisions
)
