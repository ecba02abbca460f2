"""What is made late behaves as the tuple that it becomes."""

from checker.late import Late


def test_it_is_made_once_and_when_it_is_needed():
    """Nothing is made before the first look, and nothing twice."""
    made = []

    def make() -> tuple[int, ...]:
        made.append(1)
        return (1, 2, 3)

    late = Late(make)
    assert not made
    assert (len(late), late[0], late[1:], list(late)) == (3, 1, (2, 3), [1, 2, 3])
    assert made == [1]


def test_it_is_the_tuple():
    """It equals it, hashes to the same, and looks the same; a list is another thing, as it is for a tuple."""
    late = Late(lambda: (1, "a"))
    assert late == (1, "a")
    assert late == Late(lambda: (1, "a"))
    assert late != [1, "a"]
    assert {late} == {(1, "a")}
    assert repr(late) == "(1, 'a')"
