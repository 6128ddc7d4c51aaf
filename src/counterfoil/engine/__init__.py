"""The engine: the life of a transfer, what to ask next, and what an answer changes.

Sans-I/O: it is handed what is known (transfers, names, settings, outcomes, the time) and
answers with what to ask and what to record.  It never sees a socket, a session, a file
or a clock, so the same engine is driven by a Web Connector that polls, by a worker that
calls, by a preview that writes nothing, and by a simulation that plays crashes.

Read in this order:

``life``        the table: every state, every event, what follows
``transfers``   a transfer as a value; ``advance`` makes the next one
``operations``  what can be asked of an outside system, and the five outcomes
``matching``    which record a name means
``drafting``    waiting documents, translated, and the names they mention
``planning``    from waiting transfers to the next batch
``settling``    from the outcomes of a batch to what is recorded
``reading``     what a run reads before it writes
``noticing``    what a document just read means for its transfer
"""
