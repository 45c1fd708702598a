"""TOML of any depth and size is read or refused in a sentence, soon."""

import pytest

from sendneeds.foundation.toml_text import MOST_BYTES, MOST_PARTS, read_toml


def fault(text):
    content, faults = read_toml(text if isinstance(text, bytes) else text.encode(), "option.toml", "Mend it.")
    assert content == {}
    assert len(faults) == 1
    return faults[0]


@pytest.mark.parametrize(
    ("text", "row", "found"),
    [
        ("a = 1\nb = ", 2, "Invalid value"),
        ("a = " + "[" * 100_000, 1, "nested too deeply"),
        ("a = " + "{a = " * 100_000, 1, "nested too deeply"),
        ("x = 1\n" + ".".join(["a"] * 200_000) + " = 1", 2, f"a name of {MOST_PARTS} parts"),
        ("[" + " . ".join(['"a b"'] * MOST_PARTS + ["c"]) + "]", 1, f"a name of {MOST_PARTS} parts"),
        ("a = " + "9" * 5000, 0, "limit"),
        (b"a = '\xff'", 1, "not UTF-8"),
        (b"#" * (MOST_BYTES + 1), 0, "1,048,577 bytes"),
    ],
)
def test_what_cannot_be_read_is_told_with_its_row(text, row, found):
    told = fault(text)
    assert told.row == row
    assert found in told.found


def test_names_of_fewer_parts_and_long_texts_are_read():
    name = ".".join("a" * (MOST_PARTS - 1))
    content, faults = read_toml(f"{name} = 1\nnote = '{'word. ' * 39}'\n".encode(), "x", "y")
    assert not faults
    for _ in range(MOST_PARTS - 1):
        content = content["a"]
    assert content == 1


def test_a_byte_order_mark_and_windows_lines_are_let_pass():
    assert read_toml(b"\xef\xbb\xbfa = 1\r\nb = 2\r\n", "x", "y") == ({"a": 1, "b": 2}, [])
