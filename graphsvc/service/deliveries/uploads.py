"""One person's uploads: received, previewed, read with a different mapping, confirmed or cancelled.

Each step checks the permission again. The list of rejected rows may name sealed people, so only the person importing
sees it, and it is stored encrypted with the upload.
"""

from __future__ import annotations

import io
import tempfile
import time
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from graphsvc import simulate
from graphsvc.cases.deliveries.loaded import Loaded
from graphsvc.cases.stores.parcel import Parcel
from graphsvc.cases.stores.uploads import Options, Upload
from graphsvc.errors import Busy, InputError, RequestError
from graphsvc.ingest.forms import ADVICE, ANY_FORM, SUFFIXES
from graphsvc.ingest.i2.chart import chart_mapping
from graphsvc.ingest.mapping import built_in_mappings, mapping_of
from graphsvc.records.progress import Progress
from graphsvc.service.ask import Ask
from graphsvc.service.deliveries.loading import Loading

# Name given to a mapping that was chosen in a preview.
CORRECTED = "chosen in the preview.toml"
# How long a preview waits for other work on its case, and the pause between two tries, in seconds.
_PATIENCE_S, _AGAIN_S = 600.0, 0.5


class Uploads:
    """One person's waiting uploads in one case."""

    def __init__(self, ask: Ask, loading: Loading) -> None:
        self._ask = ask
        self._loading = loading

    def file_forms(self) -> dict[str, Any]:
        """Return `suffixes`, `any_form` and `advice` of `ingest.forms`; `advice` goes after a file's name."""
        return {"suffixes": SUFFIXES, "any_form": ANY_FORM, "advice": ADVICE}

    def mappings(self) -> list[str]:
        """Return names of the built-in mappings for other formats."""
        return built_in_mappings()

    @contextmanager
    def receiving(self) -> Iterator[Parcel]:
        """Yield a parcel to stream an upload into; it is deleted unless `keep` is called inside the block.

        Raises:
            Refused, NotFound, RequestError: see `Loading.require`; raised before a byte is received.
        """
        with self._ask.act("load", step="upload"):
            self._loading.require()
            with self._ask.home.uploads.receiving() as parcel:
                yield parcel

    def keep(self, parcel: Parcel, name: str, options: Options) -> Upload:
        """Store a received upload, to be previewed and then confirmed or cancelled.

        Raises:
            InputError: it is empty or of the wrong kind, or the mapping cannot be used.
            RequestError: there is no such mapping.
        """
        self._loading.require()
        if options.mapping and not options.mapping_text and options.mapping not in built_in_mappings():
            raise RequestError(f"There is no mapping {options.mapping[:60]!r}. Choose one of the list.")
        return self._ask.home.uploads.keep(parcel, self._ask.principal.name, self._ask.case, name, options)

    def take_demo(self) -> Upload:
        """Store the invented demo case as an upload, as if its folder had been sent."""
        with tempfile.TemporaryDirectory(prefix="graphsvc-") as name, self.receiving() as parcel:
            folder, packed = Path(name), io.BytesIO()
            simulate.demo(folder)
            with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
                for table in sorted(folder.glob("*.csv")):
                    archive.write(table, table.name)
            parcel.write(packed.getvalue())
            return self.keep(parcel, "demo.zip", Options())

    def list_uploads(self) -> list[Upload]:
        """Return the person's waiting uploads in this case."""
        self._loading.require()
        return self._ask.home.uploads.waiting(self._ask.principal.name, self._ask.case)

    def look(self, upload: str) -> Upload:
        """Return one of the person's uploads.

        Raises:
            NotFound: the upload is no longer waiting.
        """
        self._loading.require()
        return self._ask.home.uploads.one(upload, *self._loading.owner)

    def preview(self, upload: str, progress: Progress) -> Loaded:
        """Preview importing an upload; the result is kept as long as the upload waits and the case is unchanged.

        Raises:
            InputError: it cannot be read.
            NotFound, Busy: see `cases.stores.uploads`.
        """
        if (loaded := self.current_preview(upload)) is None:
            on, options = self._on, self.look(upload).options
            source = self._ask.home.uploads.open_upload(upload, *self._loading.owner)
            loaded = self._loading.load(
                source,
                progress,
                partial=options.partial,
                strict=options.strict,
                dry_run=True,
                protection=options.protection,
            )
            # If the upload was cancelled in the meantime, nothing is stored.
            self._ask.home.uploads.keep_preview(upload, *self._loading.owner, on, options, loaded)
            if not self._stands(on):  # people named in it may since have been sealed, or named again
                self._ask.home.uploads.forget_previews(upload)
        return loaded

    def correct(
        self, upload: str, entities: Mapping[str, str], links: Mapping[str, str], statement: Mapping[str, str]
    ) -> None:
        """Read an uploaded chart with a different mapping; its preview is computed again.

        Args:
            upload: its id.
            entities: type of entity in the chart → how it is read.
            links: the same for types of link.
            statement: column → value, for the statement made from the chart.

        Raises:
            InputError: the mapping cannot be used.
            NotFound: the upload is no longer waiting.
            Busy: it is being read.
        """
        mapping = chart_mapping(entities, links, statement)
        with self._ask.act("load", step="correct upload"):
            waiting = self.look(upload)
            mapping_of(CORRECTED, mapping.encode())
            options = replace(waiting.options, mapping=CORRECTED, mapping_text=mapping)
            self._ask.home.uploads.change(upload, *self._loading.owner, options)

    def current_preview(self, upload: str) -> Loaded | None:
        """Return the preview of an upload if it is current for the case and for this person's clearance, else None.

        Raises:
            NotFound: the upload is no longer waiting.
            Busy: the case is being imported.
        """
        self._loading.require()
        return self._ask.home.uploads.preview(upload, *self._loading.owner, self._on)

    @property
    def _on(self) -> tuple[object, ...]:
        """Key of a preview: state of the case (if it exists) and the person's permissions."""
        sees_case = self._ask.case in {case.id for case in self._ask.cases()}
        return *(self._ask.state if sees_case else ()), self._ask.may("analyse"), self._ask.grant.sources

    def _stands(self, on: tuple[object, ...]) -> bool:
        try:
            return self._on == on
        except Busy:
            return False

    def start_preview(self, upload: str) -> str:
        """Compute the preview as a job, which waits until other work on the case is done; return its id."""

        def work(progress: Progress) -> dict[str, Any]:
            ends = time.monotonic() + _PATIENCE_S
            while True:
                try:
                    self.preview(upload, progress)
                except InputError:
                    self.cancel(upload)  # it will not become readable by waiting
                    raise
                except Busy:
                    if time.monotonic() > ends:
                        raise
                    progress(0, 0, "waiting until other work on the case is done")
                    time.sleep(_AGAIN_S)
                else:
                    return {}

        self.look(upload)
        return self._loading.start("preview", work, upload=upload)

    def confirm(self, upload: str, *, other_names: bool = False) -> str:
        """Import an upload as a job, then delete it; return the job's id. See `Deliveries.load`.

        The upload goes on waiting if the job fails without recording anything, or if nothing is imported because rows
        were rejected.

        Raises:
            InputError: its preview found different names for most ids, and `other_names` is not set.
            NotFound: the upload is no longer waiting.
            Busy: the case is being imported; the upload goes on waiting.
        """
        self._loading.require()
        self._loading.require_quiet()
        options = self.look(upload).options
        if (previewed := self.current_preview(upload)) is not None:
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
                    # If rejected rows stopped the import, the upload stays: its preview shows what to correct.
                    source.stays = not loaded.committed and loaded.same_as is None and bool(loaded.rejections)
                    return loaded.outcome

            job = self._loading.start("load", work)
            unless_started.pop_all()  # from now on the job closes the upload
        return job

    def cancel(self, upload: str) -> None:
        """Delete one of the person's uploads.

        Raises:
            NotFound: the upload is no longer waiting.
        """
        with self._ask.act_anywhere("load", step="cancel upload"):
            self._ask.home.uploads.drop(upload, *self._loading.owner)
