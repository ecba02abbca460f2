"""Zips an installed Keyturn for AWS Lambda, the same bytes each time: `make lambda` calls it with the folder and the zip file."""

import sys
import zipfile
from pathlib import Path

IN_THE_RUNTIME = ("boto3", "botocore", "s3transfer", "jmespath", "dateutil", "python_dateutil", "urllib3", "six")
"""What Lambda's own Python brings along."""


def wanted(path: Path) -> bool:
    """Whether a file, by its path below the folder, belongs into the zip file."""
    top = path.parts[0].partition("-")[0].partition(".")[0]
    return top not in (*IN_THE_RUNTIME, "bin") and "__pycache__" not in path.parts


def pack(folder: Path, out: Path) -> None:
    """Write the zip file, sorted, with one date and readable by everyone."""
    files = sorted(path for path in folder.rglob("*") if path.is_file() and wanted(path.relative_to(folder)))
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for path in files:
            entry = zipfile.ZipInfo(path.relative_to(folder).as_posix(), (1980, 1, 1, 0, 0, 0))
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, path.read_bytes(), zipfile.ZIP_DEFLATED)


if __name__ == "__main__":
    pack(Path(sys.argv[1]), Path(sys.argv[2]))
