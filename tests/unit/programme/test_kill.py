"""Many kills at random moments, on small parts: the checkpoints alone, without the science."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

KILLS = 25

# One process imports everything once and forks: each child runs, and is killed at a random moment
# between its first and its last write. The parent then resumes in a child that is left alone.
SCRIPT = """
import json, os, random, signal, sys, time
from datetime import date
from pathlib import Path
import numpy as np, pandas as pd, pyarrow
from leucel.core import RandomStream
from leucel.programme import Part, PartResult, json_text, read_programme, run_programme

programme = read_programme("eque-cel")
worked = []

def make(name, needs):
    def work(given):
        worked.append(name)
        draws = RandomStream(given.arguments.seed).uniform(name, subjects=2000)
        before = sum(float(p.summary[n]) for n, p in given.earlier.items())
        return PartResult(summary={name: before + float(draws.sum())},
                          tables={name: pd.DataFrame({"draw": draws})},
                          documents={f"deep/{name}.txt": f"{draws.sum():.17g}"})
    return Part(name=name, title=name, work=work, needs=needs, arguments=("seed",))

names = [f"part{i}" for i in range(6)]
parts = tuple(make(name, tuple(names[:i])) for i, name in enumerate(names))

def render(programme, results, summary, manifest):
    return {"summary.json": json_text(summary).encode(),
            **{f"tables/{n}.txt": repr(r.summary[n]).encode() for n, r in results.items()},
            **{f"documents/{path}": text.encode()
               for r in results.values() for path, text in r.documents.items()}}

def run(out, resume):
    run_programme(programme, out=Path(out), today=date(2025, 5, 9), parts=parts, render=render,
                  patients=1, resume=resume)

def child(work):
    pid = os.fork()
    if pid == 0:
        try:
            work()
        except BaseException as error:
            print(repr(error), file=sys.stderr)
            os._exit(1)
        os._exit(0)
    return pid

def visible(out):
    return {p.relative_to(out).as_posix(): p.read_bytes()
            for p in sorted(Path(out).rglob("*"))
            if p.is_file() and ".leucel" not in p.relative_to(out).parts}

root, kills = Path(sys.argv[1]), int(sys.argv[2])
start = time.perf_counter()
pid = child(lambda: run(root / "whole", False))
assert os.waitpid(pid, 0)[1] == 0
seconds = time.perf_counter() - start
whole = visible(root / "whole")
chance, seen = random.Random(), []
for i in range(kills):
    out = root / str(i)
    pid = child(lambda: run(out, False))
    time.sleep(chance.uniform(0.0, 1.0) * seconds)
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    finished = {p.parent.name for p in (out / ".leucel" / "parts").glob("*/done.json")}
    seen.append(len(finished))
    pid = child(lambda: run(out, True))
    assert os.waitpid(pid, 0)[1] == 0, f"resume {i} failed with {finished}"
    assert visible(out) == whole, f"other files in {i} with {finished}"
    lines = (out / ".leucel" / "journal.jsonl").read_text().splitlines()
    journal = [json.loads(line) for line in lines if line.endswith("}")]
    last = max(k for k, event in enumerate(journal) if event["event"] == "start")
    again = {e["part"] for e in journal[last:] if e["event"] == "part starts"}
    assert not again & finished, f"repeated {again & finished}"
    assert not list(out.rglob("*.part")), "temporary files are left"
print(json.dumps(seen))
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_no_moment_of_death_loses_a_finished_part(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(tmp_path), str(KILLS)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    met = json.loads(done.stdout)
    # The kills have to meet different states, else the test would prove nothing.
    assert len(set(met)) > 2, f"parts finished at the moment of death: {met}"
