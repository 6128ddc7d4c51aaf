"""The engine: the life of a transfer, what to ask next, and what an answer changes.

Sans-I/O: it is handed what is known (transfers, names, settings, outcomes, the time) and
answers with what to ask and what to record.  It never sees a socket, a session, a file
or a clock, so the same engine is driven by a Web Connector that polls, by a worker that
calls, by a preview that writes nothing, and by a simulation that plays crashes.

Read in this order:

``life``         how a write fares: every state, every event, what follows
``deciding``     what shall be: from facts to a state of rest, or to a write
``admission``    whether a document may go
``transfers``    a transfer, its pairing and its mark, as values
``standpoint``   what is known about a transfer; here its facts are told
``moving``       how events and facts make the next value of a transfer
``operations``   what can be asked of an outside system, and the six outcomes
``matching``     which record a name means
``drafting``     waiting documents, translated, and the names they mention
``resolving``    from names to records, or to those that have to be created
``asked``        what left in a batch, as the ledger remembers it
``looking_up``   the questions of one batch
``objections``   why a write is refused before it is planned
``planning``     from waiting transfers to the next batch
``paired_lines`` which line of the target's document a line of the source became
``seeing``       what a document that was read in the target tells
``confirming``   what a look-up says of a write: there, absent, another's
``settling``     from the outcomes of a batch to what is recorded
``settlement``   what one answer changes, as it is collected
``reading``      what a run reads before it writes
``holding``      whether a write without an answer may still be carried out
``identity``     who we are beside the books, and which of both is an older copy
"""
