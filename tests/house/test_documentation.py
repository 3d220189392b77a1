"""What the documents promise to cover, they cover."""

import re
from pathlib import Path

import pytest

from cpl import quality
from cpl.quality.facts import QualityRule
from fir.eligibility import rules as eligibility_rules
from fir.parties.permissions import SENTENCES, Permission
from fir.submissions import rules as submission_rules

CHECKOUT = Path(__file__).resolve().parents[2]
RUNBOOK = CHECKOUT / "deploy" / "RUNBOOK.md"
GLOSSARY = CHECKOUT / "GLOSSARY.md"
READ = re.compile(r'(?:required|env\.\w+|database)\(\s*"([A-Z][A-Z_]+)"')
SETTINGS = sorted(set(READ.findall((CHECKOUT / "fir" / "settings.py").read_text())))
ALL_RULES = [*eligibility_rules.ALL_RULES, *submission_rules.ALL_RULES, *quality.ALL_RULES]


@pytest.mark.parametrize("name", [*SETTINGS, "FIR_HOME", "FIR_PORT"])
def test_every_setting_is_in_the_runbook(name: str) -> None:
    assert f"`{name}`" in RUNBOOK.read_text()


@pytest.mark.parametrize("permission", Permission)
def test_every_permission_has_a_sentence_and_is_in_the_glossary(permission: Permission) -> None:
    assert SENTENCES[permission].endswith(".")
    assert f"`{permission.name}`" in GLOSSARY.read_text()


@pytest.mark.parametrize("rule", ALL_RULES, ids=lambda rule: rule.code)
def test_every_rule_is_a_sentence_with_a_reference(rule: object) -> None:
    assert (type(rule).__doc__ or "").strip().endswith(".")
    assert getattr(rule, "reference", "")


def rules_below(base: type) -> set[type]:
    """The rules of a kind; what several of them share is none itself."""
    below: list[type] = base.__subclasses__()
    return {rule for one in below for rule in rules_below(one)} if below else {base}


def test_no_rule_is_left_off_its_list() -> None:
    for module in (eligibility_rules, submission_rules):
        assert {type(rule) for rule in module.ALL_RULES} == rules_below(module.Rule)
    assert {type(rule) for rule in quality.ALL_RULES} == rules_below(QualityRule)


@pytest.mark.parametrize("name", ["README.md", "HOUSE.md", "DECISIONS.md", "CHANGELOG.md"])
def test_the_documents_stand(name: str) -> None:
    assert (CHECKOUT / name).read_text().startswith("# ")
