"""The window beside FileZilla's: how soon it is there, and what it costs while it rests."""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from .report import middle, output_of, table


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


def measure(reps, ashore):
    programs = {"Ashore": ([ashore], "^Ashore$")}
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
