"""The world outside this machine: the upstreams, their clocks, the mail server, and the sender's DNS records."""

import json
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from email.utils import parseaddr

from harvester.base.clock import rfc3339
from harvester.base.errors import CatalogError, FetchError, MailError, StoreError
from harvester.catalog import proposal_git
from harvester.config.settings import Settings
from harvester.mail.smtp import mail_server
from harvester.services.arxiv_client import arxiv_transport
from harvester.services.gated import gated_transport
from harvester.services.harvest.collect import CLOCK_TOLERANCE
from harvester.services.operations.doctor.finding import DoctorFinding, fail, ok, warn
from harvester.services.operations.doctor.local import is_placeholder
from harvester.services.workspace import Workspace
from harvester.sources.errors import BadQuery, Throttled
from harvester.sources.http import Transport
from harvester.sources.registry import probes
from harvester.sources.source import Probe

PATIENCE = 30.0  # seconds to wait for arXiv's gate, and for an answer
DRIFT = timedelta(minutes=2)
SELECTORS = ("default", "mail", "dkim", "digest", "s1", "s2", "k1", "google", "selector1", "selector2")
DNS_SECONDS = 3.0
ANSWER_WITHIN = 5.0  # seconds
Texts = Callable[[str], Sequence[str] | None]
"""The TXT records of a name: empty if it has none, None if no name server could be reached."""


def check_upstreams(ws: Workspace) -> Iterator[DoctorFinding]:
    """Whether each upstream answers as it should, and whether its clock and ours agree."""
    dates = []
    for probe in probes(ws.settings.harvest):
        transport = _transport(ws, probe)
        yield ask(probe, transport)
        dates += [transport.date - ws.clock()] if transport.date else []
    yield compare_clocks(dates, ws.clock())


def ask(probe: Probe, transport: Transport) -> DoctorFinding:
    """Query the upstream; a service that only asks us to wait is not broken."""
    name = f"upstream {probe.name}"
    try:
        return ok(name, probe.ask(transport))
    except Throttled as error:
        return warn(name, str(error), "Nothing to do: runs leave it alone for as long as it asks.")
    except BadQuery as error:
        return fail(name, str(error), "Correct its section in config.toml.")
    except FetchError as error:
        return fail(name, str(error), "Check the network and the address in config.toml; or wait: it may be down.")
    except StoreError as error:
        return fail(name, str(error), "Its gate is kept in the store: see the finding on the store.")


