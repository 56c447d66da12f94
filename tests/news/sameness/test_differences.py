from hypothesis import given, settings
from hypothesis import strategies as st

from news.sameness.differences import DiffPiece, Mark, paragraph_pieces, word_pieces


def written(pieces: tuple[DiffPiece, ...]) -> str:
    signs = {Mark.KEPT: "{}", Mark.REMOVED: "[-{}-]", Mark.ADDED: "{{+{}+}}"}
    return "".join(signs[piece.mark].format(piece.text) for piece in pieces)


def test_changed_word_is_marked_and_the_rest_is_kept() -> None:
    assert written(word_pieces("Bei Linz gab es 2 Tote.", "Bei Linz gab es 11 Tote.")) == (
        "Bei Linz gab es [-2-]{+11+} Tote."
    )


def test_lone_word_between_two_edits_joins_them() -> None:
    pieces = word_pieces("Am Montag in Wien war es noch sehr kalt.", "Am Dienstag in Graz war es noch sehr kalt.")

    assert written(pieces) == "Am [-Montag in Wien-]{+Dienstag in Graz+} war es noch sehr kalt."


def test_text_written_anew_is_shown_as_a_whole() -> None:
    assert written(word_pieces("Mainz: ein Lehrer gewinnt", "Dresden: das Gesetz kommt")) == (
        "[-Mainz: ein Lehrer gewinnt-]{+Dresden: das Gesetz kommt+}"
    )


def test_field_that_comes_or_goes_has_one_piece() -> None:
    assert written(word_pieces("", "Neu.")) == "{+Neu.+}"
    assert written(word_pieces("Alt.", "")) == "[-Alt.-]"
    assert word_pieces("", "") == ()


def test_paragraphs_are_kept_added_and_removed() -> None:
    rows = [written(row) for row in paragraph_pieces(["Eins.", "Zwei „x“.", "Drei."], ["Eins.", 'Zwei "x".', "Vier."])]

    assert rows == ["Eins.", 'Zwei "x".', "[-Drei.-]{+Vier.+}"]


TEXT = st.text(alphabet="ab ,.", max_size=25)


@settings(max_examples=60)
@given(TEXT, TEXT)
def test_pieces_give_both_texts_back(old: str, new: str) -> None:
    pieces = word_pieces(old, new)

    assert "".join(piece.text for piece in pieces if piece.mark is not Mark.ADDED) == old
    assert "".join(piece.text for piece in pieces if piece.mark is not Mark.REMOVED) == new
