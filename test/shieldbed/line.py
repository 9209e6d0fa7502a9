"""A slow, lossy wire between two veth ends, for kernels without netem: every frame is held for a while or dropped.

usage: line.py IF_A IF_B DELAY_MS LOSS SEED    (one-way delay; loss is a share of the frames of each direction)
Prints "ready" when it carries frames.
"""
import collections
import ctypes
import fcntl
import random
import select
import socket
import struct
import sys
import time

SIOCETHTOOL, STXCSUM, SGSO, STSO = 0x8946, 0x17, 0x24, 0x1F
PACKET_OUTGOING = 4


def compute_whole_checksums(name):
    """Frames that a packet socket reads must carry their checksum, which veth leaves to the receiver."""
    control = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    for command in (STSO, SGSO, STXCSUM):
        value = bytearray(struct.pack("II", command, 0))
        buffer = memoryview(value)
        address = ctypes.addressof(ctypes.c_char.from_buffer(buffer))
        try:
            fcntl.ioctl(control, SIOCETHTOOL, struct.pack("16sP16x", name.encode(), address))
        except OSError:
            pass


def main():
    if sys.argv[1] == "--offload-off":
        compute_whole_checksums(sys.argv[2])
        return
    a, b, delay_ms, loss, seed = sys.argv[1:6]
    delay, loss, chance = float(delay_ms) / 1000, float(loss), random.Random(int(seed))
    ends = []
    for name in (a, b):
        end = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
        end.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 22)
        end.bind((name, 0))
        end.setblocking(False)
        ends.append(end)
    held = collections.deque()
    print("ready", flush=True)
    while True:
        wait = None if not held else max(0, held[0][0] - time.monotonic())
        readable, _, _ = select.select(ends, [], [], wait)
        for end in readable:
            other = ends[1] if end is ends[0] else ends[0]
            for _ in range(256):
                try:
                    frame, where = end.recvfrom(65535)
                except BlockingIOError:
                    break
                if where[2] == PACKET_OUTGOING:
                    continue
                arp = frame[12:14] == b"\x08\x06"
                if arp or chance.random() >= loss:
                    held.append((time.monotonic() + delay, other, frame))
        now = time.monotonic()
        while held and held[0][0] <= now:
            _, other, frame = held.popleft()
            try:
                other.send(frame)
            except OSError:
                pass


main()
