#!/usr/bin/env python3
"""Remakes the sample traces from real executions of the agents, or checks them (--check)."""

from __future__ import annotations

import argparse
import gzip
import io
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE / "agents")]
sys.dont_write_bytecode = True

from harness import check, frameworks, showcase  # noqa: E402
from harness.recorder import dump  # noqa: E402


def write(path: Path, lines: list[str]) -> None:
    """Write lines as gzip -9 without a time stamp, so that equal content gives equal bytes."""
    buffer = io.BytesIO()
    with gzip.GzipFile(filename="", fileobj=buffer, mode="wb", compresslevel=9, mtime=0) as file:
        file.write(("\n".join(lines) + "\n").encode())
    path.write_bytes(buffer.getvalue())
    print(f"{path.name}: {len(lines)} lines, {len(buffer.getvalue()):,} bytes")


def main() -> int:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="validate the data files and print counts; writes nothing")
    parser.add_argument("--seed", type=int, default=20261121)
    parser.add_argument("--only", choices=["showcase", "frameworks"], help="remake one of the two files")
    parser.add_argument("--venvs", type=Path, default=Path(tempfile.gettempdir()) / "sample-trace-venvs", help="where the framework environments are made or found")
    parser.add_argument("--limit", type=int, help="only the first runs of each agent (for trying things out)")
    parser.add_argument("--out", type=Path, default=HERE, help="where the data files go")
    options = parser.parse_args()
    if options.check:
        return check.run(options.out)
    if options.only != "frameworks":
        runs = list(showcase.record(options.seed, limit=options.limit))
        write(options.out / "showcase.jsonl.gz", [dump(body) for body, _ in runs])
        write(options.out / "planted.jsonl.gz", [dump(truth) for _, truth in runs])
    if options.only != "showcase":
        bodies = frameworks.record(options.venvs, options.seed)
        write(options.out / "frameworks.jsonl.gz", [dump(body) for body in bodies])
    return check.run(options.out)


if __name__ == "__main__":
    sys.exit(main())
