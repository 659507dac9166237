"""``harvester web``."""

from harvester.cli.command import Invocation, Output, command


@command
def web(call: Invocation) -> Output | None:
    """Serve the public pages, the review pages and the links in mails, until stopped."""
    from harvester.web.server import listen, prepare, serve

    ws = call.workspace
    prepare(ws)
    with listen(ws.settings.web) as server:
        call.answer(Output({"url": server.url}, f"Listening on {server.url}; press Ctrl-C to stop it."))
        serve(ws, server)
    return None
