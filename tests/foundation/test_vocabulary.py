"""The word list: lists that must agree with each other do."""

from sendneeds.foundation import vocabulary as words


def test_age_bands_hold_every_age_once():
    ages = [age for first, last in words.AGE_BANDS.values() for age in range(first, last + 1)]
    assert ages == list(words.AGES) == list(range(26))


def test_bands_of_weeks_follow_on_and_only_the_last_is_open():
    bands = list(words.WEEK_BANDS.values())
    assert [upper for _, upper in bands[:-1]] == [lower for lower, _ in bands[1:]]
    assert bands[0][0] == 0
    assert [upper is None for _, upper in bands] == [False] * 6 + [True]
    assert {name for name, (lower, _) in words.WEEK_BANDS.items() if lower >= 18} == {">18-52", ">52"}


def test_older_spellings_lead_to_needs_and_are_none_themselves():
    assert set(words.NEED_ALIASES.values()) <= set(words.NEEDS)
    assert not set(words.NEED_ALIASES) & set(words.NEEDS)
    assert words.NO_NEED not in words.NEEDS


def test_need_types_are_needs_or_services():
    assert {name: name in words.NEEDS for name in words.NEED_TYPES} == {
        "ASD": True, "SEMH": True, "SLT": False, "OT": False,
    }  # fmt: skip
    assert {"SLT", "OT"} <= set(words.SERVICES)


def test_what_carries_no_value_is_a_flag():
    assert set(words.FLAGS_WITHOUT_VALUE) < set(words.FLAGS)
    assert "ok" not in words.FLAGS_WITHOUT_VALUE
