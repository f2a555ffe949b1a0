"""The set-up scripts, with stand-ins for the system's programs."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]

pytestmark = pytest.mark.skipif(shutil.which("bash") is None, reason="needs bash")

# A Python that makes "environments" of itself and notes what pip is asked to do.
PYTHON = """#!/bin/sh
case "$1 $2" in
"-m venv") mkdir -p "$3/bin" && cp "$0" "$3/bin/python" ;;
"-m pip") [ "$3" = install ] && echo "pip $*" >>"$LOG"; exit ${PIP:-0} ;;
esac
exit 0
"""
APT = """#!/bin/sh
echo "apt-get $*" >>"$LOG"
[ "$1" = update ] && touch "$LOG.lists"
[ -e "$LOG.lists" ]
"""


class System:
    """A folder with the scripts, and a PATH on which only some programs are."""

    def __init__(self, folder: Path):
        self.root, self.log, self.bin = folder / "a b", folder / "log", folder / "bin"
        (self.root / "scripts").mkdir(parents=True)
        self.bin.mkdir()
        shutil.copy(ROOT / "scripts" / "setup.sh", self.root / "scripts")
        for name in ("pyproject.toml", "constraints.txt"):
            shutil.copy(ROOT / name, self.root)
        needed = "bash sh cat cksum cp dirname grep head mkdir mktemp rm tail touch tr"
        for name in (*needed.split(), "env"):
            program = shutil.which(name)
            assert program is not None
            (self.bin / name).symlink_to(program)
        self.program("uname", "#!/bin/sh\necho Linux\n")
        self.program("ldconfig", "#!/bin/sh\nexit 0\n")

    def program(self, name: str, text: str) -> None:
        """Put a program on the PATH."""
        (self.bin / name).write_text(text)
        (self.bin / name).chmod(0o755)

    def debian(self, user: int, installed: tuple[str, ...] = ()) -> None:
        """Debian's tools for a user, with packages that are installed."""
        self.program("id", f"#!/bin/sh\necho {user}\n")
        names = "|".join(installed) or "none"
        self.program(
            "dpkg-query",
            f'#!/bin/sh\ncase "$4" in {names}) echo "install ok installed" ;; esac\n',
        )
        self.program("apt-get", APT)

    def run(self, command: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """A command behind the set-up's functions."""
        return subprocess.run(
            ["bash", "-c", f'set -u; . "$0/scripts/setup.sh"; {command}', self.root],
            env={"PATH": str(self.bin), "LOG": str(self.log)} | environment,
            capture_output=True,
            text=True,
            timeout=60,
        )

    def logged(self) -> list[str]:
        """What the stand-ins were asked to do."""
        return self.log.read_text().splitlines() if self.log.exists() else []


@pytest.fixture
def system(tmp_path: Path) -> System:
    return System(tmp_path)


def test_scripts_are_valid_shell():
    for name in ("scripts/setup.sh", "scripts/run", "scripts/test", ".ci/run"):
        subprocess.run(["bash", "-n", ROOT / name], check=True)
        assert os.access(ROOT / name, os.X_OK) or name.endswith(".sh")


def test_packages_that_are_there_are_left_alone(system):
    system.debian(user=0, installed=("xvfb", "libgl1"))
    done = system.run("need_system xvfb libgl1")
    assert (done.returncode, done.stderr, system.logged()) == (0, "", [])


def test_root_installs_what_is_missing_after_an_update_of_the_lists(system):
    system.debian(user=0, installed=("libgl1",))
    done = system.run("need_system xvfb libgl1 xdotool")
    assert done.returncode == 0, done.stderr
    install = "apt-get install -y --no-install-recommends xvfb xdotool"
    assert system.logged() == [install, "apt-get update", install]


def test_others_are_told_exactly_what_to_install(system):
    system.debian(user=1000, installed=("libgl1",))
    done = system.run("need_system xvfb libgl1 xdotool")
    assert done.returncode == 1
    assert "sudo apt-get update && sudo apt-get install -y xvfb xdotool" in done.stderr
    assert system.logged() == []


def test_passwordless_sudo_is_used(system):
    system.debian(user=1000)
    sudo = '#!/bin/sh\n[ "$2" = true ] && exit 0\nshift 2\nexec "$@"\n'
    system.program("sudo", sudo)
    assert system.run("need_system xvfb").returncode == 0
    assert len(system.logged()) == 3


def test_sudo_that_would_ask_is_not_used(system):
    system.debian(user=1000)
    system.program("sudo", "#!/bin/sh\nexit 1\n")
    assert system.run("need_system xvfb").returncode == 1
    assert system.logged() == []


def test_other_systems_are_told_what_is_missing(system):
    done = system.run("need_system libegl1 xvfb libgl1-mesa-dri")
    assert done.returncode == 1
    assert "libEGL (mesa-libEGL) Xvfb" in done.stderr


def test_packages_are_installed_once(system):
    system.program("python3", PYTHON)
    for _ in range(2):
        done = system.run("need_packages test")
        assert done.returncode == 0, done.stderr
    (pip,) = system.logged()
    root = system.root
    assert pip.endswith(f"-c {root}/constraints.txt -e {root}[test]")
    # The tests' environment holds all that the program needs.
    assert system.run("need_packages").stderr == ""


def test_a_changed_pin_is_installed(system):
    system.program("python3", PYTHON)
    system.run("need_packages")
    with (system.root / "constraints.txt").open("a") as file:
        file.write("extra==1\n")
    system.run("need_packages")
    assert len(system.logged()) == 2


def test_an_install_that_failed_is_tried_again(system):
    system.program("python3", PYTHON)
    failed = system.run("need_packages", PIP="1")
    assert failed.returncode == 2
    assert "error: " in failed.stderr
    assert system.run("need_packages").returncode == 0


def test_no_python_is_told(system):
    done = system.run("need_packages")
    assert done.returncode == 2
    assert "error: Python 3.11 or newer is needed and was not found" in done.stderr
    assert "NSG_PYTHON" in done.stderr


def test_a_python_without_venv_is_told(system):
    no_venv = '"-c import ensurepip, venv") exit 1 ;;'
    version = '"-c import sys; print"*) echo 3.12 ;;'
    lacking = PYTHON.replace("esac", f"{no_venv}\n{version}\nesac")
    system.debian(user=1000)
    system.program("python3", lacking)
    done = system.run("need_packages")
    assert done.returncode == 2
    assert "apt-get install -y python3.12-venv" in done.stderr
