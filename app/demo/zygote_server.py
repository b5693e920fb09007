"""Zygote, server side: imports Loket once, and forks for each program that it is asked to start.

For each program it gets a socket and a log file. The child reads from the socket what to run; the
zygote writes its process id there, and its exit code when it has ended.
"""

import gc
import importlib
import json
import os
import runpy
import selectors
import signal
import socket
import sys
from collections.abc import Mapping, Sequence
from typing import Any, NoReturn

from setproctitle import getproctitle, setproctitle

from app.areas import blueprints as import_pages
from app.demo.zygote import MORE, zygote
from processes.platform.settings import use_settings
from workers.parent import end_with_parent

# What the parts of Loket import; but workers.start, whose event must not be shared by two workers.
# Pages are imported beside these.
COMMON = (
    "app.cli.main",
    "app.factory",
    "waitress",
    "workers.run_job",
    "workers.schedule",
    "workers.vocabulary",
)
# What the parts need that start after the portal.
LATER = (
    "app.demo.login_simulator",
    "app.demo.mailbox",
    "celery.apps.beat",
    "celery.apps.worker",
    "celery.concurrency.prefork",
    "celery.worker.consumer",
    "kombu.transport.redis",
    "requests",
)
# What one part needs once: only where many demonstrations start after each other it is shared.
OF_ONE = ("app.setup.preparation",)
READ = 65_536


def serve(control: socket.socket) -> socket.socket | None:
    """Fork until the other side closes its end; in the child, return its socket."""
    woken, wakes = socket.socketpair()
    woken.settimeout(0)
    wakes.settimeout(0)
    signal.signal(signal.SIGCHLD, lambda *_: None)  # a handler, so that the next line is told
    signal.set_wakeup_fd(wakes.fileno())
    children: dict[int, socket.socket] = {}
    with selectors.DefaultSelector() as selector:
        selector.register(control, selectors.EVENT_READ)
        selector.register(woken, selectors.EVENT_READ)
        while True:
            ready = {key.fileobj for key, _ in selector.select()}
            if woken in ready:
                woken.recv(READ)
                _reap(children)
            if control not in ready:
                continue
            message, received, _flags, _from = socket.recv_fds(control, 1, 2)
            if not message:
                return None
            if message == MORE:
                _import(LATER)
                continue
            asked, log = socket.socket(fileno=received[0]), received[1]
            parent = os.getpid()
            pid = os.fork()
            if pid == 0:
                for each in (control, woken, wakes, *children.values()):
                    each.close()
                _leave_home(parent, log)
                return asked
            os.close(log)
            asked.sendall(b"%d\n" % pid)
            children[pid] = asked


def _reap(children: dict[int, socket.socket]) -> None:
    while children:
        pid, status = os.waitpid(-1, os.WNOHANG)
        if not pid:
            return
        with children.pop(pid) as asked:
            try:
                asked.sendall(b"%d\n" % os.waitstatus_to_exitcode(status))
            except OSError:
                continue  # who asked has gone


def _leave_home(parent: int, log: int) -> None:
    """Become a process like one that was started by itself."""
    os.setpgid(0, 0)
    end_with_parent(parent)
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for given, number in ((nothing, 0), (log, 1), (log, 2)):
        os.dup2(given, number)
    os.close(nothing)
    os.close(log)


def _question(asked: socket.socket) -> dict[str, Any]:
    """What the child was asked to run."""
    with asked:
        question: dict[str, Any] = json.loads(b"".join(iter(lambda: asked.recv(READ), b"")))
    return question


def _fork_zygote() -> socket.socket | None:
    """Fork a zygote for this program; in the fork, return the socket on which it is asked."""
    ours, theirs = socket.socketpair()
    pid = os.fork()
    if pid:
        theirs.close()
        zygote.adopt(ours, pid)
        return None
    ours.close()
    setproctitle(f"{getproctitle()} (zygote)")
    os.setpgid(0, 0)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)
    return theirs


def _run(question: Mapping[str, Any]) -> None:
    module, *arguments = question["arguments"]
    os.environ.clear()
    os.environ.update(question["environment"])
    use_settings(None)
    setproctitle(" ".join([sys.executable, "-m", module, *arguments]))
    sys.argv = [module, *arguments]
    runpy.run_module(module, run_name="__main__", alter_sys=True)


def share_imports() -> None:
    """Import Loket here and fork a zygote that has it too, unless this process has a zygote.

    The fork leaves by SystemExit, so there may be nothing in the callers that ends with them.
    """
    if zygote.process_id:
        return
    _import(COMMON)
    if control := _fork_zygote():
        _live(control)


def _import(modules: Sequence[str]) -> None:
    """Import these and the pages, and leave them where forks share their memory.

    Hardly anything is garbage after imports, and looking for it takes a quarter of their time.
    """
    getproctitle()  # looks for the place of the title, which is not found in a changed environment
    gc.disable()
    for module in modules:
        importlib.import_module(module)
    import_pages()
    gc.freeze()
    gc.enable()


def _live(control: socket.socket | None) -> NoReturn:
    """Serve; in a fork, run the program that it was forked for."""
    while control is not None and (asked := serve(control)) is not None:
        question = _question(asked)
        control = _fork_zygote() if question["starts_others"] else None
        if control is None:
            _run(question)
    sys.exit(0)


def main() -> NoReturn:
    _import((*COMMON, *LATER, *OF_ONE))
    _live(socket.socket(fileno=os.dup(0)))


if __name__ == "__main__":
    main()
