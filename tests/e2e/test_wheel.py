"""The wheel, installed where nothing of the source tree is."""

import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SHIPPED = {
    "wsdl": "*.wsdl",
    "xsd": "*.xsd",
    "db/migrations": "*.mako",
    "db/migrations/versions": "*.py",
    "votecal_soap/synthetic/data": "*",
    "votecal_soap/domain": "*.toml",
    "votecal_soap/console": "templates/**/*.html",
    "votecal_soap/console/static": "*",
}

READ_ALL = textwrap.dedent(
    """
    import sys
    from importlib.resources import files

    for line in sys.stdin.read().split():
        package, _, path = line.partition("/")
        resource = files(package).joinpath(path)
        assert resource.read_bytes(), line
        assert "site-packages" in str(resource), resource
    """
)


def ran(*command, **more):
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, check=False, timeout=600, **more)
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]
    return done.stdout


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory):
    """A folder that is not the source tree's, with a fresh environment in which the wheel is installed."""
    folder = tmp_path_factory.mktemp("elsewhere")
    # From a copy: a build folder or egg-info left in the source tree would hide what the wheel lacks.
    source = folder / "source"
    files = ran("git", "-C", ROOT, "ls-files", "--cached", "--others", "--exclude-standard").splitlines()
    for file in files:
        if (ROOT / file).is_file():
            (source / file).parent.mkdir(parents=True, exist_ok=True)
            (source / file).write_bytes((ROOT / file).read_bytes())
    ran(sys.executable, "-m", "build", "--wheel", "--outdir", folder / "dist", source)
    (wheel,) = (folder / "dist").glob("*.whl")
    ran(sys.executable, "-m", "venv", folder / "venv")
    ran(folder / "venv" / "bin" / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check", wheel)
    return folder


@pytest.fixture
def environ(elsewhere):
    clean = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "VIRTUAL_ENV") and not name.startswith("VOTECAL_")}
    return {**clean, "VOTECAL_DATA_DIR": str(elsewhere / "data")}


@pytest.mark.slow
def test_every_contract_and_data_file_is_in_the_wheel(elsewhere, environ):
    shipped = [path.relative_to(ROOT) for folder, pattern in SHIPPED.items() for path in sorted((ROOT / folder).glob(pattern)) if path.is_file()]
    assert len(shipped) > 20
    ran(elsewhere / "venv" / "bin" / "python", "-c", READ_ALL, cwd=elsewhere, env=environ, input="\n".join(map(str, shipped)))


@pytest.mark.slow
def test_the_installed_command_works_from_another_folder(elsewhere, environ):
    votecal = elsewhere / "venv" / "bin" / "votecal"
    assert "Commands:" in ran(votecal, "--help", cwd=elsewhere, env=environ)
    assert "upgraded from nothing" in ran(votecal, "db", "upgrade", cwd=elsewhere, env=environ)
    ran(votecal, "user", "add", "ada", "--role", "SosAdministrator", "--as", "ada", cwd=elsewhere, env=environ)
    ran(votecal, "load", "reference", "--as", "ada", cwd=elsewhere, env=environ)
    ran(votecal, "generate", "voters", "--county", "19", "--count", "20", "voters.xml", cwd=elsewhere, env=environ)
    ran(votecal, "contract", "export", "contract", cwd=elsewhere, env=environ)
    ran(votecal, "worker", "--drain", cwd=elsewhere, env=environ)
    assert (elsewhere / "contract" / "ems-integration.wsdl").is_file()


@pytest.mark.slow
def test_the_installed_services_can_be_joined(elsewhere, environ):
    join = textwrap.dedent(
        """
        from pathlib import Path
        from votecal_soap.bootstrap import build
        from votecal_soap.config import Config
        from votecal_soap.wsgi import make_wsgi_app

        make_wsgi_app(build(Config(data_dir=Path("data"), credential_key="a key")))
        """
    )
    ran(elsewhere / "venv" / "bin" / "python", "-c", join, cwd=elsewhere, env=environ)
