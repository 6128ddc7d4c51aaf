"""The hub's faces for programs: the Web Connector's SOAP endpoint and the JSON API."""
