"""What programs read of a pack: the file of a CODECHECK, and the metadata of an RO-Crate.

Sources: CODECHECK configuration file, version 1.0, https://codecheck.org.uk/spec/config/1.0; RO-Crate Metadata
Specification 1.1, https://w3id.org/ro/crate/1.1.
"""

import json
import mimetypes
import re
from collections.abc import Iterable, Mapping
from typing import Any

import smmlib
from smmlib.report.pack.contents import REPORT, Layout
from smmlib.report.pack.inputs import Inputs

CODECHECK = "https://codecheck.org.uk/spec/config/1.0"
DOI = re.compile(r"10\.\d{4,9}/[^\s,;]+")
OUTPUTS = {
    "index.html": "The report: a page that needs nothing beside it",
    "numbers.csv": "Every number in full precision, with its method",
    "ledger.csv": "Published numbers beside the reproduced ones",
    "ars.json": "The numbers as a reporting event of CDISC",
    "verification.csv": "The numbers as other programs compute them",
}
TYPES = {".ipynb": "application/x-ipynb+json", ".yaml": "application/yaml", ".md": "text/markdown", ".R": "text/x-r"}


def codecheck(inputs: Inputs, files: Iterable[str]) -> str:
    """The file of a CODECHECK: the paper and the outputs; certificate and checker are left to who checks.

    Parameters
    ----------
    inputs : Inputs
    files : iterable of str
        Paths of the files of the pack.

    Returns
    -------
    str
        YAML, in which each text is written as JSON has it.
    """
    study, there = inputs.study, list(files)
    named = [(f"{REPORT}/{name}", comment) for name, comment in OUTPUTS.items() if f"{REPORT}/{name}" in there]
    figures = [name for name in there if name.startswith(f"{REPORT}/figures/") and name.endswith(".svg")]
    manifest = [*named, *((name, "Figure") for name in sorted(figures))]
    reference = study.reference or study.title
    doi = DOI.search(reference)
    lines = [
        "---",
        f"version: {CODECHECK}",
        "",
        "paper:",
        f"  title: {_text(study.title)}",
        "  authors:",
        f"    - name: {_text(reference.partition(',')[0])}",
        *([f"  reference: https://doi.org/{doi[0].rstrip('.')}"] if doi else []),
        "",
        "manifest:",
        *(line for name, what in manifest for line in (f"  - file: {_text(name)}", f"    comment: {_text(what)}")),
        "",
        "# For the checker: name and ORCID, when it was checked, and the certificate.",
        "# codechecker:",
        "#   - name:",
        "#     ORCID:",
        "# summary:",
        "# repository:",
        "# check_time:",
        "# certificate:",
        "# report:",
    ]
    return "\n".join(lines) + "\n"


def crate(inputs: Inputs, layout: Layout, sizes: Mapping[str, int]) -> str:
    """The metadata of an RO-Crate.

    Parameters
    ----------
    inputs : Inputs
    layout : Layout
    sizes : mapping of str to int
        Bytes of each file of the pack, by its path.

    Returns
    -------
    str
        JSON-LD.
    """
    study, made = inputs.study, inputs.manifest["made"]
    root: dict[str, Any] = {
        "@id": "./",
        "@type": "Dataset",
        "name": study.title,
        "description": f"{study.trial}. {study.data.description}",
        "datePublished": made[:10],
        "license": {"@id": "#license"},
        "hasPart": [{"@id": name} for name in sorted(sizes)],
        "mentions": [{"@id": "#run"}],
    }
    run = {
        "@id": "#run",
        "@type": "CreateAction",
        "name": "The run that made the report",
        "endTime": made,
        "instrument": {"@id": "#smmlib"},
        "object": [{"@id": name} for name in (layout.parameters, *layout.tables) if name in sizes],
        "result": [{"@id": f"{REPORT}/{name}"} for name in OUTPUTS if f"{REPORT}/{name}" in sizes],
    }
    program = {
        "@id": "#smmlib",
        "@type": "SoftwareApplication",
        "name": "smmlib",
        "version": smmlib.__version__,
        "softwareRequirements": f"Python {inputs.manifest['versions']['python']}",
    }
    license_of = {
        "@id": "#license",
        "@type": "CreativeWork",
        "name": "MIT license of the program",
        "description": "The program is under the MIT license; for what report and data may be used, their owners say.",
    }
    descriptor = {
        "@id": "ro-crate-metadata.json",
        "@type": "CreativeWork",
        "conformsTo": {"@id": "https://w3id.org/ro/crate/1.1"},
        "about": {"@id": "./"},
    }
    files = [_file(name, size) for name, size in sorted(sizes.items())]
    graph = [descriptor, root, license_of, program, run, *files]
    metadata = {"@context": "https://w3id.org/ro/crate/1.1/context", "@graph": graph}
    return json.dumps(metadata, indent=1, ensure_ascii=False) + "\n"


def _file(name: str, size: int) -> dict[str, Any]:
    ending = name[name.rfind(".") :]
    kind = TYPES.get(ending) or mimetypes.types_map.get(ending)
    about = {"@id": name, "@type": "File", "name": name.rsplit("/", 1)[-1], "contentSize": str(size)}
    return about | ({"encodingFormat": kind} if kind else {})


def _text(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
