"""The digest: who gets what, the messages, their delivery, and the tokens in their links. Its ledger: store.ledger."""
