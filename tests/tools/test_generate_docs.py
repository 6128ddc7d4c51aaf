"""Generated documentation: written from the code, and noticed when it is stale."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools.generate_docs import MARK, Part, main

WRITTEN = """\
# Architecture

<!-- generated: diagram -->
<!-- end: diagram -->

The end.
"""


class TestPages:
    def test_a_page_is_written_whole(self, tmp_path: Path) -> None:
        """A page without a section is all generated, and says so on its first line."""
        parts = [Part("docs/reference/flows.md", lambda: "# Flows")]

        assert main([], root=tmp_path, parts=parts) == 0
        page = (tmp_path / "docs/reference/flows.md").read_text("utf-8")
        assert page == f"{MARK}\n\n# Flows\n"

    def test_a_section_leaves_the_rest_of_its_page_alone(self, tmp_path: Path) -> None:
        """Only what stands between the two lines is replaced, however often it is done."""
        page = tmp_path / "architecture.md"
        page.write_text(WRITTEN, "utf-8")
        for render in (lambda: "old", lambda: "new"):
            parts = [Part("architecture.md", render, "diagram")]
            assert main([], root=tmp_path, parts=parts) == 0

        text = page.read_text("utf-8")
        assert text == WRITTEN.replace("<!-- end", "\nnew\n\n<!-- end")

    def test_two_sections_of_one_page_are_both_brought_up_to_date(self, tmp_path: Path) -> None:
        """Parts of the same page build on each other, none undoes another."""
        page = tmp_path / "architecture.md"
        page.write_text(WRITTEN + WRITTEN.replace("diagram", "table"), "utf-8")
        parts = [
            Part("architecture.md", lambda: "drawn", "diagram"),
            Part("architecture.md", lambda: "listed", "table"),
        ]

        assert main([], root=tmp_path, parts=parts) == 0
        text = page.read_text("utf-8")
        assert "drawn" in text
        assert "listed" in text


class TestCheck:
    def test_a_stale_page_is_named_and_left_as_it_is(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """Checking changes nothing, ends with code 1 and says which command helps."""
        parts = [Part("flows.md", lambda: "# Flows")]

        assert main(["--check"], root=tmp_path, parts=parts) == 1
        assert capsys.readouterr().err == "flows.md is stale: run ./dev docs and commit it\n"
        assert list(tmp_path.iterdir()) == []

    def test_a_fresh_page_passes(self, tmp_path: Path) -> None:
        """What was just written is not stale."""
        parts = [Part("flows.md", lambda: "# Flows")]
        main([], root=tmp_path, parts=parts)

        assert main(["--check"], root=tmp_path, parts=parts) == 0

    def test_a_lost_section_is_an_error_with_its_cure(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """A page from which somebody deleted the section's lines is named with those lines."""
        parts = [Part("architecture.md", lambda: "drawn", "diagram")]

        assert main([], root=tmp_path, parts=parts) == 1
        assert "<!-- generated: diagram -->" in capsys.readouterr().err
