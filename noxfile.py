"""The suite on every other supported interpreter that this machine has; `make test-all` runs it."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import nox

SUPPORTED = ("3.11", "3.12", "3.13")
THIS = f"{sys.version_info.major}.{sys.version_info.minor}"

nox.options.default_venv_backend = "virtualenv"


def _works(candidate: str, version: str) -> bool:
    """Whether it runs and is that version: version managers leave shims on the path for interpreters that are switched off."""
    asked = subprocess.run([candidate, "-c", "import sys; print('%d.%d' % sys.version_info[:2])"], capture_output=True, text=True, check=False)  # noqa: S603
    return asked.returncode == 0 and asked.stdout.strip() == version


def _interpreter(version: str) -> str | None:
    named = shutil.which(f"python{version}")
    managed = sorted(Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")).glob(f"versions/{version}.*/bin/python"))
    return next((str(candidate) for candidate in (named, *managed) if candidate and _works(str(candidate), version)), None)


@nox.session(python=False)
def interpreters(session: nox.Session) -> None:
    """Say which supported interpreters were found and which were not."""
    for version in SUPPORTED:
        found = "tested before" if version == THIS else _interpreter(version)
        session.log(f"Python {version}: {found or 'NOT FOUND, not tested'}")


for _version in SUPPORTED:
    if _version != THIS and (_python := _interpreter(_version)) is not None:

        @nox.session(name=f"tests-{_version}", python=_python, reuse_venv=True)
        def tests(session: nox.Session) -> None:
            """Run what needs no minutes and no process of its own, on SQLite: what servers and foreign clients do does not depend on the interpreter."""
            session.install("-e", ".[test]")
            kept = ("tests/unit", "tests/contract", "tests/integration")
            session.run("pytest", *kept, "-n", "2", "-m", "not slow and not postgres and not oracle", "-p", "no:cacheprovider", *session.posargs)
