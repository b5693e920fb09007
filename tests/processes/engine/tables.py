"""Builds small decision tables for tests."""


def rule(test: str, result: str) -> str:
    """One row with one input cell and one output cell."""
    test, result = (each.replace("<", "&lt;").replace(">", "&gt;") for each in (test, result))
    return (
        f'<rule id="row"><inputEntry id="i"><text>{test}</text></inputEntry>'
        f'<outputEntry id="o"><text>{result}</text></outputEntry></rule>'
    )


def table(*rules: str, hit_policy: str = "", aggregation: str = "", reads: str = "answer") -> str:
    """A table that reads one expression and gives `outcome`."""
    policy = f' hitPolicy="{hit_policy}"' if hit_policy else ""
    policy += f' aggregation="{aggregation}"' if aggregation else ""
    return (
        f'<decisionTable id="t"{policy}><input id="in"><inputExpression id="ie" typeRef="string">'
        f'<text>{reads}</text></inputExpression></input><output id="out" name="outcome"/>'
        f"{''.join(rules)}</decisionTable>"
    )


def dmn(inner: str, key: str = "colour") -> bytes:
    """A whole file with one decision, or with none."""
    decision = f'<decision id="{key}" name="{key}">{inner}</decision>' if inner else ""
    return (
        '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d"'
        f' namespace="http://loket.test">{decision}</definitions>'
    ).encode()


def column(reads: str, type_: str, allowed: str = "") -> str:
    """An input column of a table of several."""
    values = f"<inputValues><text>{_xml(allowed)}</text></inputValues>" if allowed else ""
    return (
        f'<input><inputExpression typeRef="{type_}"><text>{_xml(reads)}</text></inputExpression>'
        f"{values}</input>"
    )


def wide_rule(*tests: str, to: str) -> str:
    """One row of a table of several inputs and one output."""
    cells = "".join(f"<inputEntry><text>{_xml(test)}</text></inputEntry>" for test in tests)
    return f"<rule>{cells}<outputEntry><text>{_xml(to)}</text></outputEntry></rule>"


def wide_table(columns: list[str], *rules: str, policy: str = "UNIQUE") -> str:
    """A table of several inputs that gives `outcome`; its rules are row1, row2, and so on."""
    rows = (
        rule.replace("<rule>", f'<rule id="row{number}">') for number, rule in enumerate(rules, 1)
    )
    return (
        f'<decisionTable id="t" hitPolicy="{policy}">{"".join(columns)}'
        f'<output id="out" name="outcome"/>{"".join(rows)}</decisionTable>'
    )


def _xml(text: str) -> str:
    return text.replace("<", "&lt;").replace(">", "&gt;")
