"""Who is traded with and who works here: vendors, customers, employees."""

from __future__ import annotations

from ._table import Entity, Family

__all__ = ["NAMES"]

_PERSON = """
    Title string(16)
    GivenName string(100) filter
    MiddleName string(100) filter
    FamilyName string(100) filter
    Suffix string(16) filter
    DisplayName string(500) filter kept
    PrintOnCheckName string(110) filter kept
    Active boolean filter
    PrimaryPhone TelephoneNumber
    Mobile TelephoneNumber
    PrimaryEmailAddr EmailAddress
    Organization boolean
    V4IDPseudonym string ro
"""

_FIRM = """
    CompanyName string(100) filter
    AlternatePhone TelephoneNumber
    Fax TelephoneNumber
    WebAddr WebSiteAddress
    BillAddr PhysicalAddress
    OtherContactInfo any
    CurrencyRef ref fixed
    Balance decimal ro filter
    Notes string(2000)
    GSTIN string(15)
    GSTRegistrationType string(15)
    BusinessNumber string(10)
    CustomField CustomField[]
"""

NAMES = (
    Entity(
        "Vendor",
        Family.NAME,
        plural="Names",
        fields=_PERSON
        + _FIRM
        + """
        AcctNum string(100)
        TaxIdentifier string(20)
        Vendor1099 boolean
        TermRef ref->Term
        APAccountRef ref->Account
        BillRate decimal
        CostRate decimal
        ShipAddr PhysicalAddress
        VendorPaymentBankDetail any
        HasTPAR boolean
        T4AEligible boolean
        T5018Eligible boolean
        TaxReportingBasis string
        Source string ro
        """,
    ),
    Entity(
        "Customer",
        Family.NAME,
        plural="Names",
        fields=_PERSON
        + _FIRM
        + """
        FullyQualifiedName string ro filter
        Job boolean filter
        ParentRef ref->Customer
        Level integer ro
        BillWithParent boolean
        BalanceWithJobs decimal ro
        OpenBalanceDate date
        ShipAddr PhysicalAddress
        SalesTermRef ref->Term
        PaymentMethodRef ref
        CustomerTypeRef ref
        PreferredDeliveryMethod enum(Print|Email|None)
        Taxable boolean
        DefaultTaxCodeRef ref->TaxCode
        TaxExemptionReasonId string
        ResaleNum string(16)
        IsProject boolean ro
        ARAccountRef ref->Account
        PrimaryTaxIdentifier string
        SecondaryTaxIdentifier string
        ClientEntityId string ro
        Source string ro
        """,
    ),
    Entity(
        "Employee",
        Family.NAME,
        plural="Names",
        fields=_PERSON
        + """
        PrimaryAddr PhysicalAddress
        EmployeeNumber string(100)
        SSN string(100)
        BirthDate date
        HiredDate date
        ReleasedDate date
        Gender enum(Male|Female)
        BillableTime boolean
        BillRate decimal
        CostRate decimal
        """,
    ),
)
