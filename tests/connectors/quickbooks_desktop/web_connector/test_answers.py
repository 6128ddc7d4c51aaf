"""Every answer of section 1.3, by its row; what would do harm cannot be built."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterfoil.connectors.quickbooks_desktop.web_connector import answers
from counterfoil.connectors.quickbooks_desktop.web_connector.answers import (
    AuthenticateAnswer,
    client_version_answer,
    connection_error_answer,
    explain,
    last_error,
    may_have_been_done,
    progress,
)
from counterfoil.documents import visible

PATH = r"C:\Books\Acme Widgets.qbw"


class TestAuthenticate:
    @pytest.mark.parametrize(
        "answer,strings,starts_run",
        [
            (answers.work("t"), ("t", ""), True),
            (answers.work("t", company_file=PATH), ("t", PATH), True),
            (answers.work("t", floor_s=300), ("t", "", "", "300"), True),
            (answers.no_work("t"), ("t", "none"), False),
            (answers.no_work("t", floor_s=60), ("t", "none", "", "60"), False),
            (answers.not_valid_user("t"), ("t", "nvu"), False),
            (answers.busy("t"), ("t", "busy"), False),
            (answers.busy("t", floor_s=60), ("t", "busy", "", "60"), False),
            (answers.postponed("t", 90), ("t", "none", "90"), False),
            (answers.postponed("t", 90, floor_s=60), ("t", "none", "90", "60"), False),
        ],
    )
    def test_values_stand_at_their_places(
        self, answer: AuthenticateAnswer, strings: tuple[str, ...], starts_run: bool
    ) -> None:
        """Quirk 4: each answer has as many values as it needs, skipped ones empty."""
        assert answer.strings == strings
        assert answer.starts_run is starts_run

    @pytest.mark.parametrize("status", ["", PATH, "nvu"])
    def test_postponement_beside_work_or_nvu_is_impossible(self, status: str) -> None:
        """Quirk 35: a postponement would stop the run, or hide a wrong password."""
        with pytest.raises(AssertionError, match="hides every other status"):
            AuthenticateAnswer("t", status, postpone_s=60)

    @pytest.mark.parametrize("seconds", [0, -1])
    def test_no_seconds_are_not_described(self, seconds: int) -> None:
        """0 has no documented meaning at either place."""
        with pytest.raises(AssertionError, match="not described"):
            answers.postponed("t", seconds)
        with pytest.raises(AssertionError, match="not described"):
            answers.work("t", floor_s=seconds)

    @pytest.mark.parametrize("path", ["none", "NVU", "Busy", " busy ", " ", "C:\\a.qbw "])
    def test_path_is_never_a_status_word(self, path: str) -> None:
        """A text the connector takes for a word, or cannot open, is refused as a path."""
        with pytest.raises(ValueError, match="is no path"):
            answers.work("t", company_file=path)

    def test_ticket_is_always_there(self) -> None:
        """There is no answer without a ticket."""
        with pytest.raises(AssertionError, match="ticket"):
            answers.not_valid_user("")


class TestClientVersion:
    @pytest.mark.parametrize(
        "reported,oldest",
        [
            ("2.3.0.215", ""),
            ("2.3.0.215", "2.3"),
            ("2.10", "2.9"),
            ("2.1", "2.1.0.0"),
            ("10.0", "9.9"),
            ("", "2.1"),
            ("unknown", "2.1"),
            ("2.3-beta", "2.3"),
        ],
    )
    def test_is_accepted_with_the_empty_text(self, reported: str, oldest: str) -> None:
        """Quirk 23: new enough, part by part as numbers, or unreadable: accepted."""
        assert client_version_answer(reported, oldest=oldest) == ""

    def test_old_one_is_refused_with_the_cure(self) -> None:
        """Quirk 23: too old is E: and a sentence that says what to install."""
        assert client_version_answer(" 1.9.5 ", oldest="1.10") == (
            "E:This Web Connector is version 1.9.5; version 1.10 or newer is needed. "
            "Install the current QuickBooks Web Connector and run the update again."
        )

    @given(st.text(max_size=12), st.text("0123456789.", max_size=8))
    def test_is_never_o_or_w(self, reported: str, oldest: str) -> None:
        """Quirk 23: whatever is reported, the answer opens no dialog and is no letter O."""
        answer = client_version_answer(reported, oldest=oldest)

        assert answer == "" or answer.startswith("E:")


class TestProgress:
    @given(st.integers(-5, 10**9), st.integers(-5, 10**9))
    def test_never_says_done(self, done: int, total: int) -> None:
        """While work is left the percentage is 1 to 99: 100 would drop the rest."""
        assert 1 <= progress(done, total) <= 99

    @pytest.mark.parametrize(
        "done,total,percentage", [(0, 10, 1), (1, 3, 33), (996, 1000, 99), (10, 10, 99), (0, 0, 1)]
    )
    def test_is_rounded_down(self, done: int, total: int, percentage: int) -> None:
        """The percentage is what is surely done."""
        assert progress(done, total) == percentage

    def test_failure_is_negative(self) -> None:
        """A failure carries our own number, negative, never 0."""
        assert answers.failure(101) == -101
        with pytest.raises(AssertionError):
            answers.failure(0)


class TestConnectionError:
    @pytest.mark.parametrize("hresult", ["0x80040408", "0x8004040A", "8004040a", "0x80040416"])
    def test_tries_the_known_file_then_the_open_one_then_stops(self, hresult: str) -> None:
        """Quirk 36: where the file is the trouble there are two tries, then done."""
        tried = [
            connection_error_answer(attempt, hresult, company_file=PATH) for attempt in range(1, 5)
        ]

        assert tried == [PATH, "", "done", "done"]

    @pytest.mark.parametrize("path", ["", "DONE"])
    def test_without_a_known_file_tries_the_open_one(self, path: str) -> None:
        """Quirk 36: with no path remembered there is one try."""
        tried = [connection_error_answer(n, "0x80040408", company_file=path) for n in (1, 2)]

        assert tried == ["", "done"]

    @pytest.mark.parametrize("hresult", ["0x80040414", "0x8004041A", "0x80040420", "", "oops"])
    def test_stops_at_once_where_another_file_changes_nothing(self, hresult: str) -> None:
        """A dialog, a missing permission or something unknown is left to the next run."""
        assert connection_error_answer(1, hresult, company_file=PATH) == "done"

    @given(st.integers(1, 10**6), st.text(max_size=12), st.text(max_size=12))
    def test_ends(self, attempt: int, hresult: str, path: str) -> None:
        """Quirk 36: whatever is reported, the third answer is done."""
        assert connection_error_answer(attempt + 2, hresult, company_file=path) == "done"


class TestExplaining:
    def test_known_number_is_a_sentence_and_a_cure(self) -> None:
        """A documented number needs no words of QuickBooks."""
        assert explain("0x80040414", "A modal dialog box is showing.") == (
            "A window in QuickBooks waits for an answer. "
            "Look at the QuickBooks screen and close the open window or message. "
            "See docs/trouble/open-window.md (0x80040414)."
        )

    @pytest.mark.parametrize(
        "hresult", ["0x80040410", "0x80040416", "0x80040421", "0x80049999", ""]
    )
    @pytest.mark.parametrize("words", ["The disk is full.", "The disk is full"])
    def test_other_numbers_carry_the_words_of_quickbooks(self, hresult: str, words: str) -> None:
        """1.6: what is not documented, or not surely, is shown as QuickBooks said it."""
        assert "QuickBooks says: The disk is full. " in explain(hresult, words)

    @given(st.text(max_size=10), st.text(max_size=500))
    def test_is_always_a_line(self, hresult: str, message: str) -> None:
        """Whatever is reported, there is one line to show."""
        shown = explain(hresult, message)

        assert 0 < len(shown) <= 400
        assert visible(shown) == shown
        assert "\n" not in shown
        assert shown.endswith(".")

    @pytest.mark.parametrize(
        "hresult,possible",
        [
            ("0x80040400", False),  # refused as a whole
            ("0x80040401", False),  # QuickBooks was not reached
            ("0x80040414", False),  # a dialog was in the way
            ("0x80040402", True),  # also seen when QuickBooks crashed in the middle
            ("0x80010105", True),
            ("0x800706BA", True),
            ("0x8004040E", True),  # its meaning is not confirmed
            ("0x80049999", True),
            ("", True),
            ("oops", True),
        ],
    )
    def test_doubt_counts_as_possibly_done(self, hresult: str, possible: bool) -> None:
        """1.4 rule 3: only a documented number proves that nothing was carried out."""
        assert may_have_been_done(hresult) is possible


class TestLastError:
    def test_is_one_line(self) -> None:
        """Quirk 33: the Status column shows one line."""
        assert last_error(" QuickBooks is\n  busy. ") == "QuickBooks is busy."

    def test_is_cut_where_nobody_would_read_on(self) -> None:
        """Quirk 33: a long text ends with an ellipsis."""
        shown = last_error("word " * 200)

        assert len(shown) <= 400
        assert shown.endswith("word…")

    @pytest.mark.parametrize(
        "page", ["See docs/trouble/open-window.md (0x80040414).", "See docs/trouble/x.md for more."]
    )
    def test_the_page_that_tells_the_rest_is_not_cut(self, page: str) -> None:
        """A long text keeps its last sentence where that leads to the page."""
        shown = last_error(f"{'word ' * 200}. {page}")

        assert len(shown) <= 400
        assert shown.endswith(f"… {page}")

    @pytest.mark.parametrize("text", ["NoOp", "noop", " Interactive  mode "])
    def test_is_never_a_command(self, text: str) -> None:
        """A sentence that happens to be a command does not become one."""
        assert last_error(text).lower() not in {"noop", "interactive mode"}

    def test_is_never_empty(self) -> None:
        """An empty text says that nothing is recorded."""
        assert last_error("  ") == "No error is recorded for this run."
