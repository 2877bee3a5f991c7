#!/usr/bin/env python3
"""The network of Tandem's engines, trained by PyTorch in Python.

The training loop is the one the engines grew from: the same network, Adadelta, dropout and cross-entropy, written as
PyTorch's users write it. Initial weights, order and dropout masks are PyTorch's own.

By hand it trains and tells the test accuracy after every epoch. With --bench it is driven by `tandem bench`: one JSON
object a line on standard input for every request, answered by one or more on standard output (the requests and events
of Tandem's workers, lab/src/main/java/tandem/lab/worker).
"""

import argparse
import gzip
import json
import os
import platform
import resource
import subprocess
import sys
import time
from pathlib import Path

STARTED = time.time()


def command_line():
    """The arguments."""
    parser = argparse.ArgumentParser(
        description="Trains Tandem's network on MNIST with PyTorch.",
        epilog="example: python3 benchmarks/peers/pytorch_mnist.py --data mnist --epochs 1",
    )
    parser.add_argument("--data", type=Path, required=True, help="folder with MNIST's four IDX files, .gz or not")
    parser.add_argument("--epochs", type=int, default=10, help="passes over the training images (default: %(default)s)")
    parser.add_argument("--batch-size", type=int, default=64, help="images of a step (default: %(default)s)")
    parser.add_argument("--lr", type=float, default=1.0, help="initial learning rate (default: %(default)s)")
    parser.add_argument("--gamma", type=float, default=0.7, help="its factor after every epoch (default: %(default)s)")
    parser.add_argument("--rho", type=float, default=0.9, help="Adadelta's decay (default: %(default)s)")
    parser.add_argument("--epsilon", type=float, default=1e-6, help="Adadelta's epsilon (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=42, help="of weights, order and dropout (default: %(default)s)")
    parser.add_argument("--threads", type=int, default=os.cpu_count(), help="that compute (default: %(default)s)")
    parser.add_argument("--bench", action="store_true", help="read requests of 'tandem bench' from standard input")
    return parser.parse_args()

if __name__ == "__main__":
    # Before torch is loaded: help and wrong usage need none, and answer at once.
    ARGUMENTS = command_line()
    # A thread of GNU's OpenMP that waits for the others spins, by default for so long that steps take ten times as long
    # when something else needs a core. The engines of Tandem that use it set the same; libgomp reads it when it is loaded.
    os.environ.setdefault("GOMP_SPINCOUNT", "10000")

try:
    import torch
except ImportError:
    sys.exit(f"pytorch_mnist.py: no torch in {sys.executable}; install PyTorch, or run another Python that has it")

import torch.nn.functional as F
from torch import nn

MEAN, STANDARD_DEVIATION = 0.1307, 0.3081


class Network(nn.Module):
    """Two convolutions, a max-pool, two dense layers; logits of 10 classes."""

    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 32, 3)
        self.conv2 = nn.Conv2d(32, 64, 3)
        self.dropout1 = nn.Dropout(0.25)
        self.fc1 = nn.Linear(9216, 128)
        self.dropout2 = nn.Dropout(0.5)
        self.fc2 = nn.Linear(128, 10)

    def forward(self, x):  # [n, 1, 28, 28]
        x = F.relu(self.conv1(x))  # [n, 32, 26, 26]
        x = F.relu(self.conv2(x))  # [n, 64, 24, 24]
        x = F.max_pool2d(x, 2)  # [n, 64, 12, 12]
        x = torch.flatten(self.dropout1(x), 1)  # [n, 9216]
        x = F.relu(self.fc1(x))  # [n, 128]
        return self.fc2(self.dropout2(x))  # [n, 10]


