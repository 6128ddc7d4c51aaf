"""One folder per outside system: wire (pure), client (HTTP or SOAP), errors (one table).

Connectors translate between an outside system's format and Counterfoil's own documents.
They know neither the ledger nor each other.
"""
