"""What listens in the target: an ordinary server, one that drops whoever connects, and one whose backlog is full.

usage: target.py    (ports 20001, 20002, 20003 on every address; prints "ready")
"""
import select
import socket
import struct

ORDINARY, DROPPER, FULL = 20001, 20002, 20003


def listen(port, backlog):
    server = socket.socket(socket.AF_INET6, socket.SOCK_STREAM)
    server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    server.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
    server.bind(("::", port))
    server.listen(backlog)
    return server


ordinary, dropper, full = listen(ORDINARY, 4096), listen(DROPPER, 4096), listen(FULL, 0)
fillers = []
for _ in range(8):
    filler = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    filler.setblocking(False)
    filler.connect_ex(("127.0.0.1", FULL))
    fillers.append(filler)
print("ready", flush=True)
while True:
    for server in select.select([ordinary, dropper], [], [])[0]:
        try:
            client, _ = server.accept()
        except OSError:
            continue
        if server is dropper:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        client.close()
