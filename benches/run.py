#!/usr/bin/env python3
"""Measures Ashore beside curl (one large file) and beside FileZilla (its window).

    benches/run.py              both
    benches/run.py file         one 1 GiB file from vsftpd on the loopback, plain
    benches/run.py window       time to the window, memory, and CPU while it rests

Options: --reps N (7), --mb N (1024), --no-build. As root on Debian, for the server.

The tools take turns, so that what else the machine does hits all of them alike; the ratio is the
median of the ratios within each turn. Every file that arrives is compared with the one that is
served. A Markdown table is printed and kept under benches/runs/.
"""

import argparse
import contextlib
import hashlib
import os
import platform
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ASHORE = ROOT / "target" / "release" / "ashore"
URL = "ftp://127.0.0.1:21010/big.bin"


def output_of(*words):
    """What a command says, or nothing if it is not there."""
    with contextlib.suppress(OSError, subprocess.CalledProcessError):
        return subprocess.run(words, capture_output=True, text=True, check=True).stdout.strip()
    return ""


def sha256(path):
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def measure(words, **settings):
    """Runs a command: (seconds on the wall, seconds of CPU)."""
    start = time.perf_counter()
    process = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, **settings)
    said = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        sys.exit(f"{words[0]} ended with {process.returncode}: {said.decode(errors='replace')}")
    return wall, usage.ru_utime + usage.ru_stime


def table(rows):
    """Rows of text as a Markdown table; the first is the head."""
    lines = ["| " + " | ".join(row) + " |" for row in rows]
    lines.insert(1, "|" + " --- |" * len(rows[0]))
    return "\n".join(lines)


def middle(values):
    return statistics.median(values)


# --- one large file -------------------------------------------------------------------------------


@contextlib.contextmanager
def server(megabytes):
    base = tempfile.mkdtemp(prefix="ashore-bench-servers.", dir="/tmp")
    script = str(ROOT / "tests" / "servers.sh")
    settings = os.environ | {
        "BIG_MB": str(megabytes), "MANY": "1", "ONLY": "vsftpd",
        "UNPACKED": str(ROOT / "target" / "test-servers"),
    }
    try:
        subprocess.run([script, "start", base], check=True, env=settings)
        yield Path(base) / "tree" / "big.bin"
    finally:
        subprocess.run([script, "stop", base], check=False, env=settings)
        subprocess.run(["chmod", "-R", "u+w", base], check=False)
        shutil.rmtree(base, ignore_errors=True)


def file_bench(reps, megabytes):
    scratch = ROOT / "target" / "bench"
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir(parents=True)
    arrived = scratch / "big.bin"
    tools = {
        "curl": ["curl", "-sS", "-o", str(arrived), URL],
        "ashore get --no-hash": [str(ASHORE), "get", "-q", "--no-hash", "-o", str(arrived), URL],
        "ashore get": [str(ASHORE), "get", "-q", "-o", str(arrived), URL],
    }
    results = {tool: [] for tool in tools}
    with server(megabytes) as served:
        expected = sha256(served)
        for turn in range(reps + 1):
            order = list(tools)
            order = order[turn % len(order):] + order[:turn % len(order)]
            for tool in order:
                arrived.unlink(missing_ok=True)
                os.sync()
                result = measure(tools[tool])
                if sha256(arrived) != expected:
                    sys.exit(f"{tool} brought another file than the one that is served")
                if turn > 0:  # The first turn only warms up.
                    results[tool].append(result)
    shutil.rmtree(scratch)

    rows = [["tool", "wall s", "CPU s", "wall beside curl", "CPU beside curl"]]
    for tool, runs in results.items():
        beside = [
            middle([mine[n] / curls[n] for mine, curls in zip(runs, results["curl"])])
            for n in (0, 1)
        ]
        figures = [middle([run[n] for run in runs]) for n in (0, 1)]
        rows.append([tool, f"{figures[0]:.2f}", f"{figures[1]:.2f}",
                     *(f"{ratio:.2f}" for ratio in beside)])
    spread = ", ".join(
        f"{tool} {min(run[0] for run in runs):.2f}–{max(run[0] for run in runs):.2f}"
        for tool, runs in results.items())
    return (
        f"## One file of {megabytes} MiB from vsftpd, plain, loopback\n\n{table(rows)}\n\n"
        f"Medians of {reps} turns, each file compared by SHA-256. Walls from–to: {spread}."
    )


# --- the window -----------------------------------------------------------------------------------


