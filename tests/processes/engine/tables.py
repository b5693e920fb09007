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
