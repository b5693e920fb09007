"""Namespaces that are another name for one that is read: Operaton's, and other versions of DMN."""

import re
from collections.abc import Mapping

DMN = "https://www.omg.org/spec/DMN/20191111"  # DMN 1.3, which the editor of tables writes
READ_AS: Mapping[str, str] = {
    "http://operaton.org/schema/1.0/bpmn": "http://camunda.org/schema/1.0/bpmn",
    "http://operaton.org/schema/1.0/dmn": "http://camunda.org/schema/1.0/dmn",
    # A decision table is written alike in DMN 1.1 to 1.6; only the name of its language differs.
    "http://www.omg.org/spec/DMN/20151101/dmn.xsd": f"{DMN}/MODEL/",
    "http://www.omg.org/spec/DMN/20151101/dmn11.xsd": f"{DMN}/MODEL/",
    "http://www.omg.org/spec/DMN/20180521/MODEL/": f"{DMN}/MODEL/",
    "https://www.omg.org/spec/DMN/20180521/MODEL/": f"{DMN}/MODEL/",
    "https://www.omg.org/spec/DMN/20211108/MODEL/": f"{DMN}/MODEL/",
    "https://www.omg.org/spec/DMN/20230324/MODEL/": f"{DMN}/MODEL/",
    "https://www.omg.org/spec/DMN/20240513/MODEL/": f"{DMN}/MODEL/",  # 1.6: drawn as in 1.5
    "http://www.omg.org/spec/DMN/20180521/DMNDI/": f"{DMN}/DMNDI/",
    "https://www.omg.org/spec/DMN/20211108/DMNDI/": f"{DMN}/DMNDI/",
    "https://www.omg.org/spec/DMN/20230324/DMNDI/": f"{DMN}/DMNDI/",
}

DMN_NAMESPACES = frozenset(
    name for name in (*READ_AS, *READ_AS.values()) if "/DMN/" in name and "DMNDI" not in name
)

OTHER_DMN = re.compile(r"https?://www\.omg\.org/spec/DMN/")
"""How the namespace of a version of DMN begins that is not among them."""


def read_as(text: str) -> str:
    """The file with these namespaces under the name by which they are read; else unchanged."""
    for name, known in READ_AS.items():
        if name in text:
            for quote in "\"'":
                text = text.replace(f"{quote}{name}{quote}", f"{quote}{known}{quote}")
    return text
