"""Waits of escalations that a story can end: the next step comes when the story has looked at this one, and not when a
clock says so.

`POST /_ministack/waits/{execution}` ends the wait that the execution with this name is in; 404 says that it is in none.
Waits that no story ends take their time, each second as long as `SFN_STEP_SCALE` says; `SFN_WAIT_SCALE` is then for
the pauses between tries alone.
"""

import os
import threading
import time

from ministack.services import stepfunctions

PATH = "/_ministack/waits/"

scale = float(os.environ.get("SFN_STEP_SCALE", "1"))
waiting = {}
lock = threading.Lock()
current = threading.local()


def of_an_execution(execute):
    def executed(state, given, ctx=None):
        current.execution = ctx and ctx["Execution"]["Name"]
        try:
            return execute(state, given, ctx)
        finally:
            current.execution = None

    return executed


def sleep(seconds):
    execution = getattr(current, "execution", None)
    if execution is None:
        time.sleep(seconds * stepfunctions._SFN_WAIT_SCALE)
        return
    over = threading.Event()
    with lock:
        waiting[execution] = over
    over.wait(seconds * scale)
    with lock:
        waiting.pop(execution, None)


def end(execution):
    """Whether the execution was in a wait, which is over now."""
    with lock:
        over = waiting.pop(execution, None)
    if over:
        over.set()
    return over is not None


def ending(app):
    async def served(scope, receive, send):
        if scope["type"] != "http" or not scope["path"].startswith(PATH):
            await app(scope, receive, send)
            return
        status = 204 if end(scope["path"][len(PATH) :]) else 404
        await send({"type": "http.response.start", "status": status, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    return served


def install(server):
    stepfunctions._execute_wait = of_an_execution(stepfunctions._execute_wait)
    stepfunctions._scaled_sleep = sleep
    server.app = ending(server.app)
