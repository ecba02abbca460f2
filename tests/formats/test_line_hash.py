"""The line hash is GitHub's, to the bit. The values are what the algorithm of codeql-action gives in JavaScript."""

import pytest

from checker.formats.sarif._line_hash import line_hashes

KEY = 'resource "aws_iam_access_key" "k" {\n  user = "ci"\n}\n'
KEY_HASHES = ("3133a1640e04e0ae:1", "df64cfe3d747a4ec:1", "32dce9ccfdbc9d3e:1", "c129715d7a2bc9a3:1")


@pytest.mark.parametrize(
    ("text", "hashes"),
    [
        ("", ("c129715d7a2bc9a3:1",)),
        (KEY, KEY_HASHES),
        (KEY * 2, ("f56ebc1ce809b96d:1", "ea5a6a184083707:1", "2de555eba9e1fc41:1", *KEY_HASHES)),
        ("a\r\nb\r\n", ("81b8d8db678b2bbe:1", "ade70578248be16f:1", "c129715d7a2bc9a3:1")),
        ('😀 = "bären"\n', ("41a3eae15124cc82:1", "c129715d7a2bc9a3:1")),
    ],
    ids=["empty", "a key", "two keys", "CRLF", "UTF-16 pairs"],
)
def test_hashes_are_those_of_github(text: str, hashes: tuple[str, ...]) -> None:
    """One hash a line, and one for the empty line at the end, in hexadecimal without leading zeros."""
    assert line_hashes(text) == hashes


def test_equal_windows_are_numbered() -> None:
    """Lines that GitHub could not tell apart get their number; the last lines differ by the end of the file."""
    hashes = line_hashes("x = 1\n" * 40)
    assert hashes[:16] == tuple(f"ca3e9a077b09da0c:{number}" for number in range(1, 17))
    assert hashes[16:18] == ("ca3e9a0840880743:1", "ca54a9d1435105e7:1")


@pytest.mark.parametrize("same", [KEY.replace("\n", "\r\n"), KEY.replace("\n", "\r"), KEY.replace(" ", "\t ")])
def test_blanks_and_line_ends_do_not_count(same: str) -> None:
    """A formatter or another editor does not make an alert new."""
    assert line_hashes(same) == KEY_HASHES
