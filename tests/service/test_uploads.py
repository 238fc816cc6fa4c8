from __future__ import annotations

import gc
import io
import secrets
import stat
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa
from filelock import FileLock

from graphsvc.access.log.audit import now
from graphsvc.access.vault.masterkey import open_vault
from graphsvc.appdb import open_database, tables, transaction
from graphsvc.cases.deliveries.loaded import Loaded
from graphsvc.cases.stores.uploads import Options, Upload, UploadStore
from graphsvc.config import Settings
from graphsvc.errors import Busy, InputError, NotFound, OperatorError

WHO = ("ann", "north")
PLAIN = Options()


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def database(home: Path) -> Iterator[sa.Engine]:
    engine = open_database(Settings.read({}, home=home))
    yield engine
    engine.dispose()


def make_store(home: Path, database: sa.Engine, **overrides: int) -> UploadStore:
    settings = Settings.read({}, home=home, **overrides)
    return UploadStore(database, open_vault(settings, database), settings)


@pytest.fixture
def uploads(home: Path, database: sa.Engine) -> UploadStore:
    return make_store(home, database)


def sent(
    uploads: UploadStore, content: bytes, name: str = "case.zip", options: Options = PLAIN, step: int = 70_000
) -> Upload:
    with uploads.receiving() as parcel:
        stream = io.BytesIO(content)
        while piece := stream.read(step):
            parcel.write(piece)
        return uploads.keep(parcel, *WHO, name, options)


def upload_files(home: Path) -> list[Path]:
    return [path for path in (home / "uploads").rglob("*") if path.is_file()]


@pytest.mark.parametrize("size", [1, (1 << 20) - 1, 1 << 20, (1 << 20) + 1, 3 << 20])
def test_what_was_sent_is_read_back_whatever_its_size(uploads: UploadStore, size: int) -> None:
    content = secrets.token_bytes(size)
    upload = sent(uploads, content)
    with uploads.open_upload(upload.id, *WHO) as opened:
        assert opened.path.read_bytes() == content


def test_nothing_on_the_disk_can_be_read_without_the_vault(home: Path, uploads: UploadStore) -> None:
    sent(uploads, b"Idris Karam" * 9, "Idris Karam.zip", Options("mine.toml", "Idris Karam"))
    for path in upload_files(home):
        assert b"Karam" not in path.read_bytes()
        assert "Karam" not in str(path)
    assert all(b"Karam" not in path.read_bytes() for path in home.rglob("graphsvc.sqlite*"))


def test_it_is_open_to_its_owner_alone_and_only_while_it_is_read(home: Path, uploads: UploadStore) -> None:
    upload = sent(uploads, b"x", options=Options("map.toml", 'title = "m"'))
    with uploads.open_upload(upload.id, *WHO) as opened:
        assert stat.S_IMODE(opened.path.parent.stat().st_mode) == 0o700
        assert opened.path.name == "case.zip"
        assert Path(opened.mapping).read_text("utf-8") == 'title = "m"'
    assert not opened.path.parent.exists()
    with pytest.raises(ZeroDivisionError), uploads.open_upload(upload.id, *WHO) as opened:
        raise ZeroDivisionError
    assert not opened.path.parent.exists()
    assert [entry.id for entry in uploads.waiting(*WHO)] == [upload.id]


def test_a_claim_is_the_last_look_and_leaves_nothing(home: Path, uploads: UploadStore) -> None:
    upload = sent(uploads, b"x")
    claim = uploads.claim(upload.id, *WHO)
    with pytest.raises(NotFound):
        uploads.claim(upload.id, *WHO)
    uploads.sweep()  # does not remove an upload that is being loaded
    assert uploads.waiting(*WHO) == []
    with claim as source:
        with source as opened:
            assert opened.path.read_bytes() == b"x"
        assert {path.name for path in upload_files(home)} == {"content", "about", "claimed"}
    assert upload_files(home) == []
    with pytest.raises(NotFound):
        uploads.one(upload.id, *WHO)


