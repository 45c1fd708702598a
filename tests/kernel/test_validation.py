"""The page on validation: every check on it holds, and it says what the checks give today."""

import importlib.util
import sys

import pytest


@pytest.mark.slow  # its peers are in the extra `bench`
def test_every_check_holds_and_the_page_is_up_to_date(root):
    spec = importlib.util.spec_from_file_location("validate_kernel", root / "docs" / "validate_kernel.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    text, checks = module.page()
    assert [check.what for check in checks if not check.holds] == []
    assert len(checks) > 30
    assert text == module.PAGE.read_text(encoding="utf-8"), "run: python docs/validate_kernel.py"
