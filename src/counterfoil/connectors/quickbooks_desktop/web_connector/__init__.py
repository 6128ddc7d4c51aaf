"""The QuickBooks Web Connector's wire, our side of it.  Pure: no I/O, no clock, no chance.

The Web Connector is a small Windows program that calls us; we never call it.  In the order in
which a run meets them:

``qwc``      the file that introduces this hub to the user's Web Connector
``wsdl``     the service's description
``soap``     bytes to calls, results to bytes
``order``    which call may come when, and what an unexpected one means
``answers``  every value a call may be answered with, by name
``hcp``      what the first ``sendRequestXML`` of a run tells about QuickBooks and the company
"""
