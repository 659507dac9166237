"""Why there was no answer: the network layer's exceptions in words."""

from harvester.domain.link_answers import Failure


def cause(error: BaseException) -> str:
    """A short description of what went wrong in the network layer.

    Of the messages only the innermost is read: those around it quote the address, which may contain any word.
    """
    chain: list[BaseException] = []
    inner: BaseException | None = error
    while inner and inner not in chain:
        chain.append(inner)
        inner = inner.__cause__ or inner.__context__
    text = f"{' '.join(type(one).__name__ for one in chain)} {chain[-1]}"
    return next((failure for sign, failure in _CAUSES.items() if sign in text), type(error).__name__)


_CAUSES = {
    "NameResolution": Failure.NO_NAME,
    "refused": Failure.REFUSED,
    "ReadTimeout": Failure.STALLED,
    "timed out": Failure.TIMED_OUT,
    "unreachable": Failure.NO_ROUTE,
    "No route": Failure.NO_ROUTE,
    "reset": Failure.RESET,
    "IncompleteRead": Failure.CUT_OFF,
    "RemoteDisconnected": Failure.HUNG_UP,
    "SSL": Failure.UNTRUSTED,
    "BadStatusLine": Failure.NOT_HTTP,
    "LineTooLong": Failure.NOT_HTTP,
    "HTTPException": Failure.NOT_HTTP,
    "InvalidURL": Failure.INVALID,
    "LocationParse": Failure.INVALID,
    "Unicode": Failure.INVALID,
}