@contextlib.contextmanager
def screen():
    """A virtual screen with a window manager; DISPLAY is set while it lasts."""
    read, write = os.pipe()
    xvfb = subprocess.Popen(
        ["Xvfb", "-displayfd", str(write), "-screen", "0", "1280x800x24", "-nolisten", "tcp"],
        pass_fds=[write], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    os.close(write)
    with os.fdopen(read) as number:
        os.environ["DISPLAY"] = ":" + number.readline().strip()
    os.environ.pop("WAYLAND_DISPLAY", None)
    manager = subprocess.Popen(["openbox"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    time.sleep(1)
    try:
        yield
    finally:
        for process in (manager, xvfb):
            process.terminate()
            process.wait()


def status_of(pid, key):
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(key + ":"):
            return int(line.split()[1])
    return 0


def cpu_of(pid):
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def window_of(command, title):
    """(seconds to the visible window, MB at rest, MB of it its own, CPU seconds in 10 s of rest)"""
    with tempfile.TemporaryDirectory() as home:
        settings = os.environ | {"HOME": home, "XDG_CONFIG_HOME": home + "/.config"}
        start = time.perf_counter()
        process = subprocess.Popen(command, env=settings, stdout=subprocess.DEVNULL,
                                   stderr=subprocess.DEVNULL)
        try:
            look = ["xdotool", "search", "--onlyvisible", "--name", title]
            while not output_of(*look):
                if time.perf_counter() - start > 60 or process.poll() is not None:
                    sys.exit(f"{command[0]} shows no window")
                time.sleep(0.005)
            visible = time.perf_counter() - start
            time.sleep(5)
            before = cpu_of(process.pid)
            time.sleep(10)
            idle = cpu_of(process.pid) - before
            rss = status_of(process.pid, "VmRSS") / 1000
            own = status_of(process.pid, "RssAnon") / 1000
            return visible, rss, own, idle
        finally:
            process.send_signal(signal.SIGTERM)
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(5)
            process.kill()
            process.wait()


def window_bench(reps):
    programs = {"Ashore": ([str(ASHORE)], "^Ashore$")}
    if shutil.which("filezilla"):
        programs["FileZilla"] = (["filezilla"], "FileZilla")
    results = {name: [] for name in programs}
    with screen():
        for turn in range(reps + 1):
            for name, (command, title) in programs.items():
                result = window_of(command, title)
                if turn > 0:
                    results[name].append(result)
    rows = [["program", "window after s", "memory MB", "of it its own MB", "CPU s in 10 s of rest"]]
    for name, runs in results.items():
        figures = [middle([run[n] for run in runs]) for n in range(4)]
        rows.append([name, f"{figures[0]:.2f}", f"{figures[1]:.0f}", f"{figures[2]:.0f}",
                     f"{figures[3]:.2f}"])
    text = f"## The window, under Xvfb with software rendering\n\n{table(rows)}\n\n"
    if "FileZilla" in results:
        pairs = zip(results["Ashore"], results["FileZilla"])
        ratio = middle([ours[0] / theirs[0] for ours, theirs in pairs])
        text += f"Time to the window beside FileZilla: {ratio:.2f}. "
    return text + f"Medians of {reps} turns, each with a fresh home folder."


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("what", nargs="*", choices=["file", "window", []], help="both, if not said")
    parser.add_argument("--reps", type=int, default=7)
    parser.add_argument("--mb", type=int, default=1024)
    parser.add_argument("--no-build", action="store_true")
    wishes = parser.parse_args()
    what = wishes.what or ["file", "window"]
    if not wishes.no_build:
        subprocess.run(["cargo", "build", "--release", "--locked"], cwd=ROOT, check=True)

    commit = output_of("git", "-C", str(ROOT), "describe", "--always", "--dirty")
    size = ASHORE.stat().st_size / 1e6
    beside = [output_of("curl", "--version").split(" (")[0],
              output_of("dpkg-query", "-W", "-f", "FileZilla ${Version}", "filezilla")]
    parts = [
        f"# Ashore {commit}, {time.strftime('%Y-%m-%d %H:%M')}",
        f"{platform.system()} {platform.release()}, {os.cpu_count()} cores, "
        f"load {os.getloadavg()[0]:.1f} before. Binary {size:.1f} MB. "
        f"Beside it: {', '.join(filter(None, beside))}.",
    ]
    if "file" in what:
        parts.append(file_bench(wishes.reps, wishes.mb))
    if "window" in what:
        parts.append(window_bench(wishes.reps))
    text = "\n\n".join(part.rstrip() for part in parts) + "\n"
    print(text)
    runs = ROOT / "benches" / "runs"
    runs.mkdir(exist_ok=True)
    kept = runs / f"{time.strftime('%Y-%m-%d-%H%M')}-{'-'.join(what)}.md"
    kept.write_text(text)
    print(f"kept as {kept.relative_to(ROOT)}", file=sys.stderr)


if __name__ == "__main__":
    main()
