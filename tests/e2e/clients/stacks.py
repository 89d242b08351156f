"""The client stacks: what each needs on the machine, how its classes are made from the served WSDL, and how it is started."""

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from glob import glob
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).parents[3]
CLIENTS = ROOT / "clients"
BUILD = ROOT / "build" / "clients"
"""Outside version control; kept between runs, because the compilers take longer than the calls."""

NODE_MODULES = BUILD / "node" / "node_modules"
JARS = Path("/usr/share/java")
AXIS = ("axis", "axis-jaxrpc", "axis-saaj", "wsdl4j", "commons-logging", "commons-discovery", "javax.mail", "javax.activation")
QUICK_JVM = ("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC")
"""For programs that live for two seconds."""

NAMES = {"ems": "ems-integration", "des": "batch-data-exchange"}


@dataclass(frozen=True, kw_only=True)
class Stack:
    """One way to speak SOAP. `build` makes what is to be made in a folder of its own, from the WSDLs at an address."""

    name: str
    source: str
    needs: Sequence[str]
    command: Callable[[Path], list[str]]
    build: Callable[[Path, str], None] | None = None

    def missing(self) -> list[str]:
        """What of its needs is not there: commands, Python modules, files."""
        return [need for need in self.needs if not (shutil.which(need) or glob(need) or _is_module(need))]

    @property
    def folder(self) -> Path:
        """Where its sources are."""
        return (CLIENTS / self.source).parent

    def made(self, url: str, wsdls: Sequence[bytes]) -> Path:
        """The folder with what was built of these sources and WSDLs, now or in an earlier run."""
        digest = hashlib.sha256(b"".join([*wsdls, *(path.read_bytes() for path in sorted(self.folder.iterdir()) if path.is_file())])).hexdigest()[:16]
        folder = BUILD / f"{self.name}-{digest}"
        if self.build is not None and not folder.exists():
            unfinished = BUILD / f"{self.name}-{os.getpid()}.unfinished"
            shutil.rmtree(unfinished, ignore_errors=True)
            unfinished.mkdir(parents=True)
            self.build(unfinished, url)
            unfinished.rename(folder)
        return folder

    def run(self, folder: Path, arguments: Sequence[str], seconds: int = 120) -> subprocess.CompletedProcess[str]:
        """Run the client; its output is UTF-8 whatever the machine's language."""
        environ = {**os.environ, "LC_ALL": "C.UTF-8", "NODE_PATH": str(NODE_MODULES), "NO_PROXY": "127.0.0.1", "no_proxy": "127.0.0.1"}
        return subprocess.run(
            [*self.command(folder), *arguments],
            cwd=folder if folder.exists() else ROOT,
            env=environ,
            capture_output=True,
            encoding="utf-8",
            timeout=seconds,
            check=False,
        )


def _is_module(name: str) -> bool:
    return name.isidentifier() and find_spec(name) is not None


def _do(folder: Path, *command: object) -> None:
    done = subprocess.run([str(part) for part in command], cwd=folder, capture_output=True, text=True, timeout=280, check=False)
    assert done.returncode == 0, f"{command[0]}: {done.stdout[-2000:]}{done.stderr[-2000:]}"


def _wsdl(url: str, service: str) -> str:
    return f"{url}/soap/{NAMES[service]}?wsdl"


def _build_perl(folder: Path, url: str) -> None:
    for name, prefix in (("ems", "Ems"), ("des", "Des")):
        parts = ("-p", prefix, "-t", f"{prefix}Types", "-e", f"{prefix}Elements", "--typemap_prefix", f"{prefix}Maps", "-i", f"{prefix}Interfaces")
        _do(folder, "wsdl2perl", "-b", ".", *parts, _wsdl(url, name))


def _build_jaxws(folder: Path, url: str) -> None:
    for name in NAMES:
        _do(folder, "wsimport", "-quiet", "-keep", "-Xnocompile", "-s", ".", "-p", f"org.votecal.{name}", _wsdl(url, name))
    _javac(folder, str(JARS / "jaxws-rt.jar"), CLIENTS / "java-jaxws" / "EmsClient.java")


def _build_axis(folder: Path, url: str) -> None:
    for name in NAMES:
        _do(folder, "java", *QUICK_JVM, "-cp", _axis(), "org.apache.axis.wsdl.WSDL2Java", "-p", f"org.votecal.{name}", _wsdl(url, name))
    _javac(folder, _axis(), CLIENTS / "java-axis" / "EmsClient.java")


def _axis() -> str:
    return ":".join(str(JARS / f"{name}.jar") for name in AXIS)