def test_what_could_not_be_loaded_goes_on_waiting(home: Path, uploads: UploadStore) -> None:
    upload = sent(uploads, b"x")
    claim = uploads.claim(upload.id, *WHO)
    with pytest.raises(ZeroDivisionError), claim as source, source:
        raise ZeroDivisionError
    assert [entry.id for entry in uploads.waiting(*WHO)] == [upload.id]
    with uploads.claim(upload.id, *WHO) as source, source as opened:
        assert opened.path.read_bytes() == b"x"
    assert upload_files(home) == []


def test_what_could_not_be_loaded_in_time_is_gone(home: Path, uploads: UploadStore, database: sa.Engine) -> None:
    claim = uploads.claim(sent(uploads, b"x").id, *WHO)
    claim.__enter__()
    with transaction(database) as connection:
        connection.execute(tables.uploads.update().values(expires_at=now()))
    uploads.sweep()
    assert upload_files(home) != []
    assert not claim.__exit__(ZeroDivisionError, ZeroDivisionError(), None)
    assert upload_files(home) == []


def test_a_claim_may_be_read_in_another_thread(uploads: UploadStore) -> None:
    claim = uploads.claim(sent(uploads, b"here").id, *WHO)
    read: list[bytes] = []

    def work() -> None:
        with claim as source, source as opened:
            read.append(opened.path.read_bytes())

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert read == [b"here"]


def test_another_account_or_case_does_not_find_it(uploads: UploadStore) -> None:
    upload = sent(uploads, b"x")
    for who in (("bob", "north"), ("ann", "south")):
        with pytest.raises(NotFound):
            uploads.one(upload.id, *who)
        with pytest.raises(NotFound):
            uploads.drop(upload.id, *who)
    assert uploads.one(upload.id, *WHO) == upload


def test_cancelled_it_is_gone(home: Path, uploads: UploadStore) -> None:
    upload = sent(uploads, b"x")
    uploads.drop(upload.id, *WHO)
    assert upload_files(home) == []
    with pytest.raises(NotFound):
        uploads.one(upload.id, *WHO)


def test_timed_out_it_is_gone_at_the_next_use(home: Path, database: sa.Engine, uploads: UploadStore) -> None:
    upload = sent(uploads, b"x")
    with transaction(database) as connection:
        connection.execute(tables.uploads.update().values(expires_at=now()))
    with pytest.raises(NotFound, match="30 minutes"):
        uploads.one(upload.id, *WHO)
    assert uploads.waiting(*WHO) == []
    assert upload_files(home) == []


def test_what_a_kill_left_behind_is_swept(home: Path, uploads: UploadStore) -> None:
    upload = sent(uploads, b"x")
    for folder in (home / "uploads" / upload.id / "open", home / "uploads" / "halfway"):
        folder.mkdir()
        (folder / "case.zip").write_bytes(b"in the clear")
    uploads.sweep()
    assert {path.name for path in upload_files(home)} == {"content", "about"}
    with uploads.open_upload(upload.id, *WHO) as opened:
        assert opened.path.read_bytes() == b"x"


def test_too_large_is_refused_while_it_comes_in_and_leaves_nothing(home: Path, database: sa.Engine) -> None:
    uploads = make_store(home, database, upload_mb=1)
    with pytest.raises(InputError, match="larger than 1 MiB"):
        sent(uploads, bytes(3 << 20))
    with pytest.raises(InputError), uploads.receiving() as parcel:
        parcel.write(bytes((1 << 20) + 1))
    assert upload_files(home) == []


@pytest.mark.parametrize(("name", "content"), [("case.csv", b"x"), ("case", b"x"), ("case.zip", b"")])
def test_what_is_no_delivery_is_refused_and_leaves_nothing(
    home: Path, uploads: UploadStore, name: str, content: bytes
) -> None:
    with pytest.raises(InputError):
        sent(uploads, content, name)
    assert upload_files(home) == []


@pytest.mark.parametrize("name", ["../../etc/case.zip", "C:\\temp\\case.zip", "/case.zip", "\0case.zip", ".case.zip"])
def test_a_file_name_is_never_a_path(uploads: UploadStore, name: str) -> None:
    assert sent(uploads, b"x", name).name == "case.zip"


