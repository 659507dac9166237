"""Python processes that need not load their libraries: each is a fork of one that has loaded them.

Loading torch and sentence-transformers takes seconds of a processor, and a page of the documentation starts twenty
commands. What is forked is a process of its own, with its own folder, environment and files; the code of this project
is loaded after the fork, from where PYTHONPATH says. The process that asks for it passes signals on, and ends as it
does; if it is killed, so is the fork, whose files are then closed.
"""

import importlib
import json
import os
import runpy
import signal
import socket
import stat
import subprocess
import sys
import threading
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

LIBRARIES = (
    "sentence_transformers",
    "sklearn.linear_model",
    "alembic.command",
    "psycopg",
    "sqlalchemy.dialects.postgresql",
    "sqlalchemy.dialects.sqlite",
    "pydantic",
    "typer",
    "rich.table",
    "requests",
    "feedparser",
    "lxml.etree",
    "jinja2",
    "markdown_it",
    "tomlkit",
    "fastapi",
    "uvicorn",
    "apscheduler.schedulers.background",
)

# Run with neither site nor environment, so that it starts in a fiftieth of a second.
_CLIENT = """\
#!{python} -ISE
import json, os, signal, socket, sys
server = socket.socket(socket.AF_UNIX)
server.connect({address!r})
wish = json.dumps({{"arguments": {arguments!r} + sys.argv[1:], "folder": os.getcwd(), "environment": dict(os.environ)}})
socket.send_fds(server, [len(wish.encode()).to_bytes(4, "big")], [0, 1, 2])
server.sendall(wish.encode())
fork = int.from_bytes(server.recv(4), "big")
for number in (signal.SIGINT, signal.SIGTERM):
    signal.signal(number, lambda number, frame: os.kill(fork, number))
for file in (0, 1, 2):
    os.close(file)
status = server.recv(1)
if not status:
    os.kill(os.getpid(), signal.SIGKILL)
os._exit(status[0])
"""


@contextmanager
def forkserver(folder: Path) -> Iterator[Path]:
    """Serve forks while the context lasts; what is yielded is a folder for PATH, with `python` and `harvester`.

    The libraries are loaded at the first request, so that a server which nobody asks costs next to nothing.
    """
    address = str(folder / "forkserver")
    commands = folder / "bin"
    commands.mkdir()
    for name, arguments in (("python", []), ("harvester", ["-m", "harvester"])):
        script = _CLIENT.format(python=sys.executable, address=address, arguments=arguments)
        (commands / name).write_text(script, encoding="utf-8")
        (commands / name).chmod(stat.S_IRWXU)
    alone = {**os.environ, "OMP_NUM_THREADS": "1"}  # threads do not survive a fork, and other tests run beside these
    with subprocess.Popen([sys.executable, __file__, address], stdout=subprocess.PIPE, env=alone) as server:
        assert server.stdout is not None
        assert server.stdout.readline() == b"ready\n"
        yield commands
        server.kill()


def _serve(address: str) -> None:
    listening = socket.socket(socket.AF_UNIX)
    listening.bind(address)
    listening.listen(100)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for the forks: each tells its status itself
    print("ready", flush=True)
    while True:
        asking, _ = listening.accept()
        for library in LIBRARIES:
            importlib.import_module(library)
        if os.fork() == 0:
            listening.close()
            _become(asking)
        asking.close()


def _become(asking: socket.socket) -> None:
    """Be the process that is asked for, and end as it ends."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    length, files, _, _ = socket.recv_fds(asking, 4, 3)
    wish = json.loads(asking.recv(int.from_bytes(length, "big"), socket.MSG_WAITALL))
    for number, file in enumerate(files):
        os.dup2(file, number)
        os.close(file)
    os.environ.clear()
    os.environ.update(wish["environment"])
    os.chdir(wish["folder"])
    asking.send(os.getpid().to_bytes(4, "big"))
    threading.Thread(target=_die_with, args=[asking], daemon=True).start()
    status = _status(wish["arguments"])
    asking.send(bytes([status & 255]))
    os._exit(status)


def _die_with(asking: socket.socket) -> None:
    asking.recv(1)
    os.kill(os.getpid(), signal.SIGKILL)


def _status(arguments: list[str]) -> int:
    """Run `-m MODULE` or `-c CODE` with its arguments as Python does; the exit status."""
    kind, what, *rest = arguments
    sys.argv = [kind, *rest]
    sys.path[0] = os.getcwd()
    sys.path[1:1] = [place for place in os.environ.get("PYTHONPATH", "").split(os.pathsep) if place]
    try:
        if kind == "-m":
            runpy.run_module(what, run_name="__main__", alter_sys=True)
        else:
            exec(compile(what, "<string>", "exec"), {"__name__": "__main__"})
        status = 0
    except SystemExit as ended:
        if isinstance(ended.code, str):
            print(ended.code, file=sys.stderr)
        status = ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    except BaseException:  # as Python itself ends, whatever was raised: the traceback on stderr, and status 1
        traceback.print_exc()
        status = 1
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    return status


if __name__ == "__main__":
    _serve(sys.argv[1])
