"""Uploads of one person: received, previewed, read by another mapping, confirmed or cancelled.

Each of these asks anew whether the person may. What rejections say may name sealed persons, so it goes to the one who
loads, and is kept encrypted with the upload alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from typing import Any

from graphsvc.cases.deliveries.loaded import Loaded
from graphsvc.cases.stores.parcel import Parcel
from graphsvc.cases.stores.uploads import Options, Upload
from graphsvc.errors import Busy, InputError, RequestError
from graphsvc.ingest.mapping import built_in_mappings, mapping_of
from graphsvc.records.progress import Progress
from graphsvc.service.ask import Ask
from graphsvc.service.deliveries.loading import Loading

# What the mapping is called that somebody chose in a preview.
CORRECTED = "chosen in the preview.toml"


class Uploads:
    """The uploads of one person that wait in one case."""

    def __init__(self, ask: Ask, loading: Loading) -> None:
        self._ask = ask
        self._loading = loading

    def mappings(self) -> list[str]:
        """Names of the built-in mappings for other people's tables."""
        return built_in_mappings()

    @contextmanager
    def receiving(self) -> Iterator[Parcel]:
        """A parcel to stream an upload into; unless `keep` takes it inside the block, nothing stays of it.

        Raises:
            Refused, NotFound, RequestError: see `require_loading`; before a byte is received.
        """
        with self._ask.act("load", step="upload"):
            self._loading.require()
            with self._ask.home.uploads.receiving() as parcel:
                yield parcel

    def keep(self, parcel: Parcel, name: str, options: Options) -> Upload:
        """Keep what was received, to be previewed and then confirmed or cancelled.

        Raises:
            InputError: it is empty, of the wrong kind, or the mapping cannot be used. RequestError: no such mapping.
        """
        self._loading.require()
        if options.mapping and not options.mapping_text and options.mapping not in built_in_mappings():
            raise RequestError(f"There is no mapping {options.mapping[:60]!r}. Choose one of the list.")
        return self._ask.home.uploads.keep(parcel, self._ask.principal.name, self._ask.case, name, options)

    def listed(self) -> list[Upload]:
        """Your uploads that wait in this case."""
        self._loading.require()
        return self._ask.home.uploads.waiting(self._ask.principal.name, self._ask.case)

    def look(self, upload: str) -> Upload:
        """One of your uploads.

        Raises:
            NotFound: it does not wait any more.
        """
        self._loading.require()
        return self._ask.home.uploads.one(upload, *self._loading.owner)

    def preview(self, upload: str, progress: Progress) -> Loaded:
        """What loading an upload would do; worked out once, then kept as long as the upload waits and the case is as it was.

        Raises:
            InputError: it cannot be read as it is. NotFound, Busy: see `cases.stores.uploads`.
        """
        if (loaded := self.previewed(upload)) is None:
            on, options = self._on, self.look(upload).options
            source = self._ask.home.uploads.opened(upload, *self._loading.owner)
            loaded = self._loading.load(
                source,
                progress,
                partial=options.partial,
                strict=options.strict,
                dry_run=True,
                protection=options.protection,
            )
            # Cancelled in the meantime: nothing is kept.
            self._ask.home.uploads.keep_preview(upload, *self._loading.owner, on, options, loaded)
            if not self._stands(on):  # what names in it stand for may have been decided otherwise meanwhile
                self._ask.home.uploads.forget_previews(upload)
        return loaded

    def correct(self, upload: str, mapping: str) -> None:
        """Have one of your uploads, a chart, read by another mapping; its preview is worked out anew.

        Args:
            upload: its id.
            mapping: TOML, as `ingest.i2.chart.chart_mapping` makes it.

        Raises:
            InputError: the mapping cannot be used. NotFound: it does not wait any more. Busy: it is being read.
        """
        with self._ask.act("load", step="correct upload"):
            waiting = self.look(upload)
            mapping_of(CORRECTED, mapping.encode())
            options = replace(waiting.options, mapping=CORRECTED, mapping_text=mapping)
            self._ask.home.uploads.change(upload, *self._loading.owner, options)

    def previewed(self, upload: str) -> Loaded | None:
        """The preview of an upload if it was worked out on the case as it is, for somebody cleared as you are.

        Raises:
            NotFound: the upload does not wait any more. Busy: the case is being loaded.
        """
        self._loading.require()
        return self._ask.home.uploads.preview(upload, *self._loading.owner, self._on)

    @property
    def _on(self) -> tuple[object, ...]:
        """What a preview is worked out on: the case as it stands, and what you may be told of it; without a case only that."""
        there = self._ask.case in {case.id for case in self._ask.cases()}
        return *(self._ask.state if there else ()), self._ask.may("analyse"), self._ask.grant.sources

    def _stands(self, on: tuple[object, ...]) -> bool:
        try:
            return self._on == on
        except Busy:
            return False

    def start_preview(self, upload: str) -> str:
        """Work out the preview as a job; gives its id."""

        def work(progress: Progress) -> dict[str, Any]:
            try:
                self.preview(upload, progress)
            except InputError:
                self.cancel(upload)  # it will not become readable by waiting
                raise
            return {}

        self.look(upload)
        return self._loading.start("preview", work, upload=upload)

    def confirm(self, upload: str, *, other_names: bool = False) -> str:
        """Load an upload as a job, and delete it; gives the job's id. See `Deliveries.load`.

        Where it ends with an error and nothing of it is recorded, or nothing is loaded since rows were rejected, the upload goes
        on waiting.

        Raises:
            InputError: its preview found other names behind most ids, and `other_names` does not say that this is right.
            NotFound: it does not wait any more. Busy: the case is being loaded; the upload goes on waiting.
        """
        self._loading.require()
        self._loading.require_quiet()
        options = self.look(upload).options
        if (previewed := self.previewed(upload)) is not None:
            previewed.require_sound(confirmed=other_names)
        with ExitStack() as unless_started:
            claimed = ExitStack()
            source = claimed.enter_context(self._ask.home.uploads.claim(upload, *self._loading.owner))
            unless_started.push(claimed)

            def work(progress: Progress) -> dict[str, Any]:
                with claimed:
                    loaded = self._loading.load(
                        source,
                        progress,
                        partial=options.partial,
                        strict=options.strict,
                        other_names=other_names,
                        protection=options.protection,
                    )
                    # All or nothing, and it was nothing: what to correct is in its preview.
                    source.stays = not loaded.committed and loaded.same_as is None and bool(loaded.rejections)
                    return loaded.outcome

            job = self._loading.start("load", work)
            unless_started.pop_all()  # from here on it is the job's
        return job

    def cancel(self, upload: str) -> None:
        """Delete one of your uploads.

        Raises:
            NotFound: it does not wait any more.
        """
        with self._ask.act_anywhere("load", step="cancel upload"):
            self._ask.home.uploads.drop(upload, *self._loading.owner)
