"""Two network namespaces, and between them a line as long, as slow and as lossy as is wished.

The kernel's own model (netem) is not in every kernel, so a process of its own carries each packet
from one TUN device to the other, after the time that the line takes. TCP on both sides is real.
"""

import collections
import contextlib
import fcntl
import heapq
import os
import random
import select
import signal
import struct
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

SERVER, CLIENT = "10.77.0.1", "10.77.0.2"
MTU = 1500
TUNSETIFF, IFF_TUN, IFF_NO_PI = 0x400454CA, 0x0001, 0x1000

# The longest queue before the line, in seconds: what comes on top of it is dropped.
QUEUE = 0.1


# What servers on the net use, whatever this machine does; and no run learns from the one before.
SETTINGS = ("net.ipv4.tcp_congestion_control=cubic", "net.ipv4.tcp_no_metrics_save=1",
            "net.ipv4.tcp_rmem=4096 131072 6291456", "net.ipv4.tcp_wmem=4096 16384 4194304")
ALLOWED = Path("/proc/sys/net/ipv4/tcp_allowed_congestion_control")


@dataclass(frozen=True)
class Line:
    """A line. Rates are in Mbit/s; 0 knows no limit."""

    round_trip_ms: float = 0
    rate: float = 0
    rate_each: float = 0  # of one connection
    loss: float = 0  # of the packets, in each direction
    dies_after: float = 0  # so many megabytes from the server, of each connection; nobody is told

    def __str__(self):
        said = [f"{self.round_trip_ms:g} ms"]
        if self.rate_each:
            said.append(f"{self.rate_each:g} Mbit/s a connection")
        if self.rate:
            said.append(f"{self.rate:g} Mbit/s in all")
        if self.loss:
            said.append(f"{self.loss:.1%} loss")
        if self.dies_after:
            said.append(f"each connection dead without a word after {self.dies_after:g} MB")
        return ", ".join(said)


def sh(*words):
    subprocess.run(words, check=True, stdout=subprocess.DEVNULL)


class Lab:
    """Where servers and clients run: `inside(name)` is what to put before their commands."""

    def __init__(self, server, client, address):
        self.server, self.client, self.address = server, client, address

    def at_server(self):
        return ["ip", "netns", "exec", self.server]

    def at_client(self):
        return ["ip", "netns", "exec", self.client]


@contextlib.contextmanager
def cubic_allowed():
    """A new namespace may use only what this machine allows everybody."""
    before = ALLOWED.read_text()
    if "cubic" not in before.split():
        ALLOWED.write_text(f"{before.strip()} cubic")
    try:
        yield
    finally:
        ALLOWED.write_text(before)


@contextlib.contextmanager
def loopback():
    """One namespace for both, and its loopback."""
    name = f"ashore-bench-{os.getpid()}"
    sh("ip", "netns", "add", name)
    try:
        sh("ip", "-n", name, "link", "set", "lo", "up")
        yield Lab(name, name, "127.0.0.1")
    finally:
        sh("ip", "netns", "del", name)


@contextlib.contextmanager
def joined_by(line):
    """Two namespaces, joined by `line`."""
    names = [f"ashore-bench-{side}-{os.getpid()}" for side in ("server", "client")]
    devices = []
    with contextlib.ExitStack() as cleanup:
        cleanup.enter_context(cubic_allowed())
        for name, mine, other in ((names[0], SERVER, CLIENT), (names[1], CLIENT, SERVER)):
            sh("ip", "netns", "add", name)
            cleanup.callback(sh, "ip", "netns", "del", name)
            device = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
            cleanup.callback(os.close, device)
            devices.append(device)
            label = f"ab{len(devices)}-{os.getpid()}"[:15]
            fcntl.ioctl(device, TUNSETIFF,
                        struct.pack("16sH22x", label.encode(), IFF_TUN | IFF_NO_PI))
            sh("ip", "link", "set", label, "netns", name)
            sh("ip", "-n", name, "link", "set", "lo", "up")
            sh("ip", "-n", name, "addr", "add", mine, "peer", other, "dev", label)
            for setting in SETTINGS:
                sh("ip", "netns", "exec", name, "sysctl", "-q", "-w", setting)
            sh("ip", "-n", name, "link", "set", label, "mtu", str(MTU), "txqueuelen", "1000", "up")
        carrier = os.fork()
        if carrier == 0:
            signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
            carry(devices, line)
        cleanup.callback(os.waitpid, carrier, 0)
        cleanup.callback(os.kill, carrier, signal.SIGTERM)
        yield Lab(*names, SERVER)


def carry(devices, line):
    """Carries packets both ways, for ever."""
    chance = random.Random(1)  # The same packets are lost in every run.
    on_the_way = []
    free_at = [0.0, 0.0]
    free_each = {}
    carried = collections.Counter()
    counter = 0
    poll = select.poll()
    for device in devices:
        poll.register(device, select.POLLIN)
    while True:
        now = time.monotonic()
        while on_the_way and on_the_way[0][0] <= now:
            _, _, to, packet = heapq.heappop(on_the_way)
            with contextlib.suppress(OSError):
                os.write(devices[to], packet)
        wait = (on_the_way[0][0] - now) * 1000 if on_the_way else 1000
        for ready, _ in poll.poll(max(0, wait)):
            to = 1 - devices.index(ready)
            for _ in range(64):
                try:
                    packet = os.read(ready, 65536)
                except BlockingIOError:
                    break
                now = time.monotonic()
                bits = len(packet) * 8 / 1e6
                ports = packet[20:24] if packet[0] >> 4 == 4 else b""
                # Two queues: the connection's own, and the one before the line that all share.
                own = max(now, free_each.get((to, ports), 0))
                shared = max(now, free_at[to])
                leaves = max(own, shared)
                if leaves - now > QUEUE or chance.random() < line.loss:
                    continue
                flow = ports if to == 1 else ports[2:] + ports[:2]
                carried[flow] += len(packet) / 1e6 if to == 1 else 0
                if line.dies_after and carried[flow] > line.dies_after:
                    continue
                if line.rate:
                    free_at[to] = shared + bits / line.rate
                if line.rate_each:
                    free_each[(to, ports)] = own + bits / line.rate_each
                arrives = leaves + line.round_trip_ms / 2000
                heapq.heappush(on_the_way, (arrives, counter, to, packet))