def test_it_is_read_by_one_at_a_time(uploads: UploadStore) -> None:
    upload = sent(uploads, b"x")
    with uploads.open_upload(upload.id, *WHO), pytest.raises(Busy), uploads.open_upload(upload.id, *WHO):
        pass
    with uploads.open_upload(upload.id, *WHO) as opened:
        assert opened.path.read_bytes() == b"x"


def test_a_content_that_was_cut_does_not_open(home: Path, uploads: UploadStore) -> None:
    upload = sent(uploads, bytes((1 << 20) + 5))
    content = home / "uploads" / upload.id / "content"
    content.write_bytes(content.read_bytes()[: (1 << 20) + 28])
    with pytest.raises(OperatorError), uploads.open_upload(upload.id, *WHO):
        pass
    assert not (home / "uploads" / upload.id / "open").exists()


# -- several processes ----------------------------------------------------------------------------------------------

WOULD = Loaded("north", None, None, {}, [], committed=False)


def test_what_one_process_worked_out_another_has_for_the_case_and_the_options_it_was_made_of(
    home: Path, database: sa.Engine, uploads: UploadStore
) -> None:
    second_store = make_store(home, database)
    upload = sent(uploads, b"x")
    assert second_store.preview(upload.id, *WHO, [1]) is None
    uploads.keep_preview(upload.id, *WHO, [1], upload.options, WOULD)
    assert second_store.preview(upload.id, *WHO, [1]) == WOULD == uploads.preview(upload.id, *WHO, [1])
    assert second_store.preview(upload.id, *WHO, [2]) is None, "the case is another by now"
    second_store.change(upload.id, *WHO, Options("mine.toml", 'title = "m"'))
    assert uploads.preview(upload.id, *WHO, [1]) is None, "it is to be read otherwise"
    # Another process computed a preview in the meantime, with the earlier options.
    uploads.keep_preview(upload.id, *WHO, [1], upload.options, WOULD)
    assert uploads.preview(upload.id, *WHO, [1]) is None
    uploads.keep_preview(upload.id, *WHO, [1], second_store.one(upload.id, *WHO).options, WOULD)
    assert uploads.preview(upload.id, *WHO, [1]) == WOULD
    second_store.forget_previews()
    assert uploads.preview(upload.id, *WHO, [1]) is None
    with pytest.raises(NotFound):
        second_store.preview(upload.id, "bob", "north", [1])


def test_a_preview_can_be_read_with_the_vault_alone_and_goes_with_its_upload(home: Path, uploads: UploadStore) -> None:
    upload = sent(uploads, b"x")
    uploads.keep_preview(upload.id, *WHO, [1], upload.options, replace(WOULD, names={"S-1": "Idris Karam"}))
    assert len(upload_files(home)) == 3
    assert [path for path in upload_files(home) if b"Karam" in path.read_bytes()] == []
    uploads.drop(upload.id, *WHO)
    assert upload_files(home) == []


def test_what_one_process_loads_waits_for_no_other(home: Path, database: sa.Engine, uploads: UploadStore) -> None:
    second_store = make_store(home, database)
    upload = sent(uploads, b"x")
    with uploads.claim(upload.id, *WHO) as source:
        for each in (uploads, second_store):
            assert each.waiting(*WHO) == []
            for attempt in (each.one, each.drop, each.claim):
                with pytest.raises(NotFound):
                    attempt(upload.id, *WHO)
        with source as opened:
            assert opened.path.read_bytes() == b"x"
    assert upload_files(home) == []


def test_what_a_killed_process_had_claimed_waits_again(home: Path, database: sa.Engine, uploads: UploadStore) -> None:
    upload = sent(uploads, b"x")
    claimed = uploads.claim(upload.id, *WHO)
    assert make_store(home, database).waiting(*WHO) == []
    # Release the lock, as the system does when a process ends.
    (lock,) = [
        each
        for each in gc.get_objects()
        if isinstance(each, FileLock) and upload.id in each.lock_file and each.is_locked
    ]
    lock.release()
    second_store = make_store(home, database)
    assert [each.id for each in second_store.waiting(*WHO)] == [upload.id]
    with second_store.claim(upload.id, *WHO) as source, source as opened:
        assert opened.path.read_bytes() == b"x"
    del claimed
