"""The formats of pipelines as the other side reads them: parsed, and judged by what isn't ours."""

import json
from pathlib import Path
from typing import Any

from jsonschema import Draft4Validator, Draft202012Validator
from lxml import etree

_FORMATS = Path(__file__).parent.parent / "data" / "formats"
_SARIF = Draft4Validator(json.loads((_FORMATS / "sarif-2.1.0-rtm.5.json").read_text("utf-8")))
_GITLAB = {
    name: Draft202012Validator(json.loads((_FORMATS / f"gitlab-{name}.schema.json").read_text("utf-8")))
    for name in ("codequality", "terraform")
}
_JUNIT = etree.XMLSchema(etree.parse(_FORMATS / "junit-10.xsd"))
_AGENT_MARKS = (("%3B", ";"), ("%0D", "\r"), ("%0A", "\n"), ("%5D", "]"), ("%AZP25", "%"))


def sarif_run(text: str) -> dict[str, Any]:
    """The one run of a SARIF file that its schema takes."""
    log = json.loads(text)
    assert not [f"{error.json_path}: {error.message}" for error in _SARIF.iter_errors(log)]
    (run,) = log["runs"]
    assert isinstance(run, dict)
    return run


def gitlab(name: str, text: str) -> Any:
    """A report of the shape that GitLab documents."""
    report = json.loads(text)
    assert not [f"{error.json_path}: {error.message}" for error in _GITLAB[name].iter_errors(report)]
    return report


def junit(text: str) -> etree._Element:
    """The root of a JUnit report that its schema takes."""
    root = etree.fromstring(text.encode(), etree.XMLParser(resolve_entities=False, no_network=True))
    _JUNIT.assertValid(root)
    return root


def agent_command(line: str) -> tuple[str, dict[str, str], str] | None:
    """Name, properties and message of a line that the agent of Azure Pipelines takes for a command, else None.

    As the agent does: the prefix may stand anywhere, the first ] ends the properties, and percent signs come last.
    """
    start = line.find("##vso[")
    end = line.find("]", start)
    if start < 0 or end < 0:
        return None
    name, _, rest = line[start + len("##vso[") : end].partition(" ")
    pairs = [part.split("=", 1) for part in rest.split(";") if part]
    assert all(len(pair) == 2 and all(pair) for pair in pairs), line
    return name, {key: _as_agent(value) for key, value in pairs}, _as_agent(line[end + 1 :])


def log_commands(text: str) -> list[str]:
    """What a runner would take for a command in a log: of Azure anywhere in a line, of GitHub at its beginning too."""
    lines = text.splitlines()
    return [line for line in lines if "##vso[" in line or "##[" in line or line.lstrip().startswith("::")]


def _as_agent(text: str) -> str:
    for code, char in _AGENT_MARKS:
        text = text.replace(code, char)
    return text