def compare_clocks(dates: Sequence[timedelta], now: datetime) -> DoctorFinding:
    """Whether this machine's clock agrees with the upstreams'; `dates` are how far each one is ahead of it.

    The median counts: one upstream's clock may be wrong, too.
    """
    if not dates:
        return warn("clock", "No upstream gave the time.", "Repair the network; until then compare with `date -u`.")
    ahead = sorted(dates)[len(dates) // 2]
    message = f"This machine's clock says {rfc3339(now)}, the upstreams' clocks say {rfc3339(now + ahead)}."
    if abs(ahead) <= DRIFT:
        return ok("clock", message)
    remedy = "Correct this machine's clock (`timedatectl set-ntp true`), or unset HARVESTER_NOW."
    return fail("clock", message, remedy) if abs(ahead) > CLOCK_TOLERANCE else warn("clock", message, remedy)


def check_mail(settings: Settings, needed: bool) -> DoctorFinding:
    """Whether the mail server accepts our connection, with TLS and login as configured; nothing is sent.

    Args:
        needed: whether anybody is to get mail.
    """
    chosen = settings.digest
    try:
        with mail_server(settings) as server:
            server.check()
    except MailError as error:
        verdict = fail if needed else warn
        return verdict("mail server", str(error), "Correct [digest] smtp_*; until then mails wait, and none is lost.")
    safe = {"none": "without TLS, on this host", "starttls": "with STARTTLS", "tls": "with TLS"}[chosen.smtp_security]
    user = f", logged in as {chosen.smtp_user}" if chosen.smtp_user else ""
    return ok("mail server", f"{chosen.smtp_host}:{chosen.smtp_port} accepts our connection {safe}{user}.")


def check_remote(settings: Settings) -> Iterator[DoctorFinding]:
    """Whether the remote lets this host push proposals; nothing is pushed."""
    if settings.catalog.git != "propose":
        return
    folder = settings.path(settings.catalog.dir)
    try:
        remote = proposal_git.upstream_of(folder)
        proposal_git.try_push(folder, remote)
    except CatalogError as error:
        yield fail("remote", str(error), "Until then papers are not proposed; they wait in the queue.")
        return
    yield ok("remote", f"{remote.remote} lets this host push proposals; reviewers merge into {remote.branch}.")


def check_sender(sender: str, texts: Texts) -> list[DoctorFinding]:
    """The sender's domain as receivers of digests check it: SPF, DKIM, DMARC (RFC 7208, 6376, 7489)."""
    domain = parseaddr(sender)[1].rpartition("@")[2]
    if is_placeholder(domain):
        return [warn("sender", f"{domain} is an example domain.", "Set digest.sender to an address of your own.")]
    own, policy = texts(domain), texts(f"_dmarc.{domain}")
    if own is None or policy is None:
        return [warn("sender", "No name server could be reached.", "Repair the network, and try again.")]
    keys = [
        selector
        for selector in SELECTORS
        if any("p=" in text for text in texts(f"{selector}._domainkey.{domain}") or ())
    ]
    return [_spf(domain, own), _dkim(domain, keys), _dmarc(domain, policy)]


def _spf(domain: str, found: Sequence[str]) -> DoctorFinding:
    records = [text for text in found if text.lower().split(" ")[0] == "v=spf1"]
    if len(records) == 1:
        return ok("spf", f"{domain}: {records[0]}")
    message = f"{domain} has {len(records)} SPF records instead of 1."
    return warn("spf", message, f'Add one TXT record to {domain} that names your mail server: "v=spf1 mx -all".')


def _dkim(domain: str, keys: Sequence[str]) -> DoctorFinding:
    if keys:
        return ok("dkim", f"{domain} has a key under {keys[0]}._domainkey.")
    return warn(
        "dkim",
        f"{domain} has no key under the usual selectors; your server may sign with another one.",
        "Let your mail server sign with DKIM, List-Unsubscribe and List-Unsubscribe-Post included.",
    )


def _dmarc(domain: str, found: Sequence[str]) -> DoctorFinding:
    if records := [text for text in found if text.lower().startswith("v=dmarc1")]:
        return ok("dmarc", f"{domain}: {records[0]}")
    return warn("dmarc", f"{domain} has no DMARC policy.", f'Add a TXT record to _dmarc.{domain}: "v=DMARC1; p=none".')


def check_web(settings: Settings) -> DoctorFinding:
    """Whom the web server takes visitors for who come by ``base_url``; it need not be running."""
    base, trusted = settings.digest.base_url, ", ".join(settings.web.trusted_proxies) or "nobody"
    asked = settings.harvest.model_copy(update={"attempts": 1, "timeout": ANSWER_WITHIN, "read_limit": ANSWER_WITHIN})
    try:
        seen = json.loads(Transport(asked).get(f"{base}/whoami", {}, "application/json").body)
        client, scheme = str(seen["client"]), str(seen["scheme"])
    except (FetchError, ValueError, TypeError, KeyError):
        return ok("web", f"No web server answers at {base} now; it believes {trusted} about where visitors come from.")
    message = f"The web server at {base} takes this request for one from {client} by {scheme}."
    if base.startswith("https:") and scheme != "https":
        remedy = "Add the proxy's address to [web] trusted_proxies, and let it send X-Forwarded-For and -Proto."
        return warn("web", f"{message} So all visitors count as one.", remedy)
    return ok("web", message)


def dns_texts(name: str) -> Sequence[str] | None:
    """The TXT records of a name from the system's name servers, within a few seconds."""
    import dns.exception
    import dns.resolver

    try:
        found = dns.resolver.resolve(name, "TXT", lifetime=DNS_SECONDS)
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
        return ()
    except (dns.exception.DNSException, OSError):
        return None
    return [b"".join(record.strings).decode("utf-8", "replace") for record in found]


def _transport(ws: Workspace, probe: Probe) -> Transport:
    """As few attempts per question as will do; a service with a gate is queried when that opens."""
    limits = {"attempts": probe.attempts, "timeout": min(PATIENCE, ws.settings.harvest.timeout), "read_limit": PATIENCE}
    settings = ws.settings.harvest.model_copy(update=limits)
    if probe.gated:
        return arxiv_transport(ws, settings, PATIENCE)
    if probe.spacing:
        return gated_transport(ws, probe.name, probe.spacing, settings, PATIENCE, allow_private=probe.allow_private)
    return Transport(settings, allow_private=probe.allow_private)
