"""`graphsvc worker`: it says what it lacks in a sentence, opens one port, stores nothing on disk, and ends cleanly."""

from __future__ import annotations

import datetime as dt
import ipaddress
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import dask
import psutil  # type: ignore[import-untyped]  # which Dask brings
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from graphsvc.analysis.ranking.chance import head_of_deal
from graphsvc.analysis.side_by_side import THIS_MACHINE
from graphsvc.machines import other_machines
from graphsvc.machines.other_machines import OtherMachines
from graphsvc.machines.versions import digest
from tests.machines import invented
from tests.machines.cluster import kill, scheduler, workers
from tests.machines.test_other_machines import _Nobody, _warnings


def run(
    environ: Mapping[str, str], *options: str, python: tuple[str, ...] = ("-m", "graphsvc")
) -> tuple[int, str, str]:
    """Status, output and errors of the command."""
    done = subprocess.run(
        [sys.executable, *python, "worker", *options],
        env={**os.environ, **environ},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    return done.returncode, done.stdout, done.stderr


@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("", "names no scheduler to work for. Set it: tls://HOST:PORT, or tcp://"),
        (
            "tcp://10.0.0.5:8786",
            "is 'tcp://10.0.0.5:8786', but takes tls://HOST:PORT or, at a machine where nobody else",
        ),
    ],
    ids=["none", "in the clear"],
)
def test_where_it_may_work_for_nobody_it_is_one_sentence(address: str, says: str) -> None:
    status, printed, error = run({"GRAPHSVC_SCHEDULER": address})
    assert (status, printed) == (71, "")
    assert error.startswith(f"graphsvc: GRAPHSVC_SCHEDULER {says}")
    assert error.count("\n") == 1


def test_without_dask_it_is_one_sentence() -> None:
    without = "import sys; sys.modules['distributed'] = None; sys.modules['dask'] = None\nfrom graphsvc.cli import main; main()"
    status, printed, error = run({"GRAPHSVC_SCHEDULER": "tcp://127.0.0.1:9"}, python=("-c", without))
    assert (status, printed) == (71, "")
    assert (
        error
        == "graphsvc: Other machines are worked with by Dask, which is not installed: pip install '.[scale]' in the checkout.\n"
    )


@pytest.mark.slow(reason="waits for a scheduler that is not there")
def test_a_scheduler_that_is_not_there_is_one_sentence() -> None:
    status, printed, error = run({"GRAPHSVC_SCHEDULER": "tcp://127.0.0.1:9"})
    assert (status, printed) == (71, "")
    assert error.startswith("graphsvc: The scheduler at tcp://127.0.0.1:9 cannot be reached (")
    assert error.endswith("). Start it (`dask scheduler`), or correct GRAPHSVC_SCHEDULER.\n")


def test_behind_tls_without_certificates_it_is_one_sentence(tmp_path: Path) -> None:
    status, printed, error = run({"GRAPHSVC_SCHEDULER": "tls://10.0.0.5:8786", "DASK_CONFIG": str(tmp_path)})
    assert (status, printed) == (71, "")
    assert "set distributed.comm.tls.ca-file, worker.cert and worker.key, see docs/scale.md.\n" in error
    assert error.count("\n") == 1


