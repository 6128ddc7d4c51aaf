"""Wire texts for these tests, as the Web Connector and QuickBooks send them (1.1, 1.5)."""

from __future__ import annotations

from html import escape

SOAP_11 = "http://schemas.xmlsoap.org/soap/envelope/"
SOAP_12 = "http://www.w3.org/2003/05/soap-envelope"
LIMIT = 32 * 2**20


def envelope(inside: str, *, namespace: str = SOAP_11) -> bytes:
    """A SOAP body as the connector's .NET client writes it."""
    return (
        '<?xml version="1.0" encoding="utf-8"?>'
        f'<soap:Envelope xmlns:soap="{namespace}"'
        ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
        ' xmlns:xsd="http://www.w3.org/2001/XMLSchema">'
        f"<soap:Body>{inside}</soap:Body></soap:Envelope>"
    ).encode()


def call(operation: str, **parameters: str) -> bytes:
    """A call with its parameters in the given order."""
    inside = "".join(f"<{name}>{escape(text)}</{name}>" for name, text in parameters.items())
    return envelope(f'<{operation} xmlns="http://developer.intuit.com/">{inside}</{operation}>')


OWNER = "{57F3B9B6-86F1-4FCC-B1FF-966DE1813D20}"
FILE = "{8A1B1E6C-7C1D-4F0B-9D3C-5D2B0C1A9E77}"

HOST = (
    '<HostQueryRs requestID="0" statusCode="0" statusSeverity="Info" statusMessage="Status OK">'
    "<HostRet><ProductName>QuickBooks Enterprise Solutions: Manufacturing 24.0</ProductName>"
    "<MajorVersion>34</MajorVersion><MinorVersion>0</MinorVersion><Country>US</Country>"
    + "".join(
        f"<SupportedQBXMLVersion>{version}</SupportedQBXMLVersion>"
        for version in ("1.0", "1.1", "2.0", "9.0", "10.0", "13.0", "14.0", "15.0", "16.0")
    )
    + "<IsAutomaticLogin>false</IsAutomaticLogin><QBFileMode>MultiUser</QBFileMode>"
    "</HostRet></HostQueryRs>"
)
COMPANY = (
    '<CompanyQueryRs requestID="1" statusCode="0" statusSeverity="Info" statusMessage="Status OK">'
    "<CompanyRet><IsSampleCompany>false</IsSampleCompany><CompanyName>Acme Widgets</CompanyName>"
    "<LegalCompanyName>Acme Widgets, Inc.</LegalCompanyName>"
    "<DataExtRet><OwnerID>{00000000-0000-0000-0000-00000000ABCD}</OwnerID>"
    "<DataExtName>FileID</DataExtName><DataExtType>STR255TYPE</DataExtType>"
    "<DataExtValue>{somebody-elses}</DataExtValue></DataExtRet>"
    f"<DataExtRet><OwnerID>{OWNER}</OwnerID><DataExtName>FileID</DataExtName>"
    f"<DataExtType>STR255TYPE</DataExtType><DataExtValue>{FILE}</DataExtValue></DataExtRet>"
    f"<DataExtRet><OwnerID>{OWNER}</OwnerID><DataExtName>AppLock</DataExtName>"
    "<DataExtType>STR255TYPE</DataExtType>"
    "<DataExtValue>LOCKED:FRONTDESK:638000000000000000</DataExtValue></DataExtRet>"
    "</CompanyRet></CompanyQueryRs>"
)
PREFERENCES = (
    '<PreferencesQueryRs requestID="2" statusCode="0" statusSeverity="Info"'
    ' statusMessage="Status OK"><PreferencesRet>'
    "<AccountingPreferences><IsUsingAccountNumbers>true</IsUsingAccountNumbers>"
    "<IsRequiringAccounts>true</IsRequiringAccounts>"
    "<IsUsingClassTracking>true</IsUsingClassTracking><IsUsingAuditTrail>true</IsUsingAuditTrail>"
    "<IsAssigningJournalEntryNumbers>true</IsAssigningJournalEntryNumbers>"
    "<ClosingDate>2025-12-31</ClosingDate></AccountingPreferences>"
    "<JobsAndEstimatesPreferences><IsUsingEstimates>true</IsUsingEstimates>"
    "<IsUsingProgressInvoicing>false</IsUsingProgressInvoicing>"
    "<IsPrintingItemsWithZeroAmounts>true</IsPrintingItemsWithZeroAmounts>"
    "</JobsAndEstimatesPreferences>"
    "<MultiCurrencyPreferences><IsMultiCurrencyOn>true</IsMultiCurrencyOn>"
    "<HomeCurrencyRef><ListID>80000095-1</ListID><FullName>US Dollar</FullName></HomeCurrencyRef>"
    "</MultiCurrencyPreferences>"
    "<PurchasesAndVendorsPreferences><IsUsingInventory>true</IsUsingInventory>"
    "<DaysBillsAreDue>10</DaysBillsAreDue></PurchasesAndVendorsPreferences>"
    "<SalesAndCustomersPreferences><PriceLevels><IsUsingPriceLevels>true</IsUsingPriceLevels>"
    "</PriceLevels></SalesAndCustomersPreferences>"
    "<SalesTaxPreferences><DefaultItemSalesTaxRef><FullName>State Tax</FullName>"
    "</DefaultItemSalesTaxRef><PaySalesTax>Monthly</PaySalesTax>"
    "<DefaultTaxableSalesTaxCodeRef><FullName>Tax</FullName></DefaultTaxableSalesTaxCodeRef>"
    "<DefaultNonTaxableSalesTaxCodeRef><FullName>Non</FullName></DefaultNonTaxableSalesTaxCodeRef>"
    "</SalesTaxPreferences>"
    "<TimeTrackingPreferences><FirstDayOfWeek>Monday</FirstDayOfWeek></TimeTrackingPreferences>"
    "<CurrentAppAccessRights><IsAutomaticLoginAllowed>true</IsAutomaticLoginAllowed>"
    "<IsPersonalDataAccessAllowed>false</IsPersonalDataAccessAllowed></CurrentAppAccessRights>"
    "<ItemsAndInventoryPreferences><EnhancedInventoryReceivingEnabled>false"
    "</EnhancedInventoryReceivingEnabled><IsTrackingSerialOrLotNumber>None"
    "</IsTrackingSerialOrLotNumber><FIFOEnabled>false</FIFOEnabled></ItemsAndInventoryPreferences>"
    "</PreferencesRet></PreferencesQueryRs>"
)


def host_facts(*replies: str) -> str:
    """An HCP response as the connector passes it on (1.5); without arguments a complete one."""
    inside = "".join(replies or (HOST, COMPANY, PREFERENCES))
    return f'<?xml version="1.0" ?><QBXML><QBXMLMsgsRs>{inside}</QBXMLMsgsRs></QBXML>'