def read_idx(folder, name, dimensions):
    """The bytes of an IDX file, with or without .gz, as a tensor of so many dimensions."""
    path = folder / name
    if path.exists():
        content = path.read_bytes()
    elif (folder / f"{name}.gz").exists():
        content = gzip.decompress((folder / f"{name}.gz").read_bytes())
    else:
        sys.exit(f"pytorch_mnist.py: {path} is missing, with or without .gz; name MNIST's folder with --data")
    start = 4 * (1 + dimensions)
    sizes = [int.from_bytes(content[i : i + 4], "big") for i in range(4, start, 4)]
    return torch.frombuffer(bytearray(content[start:]), dtype=torch.uint8).reshape(sizes)


class Images:
    """Images and labels of one part of MNIST, as bytes."""

    def __init__(self, folder, part):
        self.pixels = read_idx(folder, f"{part}-images-idx3-ubyte", 3).unsqueeze(1)  # [count, 1, 28, 28]
        self.labels = read_idx(folder, f"{part}-labels-idx1-ubyte", 1).long()  # [count]

    def __len__(self):
        return len(self.labels)

    def inputs(self, which):
        """Normalised pixels of some images: [n, 1, 28, 28]."""
        return self.pixels[which].float().div_(255).sub_(MEAN).div_(STANDARD_DEVIATION)


