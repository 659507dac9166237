"""``harvester web``."""

from harvester.cli.common import AsJson, Config, Debug, print_json, say, set_up_logging, workspace


def web(config: Config = None, as_json: AsJson = False, debug: Debug = False) -> None:
    """Serve the public pages, the review pages and the links in mails, until it is stopped."""
    from harvester.web.server import listen, prepare, serve

    set_up_logging(debug)
    ws = workspace(config)
    prepare(ws)
    with listen(ws.settings.web) as server:
        if as_json:
            print_json({"url": server.url})
        else:
            say(f"Listening on {server.url}; Ctrl-C stops it.")
        serve(ws, server)
