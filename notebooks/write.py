"""Writes the notebooks from sources/*.md, and runs them.

    python write.py                   writes the notebooks whose sources say something else; outputs stay where the
                                      code is the same but for the cell for Colab, and are dropped where it is not
    python write.py --check           only names the notebooks that would be written; exit code 1 if there are any
    python write.py --run NAME...     runs notebooks (such as Java) and keeps what they put out; needs 'tandem notebooks'

A source is Markdown: each block in ```java fences becomes a code cell, each stretch of text between a text cell. A line
{{name}} stands for sources/name.part, which notebooks share. A block that fetches is marked ```java quiet: its output,
a page of paths of this machine, is dropped.
"""

import json
import pathlib
import re
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
SOURCES = HERE / "sources"
FENCE = re.compile(r"^```java( quiet)?\n(.*?)^```$", re.DOTALL | re.MULTILINE)
BADGE = re.compile(r"colab\.research\.google\.com/github/([^/]+/[^/]+)/blob/")
KERNEL = {"display_name": "Java (Tandem)", "language": "java", "name": "tandem"}


def published():
    """Where this project is published on GitHub, such as OWNER/tandem: the badge and the cell for Colab name it."""
    command = ["git", "-C", HERE, "remote", "get-url", "origin"]
    remote = subprocess.run(command, capture_output=True, text=True).stdout.strip()
    found = re.search(r"github\.com[:/]([^/]+/[^/]+?)(\.git)?/?$", remote)
    return found[1] if found else "OWNER/tandem"


def source(name, repository):
    """The text of a notebook with its parts in place."""
    text = (SOURCES / f"{name}.md").read_text()
    text = re.sub(r"^\{\{(\w+)\}\}$", lambda part: (SOURCES / f"{part[1]}.part").read_text().strip(), text, flags=re.M)
    return text.replace("REPOSITORY", repository).replace("NOTEBOOK", name)


def cell(kind, text, number, **metadata):
    """A cell as nbformat 4.5 has it."""
    lines = text.strip("\n").splitlines(keepends=True)
    common = {"cell_type": kind, "id": f"cell-{number}", "metadata": metadata, "source": lines}
    return common if kind == "markdown" else {**common, "execution_count": None, "outputs": []}


def cells(text):
    """Text and code by turns."""
    made, end = [], 0
    for block in FENCE.finditer(text):
        if text[end : block.start()].strip():
            made.append(cell("markdown", text[end : block.start()], len(made)))
        made.append(cell("code", block[2], len(made), **({"tags": ["quiet"]} if block[1] else {})))
        end = block.end()
    if text[end:].strip():
        made.append(cell("markdown", text[end:], len(made)))
    return made


def write(path, notebook):
    path.write_text(json.dumps(notebook, indent=1, ensure_ascii=False) + "\n")


def fresh(name, repository):
    """The notebook, without outputs."""
    return {
        "cells": cells(source(name, repository)),
        "metadata": {"kernelspec": KERNEL, "language_info": {"name": "java", "file_extension": ".java"}},
        "nbformat": 4,
        "nbformat_minor": 5,
    }


def run(name):
    """Runs the notebook in place and keeps its outputs, but for those that are quiet."""
    path = HERE / f"{name}.ipynb"
    kept = fresh(name, published())
    write(path, kept)
    command = ["jupyter", "nbconvert", "--to", "notebook", "--execute", "--ExecutePreprocessor.timeout=3600"]
    subprocess.run([*command, "--output", path.name, path], check=True)
    done = json.loads(path.read_text())
    for ours, theirs in zip(kept["cells"], done["cells"], strict=True):
        if ours["cell_type"] == "code":
            ours["execution_count"] = theirs["execution_count"]
            if not ours["metadata"].get("tags"):
                ours["outputs"] = theirs["outputs"]
    write(path, kept)


def code(notebook):
    """The code cells but for Colab's, which computes nothing."""
    return [one for one in notebook["cells"] if one["cell_type"] == "code" and one["source"][0] != "%%bash\n"]


def sources(cells):
    return [one["source"] for one in cells]


def updated(made, there):
    """The notebook as its source has it now, with the outputs that are there if they are still those of its code."""
    if sources(code(made)) == sources(code(there)):
        for new, old in zip(code(made), code(there), strict=True):
            new["execution_count"], new["outputs"] = old["execution_count"], old["outputs"]
        first = next(one for one in there["cells"] if one["cell_type"] == "code")
        next(one for one in made["cells"] if one["cell_type"] == "code")["execution_count"] = first["execution_count"]
    return made


def main():
    if sys.argv[1:2] == ["--run"]:
        for name in sys.argv[2:]:
            run(name)
        return
    check = sys.argv[1:2] == ["--check"]
    stale = []
    for path in sorted(SOURCES.glob("*.md")):
        notebook = HERE / f"{path.stem}.ipynb"
        text = notebook.read_text() if notebook.exists() else '{"cells": []}'
        there = json.loads(text)
        # A clone's notebooks are checked against their own repository, which may not be the clone's.
        badge = BADGE.search(text) if check else None
        made = fresh(path.stem, badge[1] if badge else published())
        if sources(there["cells"]) == sources(made["cells"]):
            continue
        stale.append(notebook.name)
        if not check:
            made = updated(made, there)
            write(notebook, made)
            print(f"{notebook.name}: written, {'with' if any(one.get('outputs') for one in made['cells']) else 'without'} outputs")
    if check and stale:
        sys.exit("not as their sources: " + ", ".join(stale))


if __name__ == "__main__":
    main()
