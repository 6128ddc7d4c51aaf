"""The hub drives links: it is the only place with real clocks, clients and secrets.

``setup``          configuration and the composition root: what exists once per process
``vault``          secrets at rest
``accounts``       making connections and links
``links``          links with their settings in force
``targets``        what planning has to know about each system
``work``           a run on a connection: what is asked next
``outstanding``    whether there is anything to do there, and how much
``asking``         how what is asked is recorded
``run_readings``   what a run reads: its agenda's pages, and documents of ours again
``answering``      what an answer changes; ``answered_readings``: of it, what was read
``readings_due``   what a run reads, and whether anything is due
``intake``         what its pages change
``desktop_run``    a run on a company file; ``desktop_answers``: what comes back in it
``web_connector``  the Web Connector's calls, answered
``drive``          the run of a system that we call
``dispatcher``     when connections are driven
``desk``           what people ask for: send, retry, skip, choose, retrieve, preview
"""
