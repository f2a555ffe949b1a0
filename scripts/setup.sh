# Sourced by scripts/run and scripts/test: a Python, a virtual environment with the
# versions in constraints.txt, and the system's libraries. Written for bash 3.2 (macOS).

root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
venv="$root/.venv"
python="$venv/bin/python"
export PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_INPUT=1 DEBIAN_FRONTEND=noninteractive

say() { printf '%s\n' "$*" >&2; }
fail() { say "error: $*"; exit 2; }

# --- system packages -------------------------------------------------------------

is_debian() { command -v apt-get >/dev/null 2>&1 && command -v dpkg-query >/dev/null 2>&1; }

# How to run a command as root without asking anybody, or nothing where that cannot be.
as_root() {
    if [ "$(id -u)" = 0 ]; then echo env
    elif command -v sudo >/dev/null 2>&1 && sudo -n true >/dev/null 2>&1; then
        echo sudo -n --preserve-env=DEBIAN_FRONTEND
    fi
}

missing_packages() {
    local package state
    for package in "$@"; do
        state="$(dpkg-query -W -f '${Status}' "$package" 2>/dev/null)"
        case "$state" in *" ok installed") ;; *) echo "$package" ;; esac
    done
}

# Install Debian packages where we may; 1 where we may not or it did not work.
apt_install() {
    local root_command log
    root_command="$(as_root)"
    [ -n "$root_command" ] || return 1
    say "Installing system packages: $*"
    log="$(mktemp)"
    # A fresh system has no package lists yet, an old one has stale ones.
    if $root_command apt-get install -y --no-install-recommends "$@" </dev/null >"$log" 2>&1 ||
        { $root_command apt-get update </dev/null >"$log" 2>&1 &&
            $root_command apt-get install -y --no-install-recommends "$@" </dev/null >"$log" 2>&1; }
    then rm -f "$log"; return 0; fi
    tail -n 5 "$log" >&2
    rm -f "$log"
    return 1
}

# has_library NAME: can the dynamic linker find it? (Systems other than Debian.)
has_library() {
    { ldconfig -p 2>/dev/null || /sbin/ldconfig -p 2>/dev/null; } | grep -q "$1"
}

# need_system PACKAGE...: have them, install them, or name them and return 1.
need_system() {
    local missing name
    [ "$(uname)" = Linux ] || return 0
    if is_debian; then
        missing="$(missing_packages "$@" | tr '\n' ' ')"
        [ -n "$missing" ] || return 0
        # Names hold no spaces, so splitting them is what we want.
        # shellcheck disable=SC2086
        apt_install $missing && return 0
        say "Missing system packages. Install them with:"
        say "    sudo apt-get update && sudo apt-get install -y $missing"
        return 1
    fi
    missing=""
    for name in "$@"; do
        case "$name" in
        libegl1) has_library libEGL.so.1 || missing="$missing libEGL (mesa-libEGL)" ;;
        libgl1) has_library libGL.so.1 || missing="$missing libGL (mesa-libGL)" ;;
        libx11-6) has_library libX11.so.6 || missing="$missing libX11" ;;
        xvfb) command -v Xvfb >/dev/null 2>&1 || missing="$missing Xvfb" ;;
        xdotool) command -v xdotool >/dev/null 2>&1 || missing="$missing xdotool" ;;
        esac
    done
    [ -n "$missing" ] || return 0
    say "Missing system libraries or programs; install with your package manager:"
    say "   $missing"
    return 1
}

# --- Python ----------------------------------------------------------------------

is_new_enough() {
    "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1
}

find_python() {
    local name
    for name in "${NSG_PYTHON:-python3.13}" python3.12 python3.11 python3 python; do
        if command -v "$name" >/dev/null 2>&1 && is_new_enough "$name"; then
            command -v "$name"
            return 0
        fi
    done
    return 1
}

make_venv() {
    local base version
    if ! base="$(find_python)" && [ "$(uname)" = Linux ] && is_debian; then
        apt_install python3 python3-venv || true
        base="$(find_python)"
    fi
    [ -n "$base" ] || fail "Python 3.11 or newer is needed and was not found. Install it" \
        "(Debian 12, Ubuntu 24.04: apt-get install python3 python3-venv; macOS: brew" \
        "install python@3.12), or name it: NSG_PYTHON=/path/to/python3.12"
    if ! "$base" -c 'import ensurepip, venv' >/dev/null 2>&1; then
        # Debian keeps this part of Python in a package of its own.
        version="$("$base" -c 'import sys; print("%d.%d" % sys.version_info[:2])')"
        is_debian && apt_install "python$version-venv"
        "$base" -c 'import ensurepip, venv' >/dev/null 2>&1 ||
            fail "$base cannot make virtual environments. Install its package for that:" \
                "sudo apt-get install -y python$version-venv"
    fi
    say "Making .venv with $base"
    rm -rf "$venv"
    "$base" -m venv "$venv" || fail "could not make $venv (see above)."
}

# need_packages [EXTRA]: the program (and an extra) with pinned versions, in .venv. A
# stamp with a checksum of what decides them makes a second call free.
need_packages() {
    local target wanted stamp quiet
    target="$root${1:+[$1]}"
    # The folder counts too: it may have been moved since.
    wanted="$(cat "$root/pyproject.toml" "$root/constraints.txt" | cksum) $root"
    stamp="$venv/.installed${1:+-$1}"
    if ! is_new_enough "$python"; then
        make_venv
    elif [ "$(cat "$stamp" 2>/dev/null)" = "$wanted" ]; then
        return 0
    elif [ -z "${1:-}" ] && [ "$(cat "$venv/.installed-test" 2>/dev/null)" = "$wanted" ]; then
        return 0
    fi
    "$python" -m pip --version >/dev/null 2>&1 || "$python" -m ensurepip >/dev/null ||
        fail "$venv has no pip. Delete that folder and start again."
    say "Installing Python packages (the first time some minutes and gigabytes)"
    # Whoever watches sees the downloads; a log needs no bars.
    quiet=--quiet
    [ -t 2 ] && quiet=--progress-bar=on
    "$python" -m pip install $quiet -c "$root/constraints.txt" -e "$target" </dev/null ||
        fail "pip could not install the packages (see above). Is the network reachable?"
    printf '%s\n' "$wanted" >"$stamp"
}
