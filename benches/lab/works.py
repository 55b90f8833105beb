"""The work that every tool is given, and how it is measured."""

import contextlib
import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from . import link, tools
from .report import middle, table

ROOT = Path(__file__).resolve().parent.parent.parent

# Longer than this no tool may take, in seconds.
PATIENCE = 300


@dataclass(frozen=True)
class Work:
    title: str
    kind: str
    path: str
    line: link.Line = None
    megabytes: int = 1
    files: int = 1


WORKS = {
    "file": Work("One file of 1 GiB, plain, loopback", "file", "big.bin", megabytes=1024),
    "tls": Work("One file of 1 GiB, explicit FTPS, loopback", "tls", "big.bin", megabytes=1024),
    "tree": Work("5,000 files of 1 KiB, loopback", "tree", "many", files=5000),
    "far-tree": Work("500 files of 1 KiB", "tree", "many", link.Line(50), files=500),
    "capped": Work("One file of 64 MiB", "segments", "big.bin",
                   link.Line(50, rate=100, rate_each=20), megabytes=64),
    "lossy": Work("One file of 64 MiB", "segments", "big.bin",
                  link.Line(80, rate=100, loss=0.005), megabytes=64),
    "silent": Work("One file of 64 MiB", "broken", "big.bin",
                   link.Line(50, rate=100, dies_after=34), megabytes=64),
    "small": Work("One file of 14 bytes, from start to exit", "file", "lines.txt", link.Line(100)),
    "small-tls": Work("One file of 14 bytes, explicit FTPS, from start to exit", "tls",
                      "lines.txt", link.Line(100)),
    "list": Work("Listing 100,000 files, loopback", "list", "many", files=100_000),
}


