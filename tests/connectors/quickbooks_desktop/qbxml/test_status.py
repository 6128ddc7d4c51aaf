"""What status numbers mean."""

from __future__ import annotations

import pytest

from counterfoil.connectors.quickbooks_desktop.qbxml import status

# What the request processor puts before QuickBooks' own words.
SAVING = "There was an error when saving a Sales Order.  QuickBooks error message:"


class TestStatus:
    @pytest.mark.parametrize(
        "code, action",
        [
            (0, "ok"),
            (1, "ok"),
            (500, "data"),
            (1010, "again"),
            (1060, "bug"),
            (3100, "data"),
            (3120, "re-read"),
            (3140, "data"),
            (3170, "again"),
            (3171, "user"),
            (3175, "again"),
            (3176, "again"),
            (3200, "re-read"),
            (3231, "again"),
            (3250, "user"),
            (3260, "user"),
            (3390, "again"),
        ],
    )
    def test_action_by_code(self, code: int, action: str) -> None:
        """Section 6: what follows is decided by the code."""
        assert status.status(code).action == action

    @pytest.mark.parametrize(
        "text, action",
        [
            ("There was an error when saving. It has been modified by ANOTHER USER.", "again"),
            ("The customer could not be locked.", "again"),
            ("Elle est en cours d'utilisation par une autre personne.", "again"),
            ("La commande est verrouillée.", "again"),
            ("La commande est utilisée par un AUTRE UTILISATEUR.", "again"),
            (f"{SAVING} The transaction is in use.", "again"),
            (f"{SAVING} Elle est en cours d'utilisation.", "again"),
            ("Insufficient quantity on hand.", "data"),
            ("The customer's credit limit has been exceeded.", "data"),
            ("These initials are already in use.", "data"),
            ("La limite de crédit du client est dépassée.", "data"),
            ("Ce numéro existe déjà.", "data"),
            (f"{SAVING} The custom field is missing.", "data"),
            ("Der Vorgang wird gerade von jemandem bearbeitet.", "doubt"),
            (f"{SAVING} Alguien tiene abierto el pedido.", "doubt"),
            ("他のユーザーが使用中です。", "doubt"),
            (SAVING, "doubt"),
            ("", "doubt"),
        ],
    )
    def test_3180_by_text(self, text: str, action: str) -> None:
        """It covers every failure while saving: a lock waits, a text in no known words may be one."""
        assert status.status(3180, text).action == action

    def test_text_decides_nothing_else(self) -> None:
        """The text of any other code changes nothing."""
        assert status.status(3200, "another user").action == "re-read"

    @pytest.mark.parametrize(
        "code, action",
        [(42, "ok"), (777, "data"), (1999, "user"), (3099, "bug"), (4711, "data"), (9101, "bug"),
         (-1, "bug"), (99999, "bug")],
    )  # fmt: skip
    def test_unknown_codes_by_range(self, code: int, action: str) -> None:
        """A code nobody documented is judged by its range, and says that it is a guess."""
        found = status.status(code)

        assert (found.code, found.action, found.is_confirmed) == (code, action, False)


class TestSetStatus:
    @pytest.mark.parametrize(
        "code, action",
        [
            (0, "ok"),
            (600, "ok"),
            (9001, "bug"),
            (9002, "unknown"),
            (9004, "bug"),
            (9005, "unknown"),
        ],
    )
    def test_action_by_code(self, code: int, action: str) -> None:
        """3.3: that no answer is kept says nothing; other contents are our mistake."""
        assert status.set_status(code).action == action

    def test_an_undocumented_one_is_not_called_fine(self) -> None:
        """What nobody documented is never taken for success."""
        assert status.set_status(9999).action == "bug"


class TestFailure:
    @pytest.mark.parametrize(
        "hresult, action, who",
        [
            ("0x80040400", "bug", "support"),
            ("0x80040402", "unknown", "nobody"),
            ("0x80040408", "again", "bookkeeper"),
            ("0x8004040A", "again", "bookkeeper"),
            ("0x80040414", "again", "bookkeeper"),
            ("0x80040423", "bug", "support"),
            ("0x8004041A", "user", "administrator"),
            ("0x80040154", "user", "installer"),
            ("0x80010105", "unknown", "nobody"),
        ],
    )
    def test_action_by_number(self, hresult: str, action: str, who: str) -> None:
        """1.6: what follows and who acts is decided by the number."""
        found = status.failure(hresult)

        assert (found.action, found.who, found.hex) == (action, who, hresult)

    @pytest.mark.parametrize(
        "text", ["0x80040408", "80040408", " 0X80040408 ", 0x80040408, 0x80040408 - 2**32]
    )
    def test_every_way_of_writing_it(self, text: str | int) -> None:
        """The number may be hexadecimal text, a number, or negative as Windows prints it."""
        assert status.failure(text).code == 0x80040408

    @pytest.mark.parametrize("text", ["0x80041234", "", "no number"])
    def test_an_unknown_one_is_tried_again(self, text: str) -> None:
        """An unknown or unreadable number is a connection problem: the next run tries again."""
        assert status.failure(text).action == "again"

    def test_every_row_speaks_in_sentences(self) -> None:
        """Each failure has a sentence for the bookkeeper and a cure, both ending as sentences."""
        for row in status.HRESULTS.values():
            assert row.sentence.endswith("."), row.hex
            assert row.cure.endswith("."), row.hex
            assert "HRESULT" not in row.sentence
