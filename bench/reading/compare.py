"""Pages a second, peak memory and right rows: our readers, the bare libraries, and markitdown as a peer.

    python -m bench.reading.compare [PYTHON_WITH_MARKITDOWN]

Every run is a process of its own, three times, the best kept. "Right rows" are tasks equal in number, title,
lead, coordinating, product and deadline; for the bare libraries and the peer, rows of their tables whose
cells, white space folded, are those of the sample, merged cells counted as the library gives them.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

from tests import plan_samples as samples

TASKS = 180
OURS = """
from plans.limits import Limits
from plans.parse import parse_document
from plans.extract import extract
plan = extract(parse_document(data, Limits()), file="x")
rows = [[t.number, t.title, t.lead_text, t.coordinating_text, t.product, t.deadline_text] for t in plan.tasks]
"""
BARE = {
    "docx": """
import docx
rows = [[c.text for c in r.cells] for t in docx.Document(io.BytesIO(data)).tables for r in t.rows]
""",
    "xlsx": """
import python_calamine
book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
rows = [[str(int(c) if isinstance(c, float) else c) for c in r] for r in book.get_sheet_by_index(0).to_python()]
""",
    "pdf": """
import pdfplumber
with pdfplumber.open(io.BytesIO(data)) as pdf:
    rows = [r for page in pdf.pages for t in page.extract_tables() for r in t]
""",
}
PEER = """
import re
from markitdown import MarkItDown
text = MarkItDown().convert_stream(io.BytesIO(data), file_extension="." + kind).text_content
lines = [line for line in text.splitlines() if line.count("|") > 4]
rows = [re.split(r"(?<!\\\\)\\|", line.strip().strip("|")) for line in lines]
"""
FRAME = """
import io, json, sys, time
sys.path.insert(0, {root!r})
kind, path = sys.argv[1:3]
data = open(path, "rb").read()
began = time.perf_counter()
{work}
spent = time.perf_counter() - began
fold = lambda cell: " ".join((cell or "").replace("NaN", "").split())
peak = int(next(l for l in open("/proc/self/status") if l.startswith("VmHWM")).split()[1]) // 1024
print(json.dumps([spent, peak, [[fold(c) for c in row] for row in rows]]))
"""


def main() -> None:
    plan = samples.sample(TASKS)
    expected = {tuple(row[:6]) for row in samples.flattened(plan) if row[1]}
    files = {"docx": samples.as_docx(plan), "xlsx": samples.as_xlsx(plan)}
    files |= {"txt": samples.as_text(plan), "html": samples.as_html(plan), "pdf": samples.as_pdf(plan)}
    peer = sys.argv[1] if len(sys.argv) > 1 else None
    print("| format | reader | seconds | pages/s | peak MB | right rows |\n|---|---|---|---|---|---|")
    for kind, data in files.items():
        _line(kind, "dondoc", sys.executable, OURS, data, expected)
        if kind in BARE:
            _line(kind, "library alone", sys.executable, BARE[kind], data, expected)
        if peer and kind != "txt":
            _line(kind, "markitdown", peer, PEER, data, expected)


def _line(kind: str, name: str, python: str, work: str, data: bytes, expected: set[tuple[str, ...]]) -> None:
    pages = 18  # of the PDF; the other files hold the same text
    with tempfile.NamedTemporaryFile(suffix=f".{kind}") as held:
        held.write(data)
        held.flush()
        code = FRAME.format(root=str(Path(__file__).parents[2]), work=work)
        runs = []
        for _ in range(3):
            done = subprocess.run([python, "-c", code, kind, held.name], capture_output=True, text=True)
            if done.returncode:
                print(f"| {kind} | {name} | failed: {done.stderr.strip().splitlines()[-1][:80]} | | | |")
                return
            runs.append(json.loads(done.stdout.splitlines()[-1]))
    spent, peak, rows = min(runs, key=lambda run: float(run[0]))
    right = len(expected & {tuple(row) for row in rows})
    print(f"| {kind} | {name} | {spent:.2f} | {pages / spent:.0f} | {peak} | {right}/{len(expected)} |")


if __name__ == "__main__":
    main()