def environment(lab, work):
    # The small files are cut from the large one.
    megabytes = max(work.megabytes, -(-work.files // 1024))
    return os.environ | {
        "BIG_MB": str(megabytes), "MANY": str(work.files), "ONLY": "vsftpd",
        "UNPACKED": str(ROOT / "target" / "test-servers"), "HOST4": lab.address,
    }


@contextlib.contextmanager
def served(lab, work):
    """A vsftpd with the files of `work`: where they lie, and whom to believe."""
    lock = open("/tmp/ashore-test-servers.lock", "w")
    fcntl.flock(lock, fcntl.LOCK_EX)  # The tests use the same ports and users: we take turns.
    base = tempfile.mkdtemp(prefix="ashore-bench-servers.", dir="/tmp")
    script = str(ROOT / "tests" / "servers.sh")
    settings = environment(lab, work)
    try:
        subprocess.run([*lab.at_server(), script, "start", base], check=True, env=settings)
        yield Path(base) / "tree", Path(base) / "tls" / "ca.pem"
    finally:
        subprocess.run([*lab.at_server(), script, "stop", base], check=False, env=settings)
        subprocess.run(["chmod", "-R", "u+w", base], check=False)
        shutil.rmtree(base, ignore_errors=True)
        lock.close()


def fingerprint(path):
    """SHA-256 of a file, or of all files below a folder with their names."""
    if path.is_file():
        with open(path, "rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    whole = hashlib.sha256()
    found = sorted(file for file in path.rglob("f*") if file.is_file())
    for file in found:
        whole.update(file.name.encode() + b"\0" + file.read_bytes())
    return f"{len(found)} {whole.hexdigest()}"


def run(words):
    """Runs a command: (seconds on the wall, seconds of CPU, peak memory in MB), or None if it fails
    or takes too long. GNU time starts it: a child of Python would count Python's memory as its own.
    """
    with tempfile.NamedTemporaryFile("r", prefix="ashore-bench.") as told:
        command = ["timeout", "-s", "KILL", str(PATIENCE),
                   "/usr/bin/time", "-o", told.name, "-f", "%U %S %M", *words]
        start = time.perf_counter()
        ended = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wall = time.perf_counter() - start
        if ended.returncode != 0:
            return None
        user, system, peak = told.read().split()
        return wall, float(user) + float(system), int(peak) / 1000


def limit_commands(lab, work, tree, out, port):
    """The same bytes over one TCP connection, with nothing around them."""
    source = tree / work.path
    server = (
        "import os, socket\n"
        f"listener = socket.create_server(({lab.address!r}, {port}))\n"
        "print('ready', flush=True)\n"
        "peer, _ = listener.accept()\n"
        f"file = os.open({str(source)!r}, os.O_RDONLY)\n"
        "size, at = os.fstat(file).st_size, 0\n"
        "while at < size: at += os.sendfile(peer.fileno(), file, at, size - at)\n"
    )
    client = (
        "import socket\n"
        f"peer = socket.create_connection(({lab.address!r}, {port}))\n"
        f"block = memoryview(bytearray(1 << 20))\n"
        f"with open({str(out)!r}, 'wb', buffering=0) as file:\n"
        "    while count := peer.recv_into(block): file.write(block[:count])\n"
    )
    return ([*lab.at_server(), sys.executable, "-c", server],
            [*lab.at_client(), sys.executable, "-c", client])


def limit(lab, work, tree, out, turn):
    serve, fetch = limit_commands(lab, work, tree, out, 30000 + turn)
    server = subprocess.Popen(serve, stdout=subprocess.PIPE)
    server.stdout.readline()
    try:
        return run(fetch)
    finally:
        server.kill()
        server.wait()


def measure(name, reps, ashore, only):
    """All tools in turn on one work, `reps` times: a Markdown section."""
    work = WORKS[name]
    scratch = Path(tempfile.mkdtemp(prefix="ashore-bench.", dir=ROOT / "target"))
    place = link.joined_by(work.line) if work.line else link.loopback()
    try:
        with place as lab, served(lab, work) as (tree, ca):
            results = turns(lab, work, tree, ca, scratch, reps, ashore, only)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    return section(work, results, reps)


def turns(lab, work, tree, ca, scratch, reps, ashore, only):
    url = f"ftp://{lab.address}:21010/{work.path}"
    base, path = f"ftp://{lab.address}:21010", f"/{work.path}"
    expected = None if work.kind == "list" else fingerprint(tree / work.path)
    rivals = dict(tools.installed(work.kind, ashore, only))
    results = {rival: [] for rival in rivals}
    has_limit = work.kind in ("file", "segments") and work.megabytes > 1
    if has_limit:
        results["one TCP connection"] = []
    for turn in range(reps + 1):
        order = list(results)
        order = order[turn % len(order):] + order[:turn % len(order)]
        for rival in order:
            home = scratch / "home"
            home.mkdir()
            out = scratch / "here" / (work.path if work.kind != "tree" else "")
            out.parent.mkdir(parents=True, exist_ok=True)
            if rival in rivals:
                fields = {"ashore": ashore, "url": url, "out": out, "folder": out.parent,
                          "name": out.name, "base": base, "path": path, "ca": ca,
                          "host": lab.address}
                words = [word.format(**fields) for word in rivals[rival]]
                result = run(["env", f"HOME={home}", f"XDG_CONFIG_HOME={home}",
                              *lab.at_client(), *words])
            else:
                result = limit(lab, work, tree, out, turn)
            if result and expected and fingerprint(
                    scratch / "here" if work.kind == "tree" else out) != expected:
                result = None  # It said that it had succeeded.
                print(f"{rival} brought something else than what is served", file=sys.stderr)
            shutil.rmtree(scratch / "here", ignore_errors=True)
            shutil.rmtree(home)
            os.sync()
            if turn > 0:  # The first turn only warms up.
                results[rival].append(result)
    return results


def section(work, results, reps):
    whole = {rival: runs for rival, runs in results.items() if runs and all(runs)}
    walls = {rival: middle([run[0] for run in runs]) for rival, runs in whole.items()}
    others = [rival for rival in whole
              if not rival.startswith(("ashore", "one TCP"))]
    best = min(others, key=walls.get, default=None)
    rows = [["tool", "wall s", "beside the best rival", "beside one TCP connection", "CPU s",
             "peak MB"]]
    if work.line:
        rows[0].insert(2, "round trips")
    for rival, runs in results.items():
        if rival not in whole:
            failed = sum(1 for run in runs if not run)
            rows.append([rival, f"failed in {failed} of {len(runs)}"] + [""] * (len(rows[0]) - 2))
            continue

        def beside(other):
            if other not in whole:
                return "–"
            pairs = zip(runs, whole[other])
            return f"{middle([mine[0] / theirs[0] for mine, theirs in pairs]):.2f}"

        row = [rival, f"{walls[rival]:.2f}", beside(best), beside("one TCP connection"),
               f"{middle([run[1] for run in runs]):.2f}",
               f"{middle([run[2] for run in runs]):.0f}"]
        if work.line:
            row.insert(2, f"{walls[rival] * 1000 / work.line.round_trip_ms:.1f}")
        rows.append(row)
    over = f" over {work.line}" if work.line else ""
    return (
        f"## {work.title}{over}\n\n{table(rows)}\n\n"
        f"Medians of {reps} turns; ratios are medians of the ratios within each turn. The best rival "
        f"is {best or 'none'}. Every result was compared by SHA-256."
    )


