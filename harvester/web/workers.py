"""Threads for work that may take long, so that it cannot take those which answer everybody else.

The framework has forty threads for all requests. Decisions wait for the catalog, its git and the hooks of that; mail
waits for a mail server. Each kind waits on a few threads of its own, and in a queue before them that takes no thread.
"""

import asyncio
import contextvars
import functools
import inspect
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, ParamSpec, TypeVar

from fastapi.routing import APIRoute

P = ParamSpec("P")
R = TypeVar("R")
HEALTH = ThreadPoolExecutor(2, "health")
MAIL = ThreadPoolExecutor(2, "mail")
FETCHING = ThreadPoolExecutor(1, "fetching")
CHANGES = ThreadPoolExecutor(8, "changes")  # everybody's forms
REVIEW = ThreadPoolExecutor(8, "review")  # reviewers' forms
_SAFE = {"GET", "HEAD", "OPTIONS"}


def on(workers: ThreadPoolExecutor, function: Callable[P, R]) -> Callable[P, Coroutine[Any, Any, R]]:
    """The function as a coroutine that runs it on one of these threads."""

    @functools.wraps(function)
    async def run(*args: P.args, **named: P.kwargs) -> R:
        call = functools.partial(contextvars.copy_context().run, function, *args, **named)
        return await asyncio.get_running_loop().run_in_executor(workers, call)

    return run


class OpenRoute(APIRoute):
    """A route for anybody: what changes something runs on threads of its own."""

    workers = CHANGES

    def __init__(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:
        methods = set(options.get("methods") or ["GET"])
        if methods - _SAFE and not inspect.iscoroutinefunction(endpoint):
            endpoint = on(self.workers, endpoint)
        super().__init__(path, endpoint, **options)


class ReviewRoute(OpenRoute):
    """A route for reviewers."""

    workers = REVIEW
