"""Runs the Java kernel of Jupyter on whichever transport Jupyter asks for.

    python relay.py CONNECTION_FILE COMMAND...

COMMAND starts the kernel; the name of a connection file is added to it. Jupyter's usual transport is tcp: then the kernel
takes this process' place, and nothing is between it and Jupyter. Colab's is ipc, Unix sockets, which the Java
implementation of ZeroMQ does not have: then the kernel gets tcp ports of its own on this machine, and every message is
handed on between the two as it is. Signatures stay valid, as nothing is read.

Needs pyzmq, which is wherever Jupyter is, and nothing else.
"""

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile

CHANNELS = ("shell", "control", "stdin", "hb", "iopub")

# How often to look whether the kernel or Jupyter are gone, in milliseconds.
GONE = 500


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


def ends(zmq, context, outer, inner, channel):
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
    """Hands messages on until the kernel ends, or ends the kernel when nobody is left to ask for it."""
    # Not at the top: with tcp there is no need to load it.
    import zmq

    context = zmq.Context()
    poller, ways = zmq.Poller(), {}
    for channel in CHANNELS:
        front, back = ends(zmq, context, outer, inner, channel)
        ways[back] = front
        poller.register(back, zmq.POLLIN)
        if channel != "iopub":
            ways[front] = back
            poller.register(front, zmq.POLLIN)
    jupyter = os.getppid()
    while kernel.poll() is None:
        forward(poller, ways, GONE)
        if os.getppid() != jupyter:
            kernel.terminate()
    # The kernel's last words, such as its answer to the request to shut down.
    while forward(poller, ways, 0):
        pass
    context.destroy(linger=1000)


def run(outer, command):
    """Starts the kernel on tcp, relays until it ends, and returns its exit code."""
    inner = dict(outer, transport="tcp", ip="127.0.0.1")
    for channel, port in zip(CHANNELS, free_ports(len(CHANNELS))):
        inner[channel + "_port"] = port
    # For this user alone, as Jupyter's own file is: the key is in it.
    with tempfile.NamedTemporaryFile("w", prefix="kernel-relay-", suffix=".json") as file:
        json.dump(inner, file)
        file.flush()
        kernel = subprocess.Popen([*command, file.name])
        for signum in signal.SIGTERM, signal.SIGHUP:
            signal.signal(signum, lambda *_: kernel.terminate())
        # Jupyter interrupts by a message on the control channel; Ctrl-C in its terminal is not for the kernel.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        try:
            relay(outer, inner, kernel)
        finally:
            if kernel.poll() is None:
                kernel.kill()
            kernel.wait()
    return kernel.returncode if kernel.returncode >= 0 else 128 - kernel.returncode


def main():
    if len(sys.argv) < 3:
        sys.exit("usage: relay.py CONNECTION_FILE COMMAND...")
    path, command = sys.argv[1], sys.argv[2:]
    with open(path) as file:
        connection = json.load(file)
    if connection["transport"] == "ipc":
        sys.exit(run(connection, command))
    os.execvp(command[0], [*command, path])


if __name__ == "__main__":
    main()