class Training:
    """A network with its optimizer, and the order of its batches."""

    def __init__(self, images, batch_size=64, lr=1.0, gamma=0.7, rho=0.9, epsilon=1e-6, seed=42):
        torch.manual_seed(seed)
        self.images = images
        self.batch_size = batch_size
        self.network = Network()
        self.optimizer = torch.optim.Adadelta(self.network.parameters(), lr=lr, rho=rho, eps=epsilon)
        self.schedule = torch.optim.lr_scheduler.StepLR(self.optimizer, step_size=1, gamma=gamma)
        self.steps_per_epoch = -(-len(images) // batch_size)
        self.step = 0
        self.order = None

    def next_batch(self):
        """Which images come next; a new order every epoch, and then the learning rate falls."""
        position = self.step % self.steps_per_epoch
        if position == 0:
            self.order = torch.randperm(len(self.images))
            if self.step > 0:
                self.schedule.step()
        self.step += 1
        return self.order[position * self.batch_size : (position + 1) * self.batch_size]

    def train(self, batch):
        """One step; its loss before the update."""
        self.network.train()
        self.optimizer.zero_grad()
        loss = F.cross_entropy(self.network(self.images.inputs(batch)), self.images.labels[batch])
        loss.backward()
        self.optimizer.step()
        return loss.item()

    @torch.no_grad()
    def logits(self, images, first, count):
        """[count, 10]"""
        self.network.eval()
        return self.network(images.inputs(slice(first, first + count)))


def by_hand(arguments):
    """Trains, and tells how well it does."""
    train, test = Images(arguments.data, "train"), Images(arguments.data, "t10k")
    training = Training(
        train, arguments.batch_size, arguments.lr, arguments.gamma, arguments.rho, arguments.epsilon, arguments.seed
    )
    for epoch in range(1, arguments.epochs + 1):
        start = time.perf_counter()
        loss = sum(training.train(training.next_batch()) for _ in range(training.steps_per_epoch))
        seconds = time.perf_counter() - start
        right = 0
        for first in range(0, len(test), 1000):
            right += (training.logits(test, first, 1000).argmax(1) == test.labels[first : first + 1000]).sum().item()
        print(
            f"epoch {epoch}: train loss {loss / training.steps_per_epoch:.4f}, "
            f"test accuracy {100 * right / len(test):.2f}%, {seconds:.1f} s",
            flush=True,
        )


def library(threads):
    """What computes, in the words of a worker's events."""
    version, maker = torch.__version__, "python"
    if torch.__file__.startswith("/usr/lib/python3/dist-packages/"):
        # Debian's torch calls itself by the version before its release; the package knows better.
        asked = subprocess.run(
            ["dpkg-query", "-W", "-f", "${source:Upstream-Version}", "python3-torch"], capture_output=True, text=True
        )
        if asked.returncode == 0:
            version, maker = asked.stdout.split("+dfsg")[0], "python, Debian"
    return {"name": f"pytorch ({maker})", "version": version, "device": "cpu", "threads": threads}


def seconds_since_start():
    """Since the start of the process, where the system tells; else since the first line of this file."""
    try:
        # Field 22 of proc_pid_stat(5) is the start after boot, in clock ticks; the name in field 2 may hold spaces.
        after_name = Path("/proc/self/stat").read_text().rpartition(")")[2].split()
        up = float(Path("/proc/uptime").read_text().split()[0])
        return up - int(after_name[19]) / os.sysconf("SC_CLK_TCK")
    except OSError:
        return time.time() - STARTED


def peak_memory():
    """Resident high-water mark in MiB; macOS counts in bytes, Linux in KiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1 << 20 if platform.system() == "Darwin" else 1 << 10)


def resident_memory():
    """Resident memory in MiB, as the line VmRSS of proc_pid_status(5) has it; None on systems without it."""
    try:
        with open("/proc/self/status", encoding="ascii") as status:
            return next(int(line.split()[1]) / 1024 for line in status if line.startswith("VmRSS:"))
    except OSError:
        return None


class Bench:
    """Answers the requests of the lab."""

    def __init__(self, arguments):
        self.arguments = arguments
        # Whatever a library prints must not come between the events.
        self.events = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
        os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
        self.training = None
        self.test = None

    def send(self, event, **fields):
        self.events.write(json.dumps({"event": event, **fields}) + "\n")

    def serve(self):
        answers = {
            "prepare": self.prepare,
            "measureSteps": self.measure_steps,
            "measureInference": self.measure_inference,
            "stop": lambda request: None,
        }
        for line in sys.stdin:
            request = json.loads(line)
            if request["request"] == "exit":
                return
            try:
                answers[request["request"]](request)
            except Exception as e:
                self.send("failed", sentence=f"{type(e).__name__}: {e}")
                raise
            finally:
                self.events.flush()

    def prepare(self, request):
        recipe = request["recipe"]
        self.test = Images(self.arguments.data, "t10k")
        self.training = Training(
            Images(self.arguments.data, "train"),
            recipe["batchSize"],
            recipe["learningRate"],
            recipe["gamma"],
            recipe["rho"],
            recipe["epsilon"],
            recipe["seed"],
        )
        startup = seconds_since_start()
        self.send("prepared", library=library(torch.get_num_threads()), startupSeconds=startup, identity=None)

    def measured(self, calls, images, start):
        seconds = time.perf_counter() - start
        self.send("measured", calls=calls, images=images, seconds=seconds, peakMemoryMiB=peak_memory(),
                  residentMemoryMiB=resident_memory())

    def measure_steps(self, request):
        training, images, start = self.training, 0, time.perf_counter()
        for _ in range(request["steps"]):
            step = training.step
            batch = training.next_batch()
            images += len(batch)
            rate = training.optimizer.param_groups[0]["lr"]
            before = time.perf_counter()
            loss = training.train(batch)
            millis = 1e3 * (time.perf_counter() - before)
            epoch = step // training.steps_per_epoch + 1
            self.send("step", epoch=epoch, step=step, loss=loss, learningRate=rate, millis=millis)
        self.measured(request["steps"], images, start)

    def measure_inference(self, request):
        count, calls, first, start = request["images"], 0, 0, time.perf_counter()
        while calls == 0 or time.perf_counter() - start < request["seconds"]:
            self.training.logits(self.test, first, count)
            calls += 1
            first = first + count if first + 2 * count <= len(self.test) else 0
        self.measured(calls, calls * count, start)


def main(arguments):
    torch.set_num_threads(arguments.threads)
    if arguments.bench:
        Bench(arguments).serve()
    else:
        by_hand(arguments)


if __name__ == "__main__":
    main(ARGUMENTS)
