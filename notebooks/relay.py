"""Stands between Jupyter and the Java kernel: any transport on Jupyter's side, tcp on the kernel's.

    python relay.py CONNECTION_FILE COMMAND...

COMMAND starts the kernel; a connection file and the name of a file to create when it listens are added to it. Colab's
transport is ipc, Unix sockets, which the Java implementation of ZeroMQ does not have: the kernel gets tcp ports of its
own on this machine, and every message is handed on between the two as it is. Signatures stay valid, as nothing is read.
With Jupyter's usual tcp the same is done, since the kernel must not hear anything before it is ready; see Kernel.java.

Needs pyzmq, which is wherever Jupyter is, and nothing else.
"""

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time

import zmq

CHANNELS = ("shell", "control", "stdin", "hb", "iopub")

# How often to look whether the kernel is ready or gone, in milliseconds.
READY, GONE = 20, 500


def free_ports(count):
    """Ports of this machine that nobody listens on; held together, so that all are different."""
    held = [socket.socket() for _ in range(count)]
    for one in held:
        one.bind(("127.0.0.1", 0))
    ports = [one.getsockname()[1] for one in held]
    for one in held:
        one.close()
    return ports


def address(connection, channel):
    """Where ZeroMQ finds a channel (jupyter_client, "Connection files")."""
    separator = "-" if connection["transport"] == "ipc" else ":"
    return f"{connection['transport']}://{connection['ip']}{separator}{connection[channel + '_port']}"


def ends(context, outer, inner, channel):
    """The two ends of a channel: one that Jupyter connects to, and one connected to the kernel."""
    if channel == "iopub":
        # Everything the kernel publishes; who is subscribed to what is decided at the front.
        front, back = context.socket(zmq.PUB), context.socket(zmq.SUB)
        back.setsockopt(zmq.SUBSCRIBE, b"")
    else:
        front, back = context.socket(zmq.ROUTER), context.socket(zmq.DEALER)
        # The kernel asks for input on stdin under the address from which a cell came on shell: one for all channels.
        back.setsockopt(zmq.IDENTITY, b"relay")
    for end in front, back:
        end.setsockopt(zmq.SNDHWM, 0)
        end.setsockopt(zmq.RCVHWM, 0)
        end.setsockopt(zmq.LINGER, 1000)
    front.bind(address(outer, channel))
    back.connect(address(inner, channel))
    return front, back


def forward(poller, ways, timeout):
    """Hands on what has arrived; whether there was anything."""
    ready = poller.poll(timeout)
    for end, _ in ready:
        ways[end].send_multipart(end.recv_multipart(copy=False), copy=False)
    return bool(ready)


def relay(outer, inner, kernel):
    """Hands messages on until the kernel ends."""
    context = zmq.Context()
    poller, ways = zmq.Poller(), {}
    for channel in CHANNELS:
        front, back = ends(context, outer, inner, channel)
        ways[back] = front
        poller.register(back, zmq.POLLIN)
        if channel != "iopub":
            ways[front] = back
            poller.register(front, zmq.POLLIN)
    while kernel.poll() is None:
        forward(poller, ways, GONE)
    # The kernel's last words, such as its answer to the request to shut down.
    while forward(poller, ways, 0):
        pass
    context.destroy(linger=1000)


def run(outer, command):
    """Starts the kernel, relays when it is ready, and returns its exit code."""
    inner = dict(outer, transport="tcp", ip="127.0.0.1")
    for channel, port in zip(CHANNELS, free_ports(len(CHANNELS))):
        inner[channel + "_port"] = port
    # For this user alone, as Jupyter's own file is: the key is in it.
    with tempfile.TemporaryDirectory(prefix="kernel-relay-") as folder:
        connection, ready = os.path.join(folder, "connection.json"), os.path.join(folder, "ready")
        with open(connection, "w") as file:
            json.dump(inner, file)
        kernel = subprocess.Popen([*command, connection, ready])
        for signum in signal.SIGTERM, signal.SIGHUP:
            signal.signal(signum, lambda *_: kernel.terminate())
        # Jupyter interrupts by a message on the control channel; Ctrl-C in its terminal is not for the kernel.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        try:
            while kernel.poll() is None and not os.path.exists(ready):
                time.sleep(READY / 1000)
            if kernel.poll() is None:
                relay(outer, inner, kernel)
        finally:
            if kernel.poll() is None:
                kernel.kill()
            kernel.wait()
    return kernel.returncode if kernel.returncode >= 0 else 128 - kernel.returncode


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit("usage: relay.py CONNECTION_FILE COMMAND...")
    with open(sys.argv[1]) as given:
        sys.exit(run(json.load(given), sys.argv[2:]))