def start_worker(address: str, folder: Path) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-m", "graphsvc", "worker", "--threads", "2"],
        env={**os.environ, "GRAPHSVC_SCHEDULER": address, "TMPDIR": str(folder)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert f"with 2 threads: graphsvc {digest()}, Python " in process.stdout.readline()
    return process


def test_it_listens_at_one_port_of_this_machine_and_writes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(other_machines, "THIS_MACHINE", _Nobody())
    with scheduler(tmp_path) as (address, _):
        folder = tmp_path / "worker"
        folder.mkdir()
        process = start_worker(address, folder)
        try:
            processors = OtherMachines(address, here_s=0)
            assert len(invented.results(processors, [1])) > 5
            listening = [
                each.laddr for each in psutil.Process(process.pid).net_connections() if each.status == "LISTEN"
            ]
            assert [at.ip for at in listening] == ["127.0.0.1"]
            # The files have only a process name and an empty lock, so none of the data sent to the worker.
            written = [path for path in folder.rglob("*") if path.is_file()]
            assert sum(path.stat().st_size for path in written) < 100, written
            processors.close()
            process.send_signal(signal.SIGTERM)
            _, error = process.communicate(timeout=20)
            assert (process.returncode, error) == (0, "")
            assert list(folder.iterdir()) == []
        finally:
            process.kill()
            process.communicate()


def test_a_scheduler_that_goes_ends_it_in_one_sentence(tmp_path: Path) -> None:
    with scheduler(tmp_path) as (address, at):
        process = start_worker(address, tmp_path)
        kill(at)
        _, error = process.communicate(timeout=60)
    assert process.returncode == 71
    assert error == f"graphsvc: The scheduler at {address} is gone. Start `graphsvc worker` again once it is back.\n"


class Authority:
    """A certificate authority for tests, with certificates for scheduler and worker, and the Dask settings for them."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        self._folder = folder
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "invented authority")])
        self._write("ca", self._sign(self._name, self._key, authority=True), None)
        for role in ("scheduler", "worker", "client"):
            key = ec.generate_private_key(ec.SECP256R1())
            name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, role)])
            self._write(role, self._sign(name, key, authority=False), key)

    def _sign(self, name: x509.Name, key: ec.EllipticCurvePrivateKey, *, authority: bool) -> x509.Certificate:
        now = dt.datetime.now(dt.UTC)
        return (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(self._name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - dt.timedelta(hours=1))
            .not_valid_after(now + dt.timedelta(hours=1))
            .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
            .add_extension(
                x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False
            )
            .sign(self._key, hashes.SHA256())
        )

    def _write(self, name: str, certificate: x509.Certificate, key: ec.EllipticCurvePrivateKey | None) -> None:
        (self._folder / f"{name}.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
        if key is not None:
            plain = serialization.NoEncryption()
            text = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
            (self._folder / f"{name}.key").write_bytes(text)

    def settings(self) -> dict[str, str]:
        """Setting of Dask → file."""
        files = {"ca-file": "ca.pem"}
        for role in ("scheduler", "worker", "client"):
            files |= {f"{role}.cert": f"{role}.pem", f"{role}.key": f"{role}.key"}
        return {f"distributed.comm.tls.{name}": str(self._folder / file) for name, file in files.items()}

    def environ(self) -> dict[str, str]:
        """The settings as environment variables."""
        return {
            f"DASK_{name.upper().replace('.', '__').replace('-', '_')}": value
            for name, value in self.settings().items()
        }


@pytest.fixture(scope="module")
def behind_tls(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Authority]]:
    """A scheduler behind TLS, and its authority."""
    folder = tmp_path_factory.mktemp("tls")
    ours = Authority(folder / "ours")
    options = ("--protocol", "tls", "--host", "tls://127.0.0.1", "--port", "0")
    with scheduler(folder, *options, environ=ours.environ()) as (address, _):
        assert address.startswith("tls://127.0.0.1:")
        yield address, ours


def test_behind_tls_it_works_with_certificates_of_both_sides(
    behind_tls: tuple[str, Authority], monkeypatch: pytest.MonkeyPatch
) -> None:
    address, ours = behind_tls
    network, deals = invented.deals(20)
    expected = list(THIS_MACHINE.each(head_of_deal, network, deals))
    monkeypatch.setattr(other_machines, "THIS_MACHINE", _Nobody())
    with workers(address, 1, ours.environ()), dask.config.set(ours.settings()):
        processors = OtherMachines(address, here_s=0)
        assert list(processors.each(head_of_deal, network, deals)) == expected
        processors.close()


def test_behind_tls_nobody_of_another_authority_is_let_in(
    behind_tls: tuple[str, Authority], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    address, _ = behind_tls
    foreign = Authority(tmp_path / "others")
    network, deals = invented.deals(20)
    with dask.config.set(foreign.settings()):
        processors = OtherMachines(address, here_s=0)
        began = time.monotonic()
        assert len(list(processors.each(head_of_deal, network, deals))) == len(deals)
        assert time.monotonic() - began < 30
        processors.close()
    (warning,) = _warnings(caplog)
    assert warning.startswith(f"The scheduler at {address} cannot be reached (")
    assert warning.endswith("; the work is done here")
    status, _, error = run({"GRAPHSVC_SCHEDULER": address, **foreign.environ()})
    assert status == 71
    assert error.startswith(f"graphsvc: The scheduler at {address} cannot be reached (")
    assert error.count("\n") == 1
