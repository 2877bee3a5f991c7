"""Writes the notebooks from sources/*.md, and runs them.

    python write.py                   writes the notebooks whose sources are newer, without outputs
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

# The one place that says where this project is published; the badge and the cell for Colab name it.
REPOSITORY = "OWNER/tandem"

HERE = pathlib.Path(__file__).resolve().parent
SOURCES = HERE / "sources"
FENCE = re.compile(r"^```java( quiet)?\n(.*?)^```$", re.DOTALL | re.MULTILINE)
KERNEL = {"display_name": "Java (Tandem)", "language": "java", "name": "tandem"}


def source(name):
    """The text of a notebook with its parts in place."""
    text = (SOURCES / f"{name}.md").read_text()
    text = re.sub(r"^\{\{(\w+)\}\}$", lambda part: (SOURCES / f"{part[1]}.part").read_text().strip(), text, flags=re.M)
    return text.replace("REPOSITORY", REPOSITORY).replace("NOTEBOOK", name)


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


def fresh(name):
    """The notebook, without outputs."""
    return {
        "cells": cells(source(name)),
        "metadata": {"kernelspec": KERNEL, "language_info": {"name": "java", "file_extension": ".java"}},
        "nbformat": 4,
        "nbformat_minor": 5,
    }


def run(name):
    """Runs the notebook in place and keeps its outputs, but for those that are quiet."""
    path = HERE / f"{name}.ipynb"
    write(path, fresh(name))
    command = ["jupyter", "nbconvert", "--to", "notebook", "--execute", "--ExecutePreprocessor.timeout=3600"]
    subprocess.run([*command, "--output", path.name, path], check=True)
    done = json.loads(path.read_text())
    kept = fresh(name)
    for ours, theirs in zip(kept["cells"], done["cells"], strict=True):
        if ours["cell_type"] == "code":
            ours["execution_count"] = theirs["execution_count"]
            if not ours["metadata"].get("tags"):
                ours["outputs"] = theirs["outputs"]
    write(path, kept)


def main():
    if sys.argv[1:2] == ["--run"]:
        for name in sys.argv[2:]:
            run(name)
        return
    for path in sorted(SOURCES.glob("*.md")):
        notebook = HERE / f"{path.stem}.ipynb"
        if notebook.exists():
            there = json.loads(notebook.read_text())
            if [one["source"] for one in there["cells"]] == [one["source"] for one in fresh(path.stem)["cells"]]:
                continue
        write(notebook, fresh(path.stem))
        print(f"{notebook.name}: written, without outputs")


if __name__ == "__main__":
    main()
