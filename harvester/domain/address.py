"""Validation of e-mail addresses: a plain ASCII address, or a sentence that says what is wrong with it."""

from harvester.base.errors import UsageError


def parse_address(text: str) -> str:
    """The address in the form that mail is sent to: its domain in lower case and in ASCII (``xn--``).

    Display names, comments, lists, quoted local parts and non-ASCII characters before the @ (which many servers do not
    accept) are refused, and with them everything that could break out of a header or an SMTP command. Whether the
    domain exists is not checked: a mail server in a hospital's own network is valid.

    Raises:
        UsageError: the address is not valid; the message gives the text and the reason.
    """
    # Imported here because few commands need it.
    from email_validator import SPECIAL_USE_DOMAIN_NAMES, EmailNotValidError, validate_email

    SPECIAL_USE_DOMAIN_NAMES.clear()  # the documented way to accept local domain names
    try:
        read = validate_email(
            text.strip(), check_deliverability=False, allow_smtputf8=False, globally_deliverable=False, strict=True
        )
    except EmailNotValidError as error:
        raise _refused(text, str(error).rstrip(".")) from None
    if not read.ascii_email or not _is_full(read.ascii_domain):
        raise _refused(text, "its domain must be a full name such as example.org")
    return read.ascii_email


def _is_full(domain: str) -> bool:
    _, dot, last = domain.rpartition(".")
    return domain == "localhost" or (bool(dot) and not last.isdigit())


def _refused(text: str, why: str) -> UsageError:
    shown = text if len(text) <= 80 else f"{text[:77]}..."
    return UsageError(f"{shown!r} is not a valid e-mail address: {why}. Write it as name@example.org.")
