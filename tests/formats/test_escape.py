"""Text from outside is shown, and obeyed by nothing."""

import pytest

from checker.formats._escape import clean, clean_code, mask, masked
from tests.formats.reports import HOSTILE, key_id


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("infra/a.tf", "infra/a.tf"),
        ("bären 鍵", "bären 鍵"),
        ("\x1b[31mred\x1b[0m", "\ufffdred\ufffd"),
        ("\x1b]8;;http://evil.example\x07link\x1b\\", "\ufffd]8;;http://evil.example\ufffdlink\ufffd\\"),
        ("\x9b2Jgone", "\ufffdgone"),
        ("a\r\nb\tc\u2028d", "a b c d"),
        ("\u202eback\u2069", "\ufffdback\ufffd"),
        ("zero\u200bwidth", "zero\ufffdwidth"),
        ("\udc80\x00", "\ufffd\ufffd"),
        ("tag \U000e0041", "tag \ufffd"),
        ("::error::x", "\ufffd::error::x"),
        ("said ::stop-commands::x", "said \ufffd::stop-commands::x"),
        ("##[add-mask]x ##vso[task.x]y", "##\ufffd[add-mask]x ##\ufffdvso[task.x]y"),
        ("arn:aws:iam::111122223333:user/ci", "arn:aws:iam::111122223333:user/ci"),
    ],
)
def test_what_would_be_obeyed_is_shown_as_taken_out(text: str, shown: str) -> None:
    """Control characters, escape sequences, bidi marks and log commands go; every letter stays."""
    assert clean(text) == shown


def test_cleaning_twice_changes_nothing_more() -> None:
    """What is clean stays as it is."""
    assert clean(clean(HOSTILE)) == clean(HOSTILE)


def test_an_unfinished_sequence_hides_nothing_behind_it() -> None:
    """A name cannot swallow the rest of a sentence by opening a sequence and not closing it."""
    assert clean("\x1b]0;name is 400 days old").endswith("name is 400 days old")


def test_code_keeps_its_indentation() -> None:
    """Tabs become columns, and the end of the line goes."""
    assert clean_code("\tuser = 1\r\n") == "    user = 1"


def test_key_ids_are_cut_to_their_last_four_characters() -> None:
    """Wherever an access key id stands in a text, only its end is left; other words stay whole."""
    whole = key_id(7)
    assert mask(f"1111/ci/{whole} and ASIA{whole[4:]}.") == f"1111/ci/...{whole[-4:]} and ...{whole[-4:]}."
    assert mask("AKIAN is a name, and XAKIA1234567890 too") == "AKIAN is a name, and XAKIA1234567890 too"
    assert masked(whole) == f"...{whole[-4:]}"
