"""The real `aws`, started once; every command is a fork of it.

Run by the interpreter of `aws`, it serves at the address it is given: a caller sends its three streams, then its
arguments, folder and environment, and is told the exit code. Run with `call`, it is such a caller.
"""

import contextlib
import json
import os
import signal
import socket
import sys
import traceback
from functools import cache
from pathlib import Path
from typing import Any


def serve(address: str) -> None:
    from awscli import clidriver

    read = vars(clidriver.botocore.session)
    read["create_loader"] = cache(read["create_loader"])
    driver = clidriver.create_clidriver()
    driver._get_command_table()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    with socket.socket(socket.AF_UNIX) as door:
        door.bind(address)
        door.listen()
        print("ready", flush=True)
        while True:
            caller, _ = door.accept()
            _, streams, _, _ = socket.recv_fds(caller, 1, 3)
            told = json.load(caller.makefile("rb"))
            with contextlib.suppress(Exception):  # then it stays unread
                _read(driver, told["arguments"][0])
            if not os.fork():
                code = _command(driver, streams, **told)
                caller.sendall(bytes([code]))
                os._exit(0)
            for stream in streams:
                os.close(stream)
            caller.close()


def _read(driver: Any, service: str) -> None:
    """What a command of this service needs to know of it is read once, before the fork."""
    name = service.removesuffix("api")
    driver.session.create_client(name, "eu-central-1", aws_access_key_id="x", aws_secret_access_key="x")
    for kind in ("service-2", "waiters-2", "paginators-1"):
        driver.session.get_component("data_loader").list_available_services(kind)
        driver.session.get_component("data_loader").load_service_model(name, kind)


def _command(driver: Any, streams: list[int], arguments: list[str], folder: str, environment: dict[str, str]) -> int:
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
    os.chdir(folder)
    kept = os.environ["AWS_DATA_PATH"]  # it sets this for itself when it is imported
    os.environ.clear()
    os.environ.update(environment, AWS_DATA_PATH=kept)
    sys.argv = ["aws", *arguments]
    driver.session._config = driver.session._profile = None  # they are of this environment
    try:
        code = driver.main(arguments)
    except SystemExit as ending:
        code = ending.code or 0
    except BaseException:
        traceback.print_exc()
        code = 255
    sys.stdout.flush()
    sys.stderr.flush()
    return code if isinstance(code, int) else 1


def call(address: str, arguments: list[str]) -> int:
    with socket.socket(socket.AF_UNIX) as door:
        door.connect(address)
        socket.send_fds(door, [b"."], [0, 1, 2])
        told = {"arguments": arguments, "folder": str(Path.cwd()), "environment": dict(os.environ)}
        door.sendall(json.dumps(told).encode())
        door.shutdown(socket.SHUT_WR)
        return door.recv(1)[0]


if __name__ == "__main__":
    if sys.argv[1] == "call":
        sys.exit(call(sys.argv[2], sys.argv[3:]))
    serve(sys.argv[1])