def _javac(folder: Path, class_path: str, client: Path) -> None:
    sources = sorted((folder / "org").rglob("*.java"))
    _do(folder, "javac", "-J-XX:TieredStopAtLevel=1", "-encoding", "UTF-8", "-nowarn", "-Xlint:none", "-cp", class_path, "-d", "classes", *sources, client)


def _build_csharp(folder: Path, url: str) -> None:
    source = CLIENTS / "csharp"
    for name in NAMES:
        _do(folder, "wsdl", f"-namespace:Votecal.{name.title()}", f"-out:{name.title()}.cs", _wsdl(url, name))
    shutil.copy(source / "EmsClient.exe.config", folder)
    _do(folder, "mcs", "-nowarn:0108,0219", "-r:System.Web.Services", "-out:EmsClient.exe", source / "EmsClient.cs", "Ems.cs", "Des.cs")


def _build_gsoap(folder: Path, url: str) -> None:
    source = CLIENTS / "cpp-gsoap"
    _do(folder, "wsdl2h", "-P", "-t", source / "typemap.dat", "-o", "votecal.h", _wsdl(url, "ems"), _wsdl(url, "des"))
    (folder / "all.h").write_text((folder / "votecal.h").read_text() + (source / "security.h").read_text())
    _do(folder, "soapcpp2", "-j", "-C", "-w", "-x", "-L", "-I/usr/share/gsoap/import", "all.h")
    units = (source / "ems_client.cpp", "soapC.cpp", *sorted(path.name for path in folder.glob("soap*Proxy.cpp")))
    _do(folder, "g++", "-std=c++17", "-O0", "-w", "-I.", *units, "-lgsoap++", "-lcrypto", "-o", "ems_client")


STACKS = (
    Stack(
        name="python-zeep", source="python-zeep/ems_client.py", needs=("zeep",), command=lambda _: [sys.executable, str(CLIENTS / "python-zeep/ems_client.py")]
    ),
    Stack(
        name="python-suds", source="python-suds/ems_client.py", needs=("suds",), command=lambda _: [sys.executable, str(CLIENTS / "python-suds/ems_client.py")]
    ),
    Stack(name="php", source="php/ems_client.php", needs=("php", "/usr/lib/php/*/soap.so"), command=lambda _: ["php", str(CLIENTS / "php/ems_client.php")]),
    Stack(
        name="node-soap",
        source="node/soap_client.js",
        needs=("node", str(NODE_MODULES / "soap")),
        command=lambda _: ["node", str(CLIENTS / "node/soap_client.js")],
    ),
    Stack(
        name="node-strong-soap",
        source="node/strong_soap_client.js",
        needs=("node", str(NODE_MODULES / "strong-soap")),
        command=lambda _: ["node", str(CLIENTS / "node/strong_soap_client.js")],
    ),
    Stack(
        name="perl-soap-lite",
        source="perl-soap-lite/ems_client.pl",
        needs=("perl", "/usr/share/perl5/SOAP/Lite.pm"),
        command=lambda _: ["perl", str(CLIENTS / "perl-soap-lite/ems_client.pl")],
    ),
    Stack(
        name="perl-soap-wsdl",
        source="perl-soap-wsdl/ems_client.pl",
        needs=("wsdl2perl",),
        command=lambda folder: ["perl", f"-I{folder}", str(CLIENTS / "perl-soap-wsdl/ems_client.pl")],
        build=_build_perl,
    ),
    Stack(
        name="java-jaxws",
        source="java-jaxws/EmsClient.java",
        needs=("javac", "wsimport", str(JARS / "jaxws-rt.jar")),
        command=lambda folder: ["java", *QUICK_JVM, "-cp", f"{JARS / 'jaxws-rt.jar'}:{folder / 'classes'}", "EmsClient"],
        build=_build_jaxws,
    ),
    Stack(
        name="java-axis",
        source="java-axis/EmsClient.java",
        needs=("javac", *(str(JARS / f"{name}.jar") for name in AXIS)),
        command=lambda folder: ["java", *QUICK_JVM, "-cp", f"{_axis()}:{folder / 'classes'}", "EmsClient"],
        build=_build_axis,
    ),
    Stack(
        name="csharp",
        source="csharp/EmsClient.cs",
        needs=("mono", "mcs", "/usr/bin/wsdl"),
        command=lambda folder: ["mono", str(folder / "EmsClient.exe")],
        build=_build_csharp,
    ),
    Stack(
        name="cpp-gsoap",
        source="cpp-gsoap/ems_client.cpp",
        needs=("g++", "wsdl2h", "soapcpp2", "/usr/include/stdsoap2.h", "/usr/include/openssl/evp.h"),
        command=lambda folder: [str(folder / "ems_client")],
        build=_build_gsoap,
    ),
)
"""Every stack has the county of its place for itself."""
