"""nginx as deploy/nginx has it, before the services: TLS, the client certificate's subject, and nothing that a caller could forge."""

import shutil
import subprocess
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
import requests
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from .conftest import free_port, served
from .hosts import eventually
from .soap_requests import NAMESPACES, SECRET, credential, envelope, security

CONF = Path(__file__).parents[3] / "deploy" / "nginx" / "votecal.conf"
PATH, HEADERS = "/soap/ems-integration", {"Content-Type": "text/xml; charset=utf-8"}
SUBJECT_HEADER = "X-Client-Certificate-Subject"
NGINX = shutil.which("nginx", path="/usr/sbin:/usr/local/sbin:/usr/bin")


def ping(header):
    return envelope(f'<Ping xmlns="{NAMESPACES["ems-integration"]}"/>', header)


def certified(folder, name, issuer=None):
    """A key and a certificate in files; signed by itself, or by the issuer."""
    key, subject = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    signed_by, signing = issuer or (subject, key)
    made = x509.CertificateBuilder(signed_by, subject, key.public_key(), x509.random_serial_number())
    made = made.not_valid_before(datetime.now(UTC) - timedelta(days=1)).not_valid_after(datetime.now(UTC) + timedelta(days=1))
    made = made.add_extension(x509.BasicConstraints(ca=issuer is None, path_length=None), critical=True)
    made = made.add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
    (folder / f"{name}.pem").write_bytes(made.sign(signing, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))
    form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / f"{name}.key").write_bytes(key.private_bytes(*form))
    return subject, key


def configuration(folder, port, services):
    """The example with this test's folder and ports, inside a main file."""
    example = CONF.read_text().replace("/etc/votecal/tls/server.", f"{folder}/server.").replace("/etc/votecal/tls/counties-ca.", f"{folder}/ca.")
    example = example.replace("listen 443 ssl", f"listen 127.0.0.1:{port} ssl").replace("127.0.0.1:8080", services).replace("127.0.0.1:8082", services)
    (folder / "votecal.conf").write_text(example)
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    temporary = " ".join(f"{kind}_temp_path {folder}/{kind};" for kind in kinds)
    main = folder / "nginx.conf"
    # One process, in the foreground: it runs as whoever started it, and its end is the end.
    main.write_text(
        f"daemon off; master_process off; pid {folder}/pid; error_log {folder}/error.log; events {{}}\n"
        f"http {{ access_log off; {temporary} include {folder}/votecal.conf; }}\n"
    )
    return main


@pytest.fixture
def proxy(state, tmp_path):
    """nginx before the services; its address and the folder of the certificates."""
    if NGINX is None:
        pytest.skip("NO NGINX: install nginx-light; the example of a reverse proxy was not tried")
    with state.application.unit_of_work() as uow:
        uow.reference.save_credential(credential("la-bound", "19", SECRET, certificate_subject="CN=la"))
        uow.commit()
    state.reconfigure(trusted_proxies=("127.0.0.1",), client_certificate_header=SUBJECT_HEADER)
    issuer = certified(tmp_path, "ca")
    for name in ("server", "la", "other"):
        certified(tmp_path, name, issuer)
    certified(tmp_path, "stranger")
    port = free_port()
    main = configuration(tmp_path, port, state.application.config.public_url.removeprefix("http://"))
    checked = subprocess.run([NGINX, "-t", "-q", "-c", main, "-e", tmp_path / "error.log"], capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stderr
    with served(state), subprocess.Popen([NGINX, "-c", main, "-e", tmp_path / "error.log"]) as process:
        try:
            eventually(lambda: is_there(port))
            yield f"https://127.0.0.1:{port}", tmp_path
        finally:
            process.terminate()


def is_there(port):
    try:
        requests.get(f"http://127.0.0.1:{port}", timeout=10)
    except requests.ConnectionError:
        return False
    return True


@pytest.mark.slow
@pytest.mark.requirement("EWS-01")
def test_the_example_proxy_hands_the_certificates_subject_on_and_believes_nobody(proxy):
    address, folder = proxy

    def called(header, certificate=None, **forged):
        cert = certificate and (str(folder / f"{certificate}.pem"), str(folder / f"{certificate}.key"))
        return requests.post(address + PATH, ping(header), headers=HEADERS | forged, cert=cert, verify=str(folder / "ca.pem"), timeout=30)

    assert b"PingResult" in called("", "la").content
    assert b"PingResult" in called(security()).content
    forged = {SUBJECT_HEADER: "CN=la", "X-Forwarded-For": "127.0.0.1", "X_Client_Certificate_Subject": "CN=la"}
    assert b"VC-3001" in called(security("la-bound"), **forged).content
    assert b"VC-3001" in called(security("la-bound"), "other", **forged).content
    assert called("", "stranger").status_code == 400
    answer = called(security())
    assert "nginx/" not in answer.headers.get("Server", "")
