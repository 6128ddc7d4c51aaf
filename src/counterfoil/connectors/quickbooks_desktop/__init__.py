"""QuickBooks Desktop: qbXML messages, the Web Connector's SOAP calls and the .qwc file."""
