"""The digest's rules and text: who gets what, the message, the feeds. Its ledger is store.ledger."""
