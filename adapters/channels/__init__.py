"""The channels by which messages leave the house: each a small class with ``send(message, address) -> Receipt``.

Invariant: a channel knows nothing of cases, rules or the database; what it raises is ``TemporaryFailure`` or ``PermanentFailure``.
"""
