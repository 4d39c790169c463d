#!/usr/bin/env python3
"""Cuts the operations that product and emulator use out of botocore's service models.

Run by hand when the pinned version changes:  python3 scripts/cut-service-model.py
Fetches the one pinned botocore wheel with pip, checks its hash, and writes src/service-model/botocore-cut.json, which
src/service-model/index.ts reads. Only shapes, constraints and names of regions are kept; licence: see NOTICE.
"""

import gzip
import json
import pathlib
import subprocess
import sys
import tempfile
import zipfile

BOTOCORE_VERSION = "1.44.5"
WHEEL_SHA256 = "8f16a56d1dff125dd65322ae021efa7ba5195a6db5102b96862566055b748921"
TARGET = pathlib.Path(__file__).resolve().parent.parent / "src/service-model/botocore-cut.json"

OPERATIONS = {
    "sagemaker/2017-07-24": [
        "AddTags",
        "CreateEndpoint",
        "CreateEndpointConfig",
        "CreateModel",
        "CreateTrainingJob",
        "DeleteEndpoint",
        "DeleteEndpointConfig",
        "DeleteModel",
        "DeleteTags",
        "DeleteTrainingJob",
        "DescribeEndpoint",
        "DescribeEndpointConfig",
        "DescribeModel",
        "DescribeTrainingJob",
        "ListEndpointConfigs",
        "ListEndpoints",
        "ListModels",
        "ListTags",
        "ListTrainingJobs",
        "StopTrainingJob",
        "UpdateEndpoint",
    ],
    "sagemaker-runtime/2017-05-13": ["InvokeEndpoint"],
    "logs/2014-03-28": [
        "CreateLogGroup",
        "CreateLogStream",
        "DescribeLogGroups",
        "DescribeLogStreams",
        "FilterLogEvents",
        "GetLogEvents",
        "PutLogEvents",
    ],
    "sts/2011-06-15": ["GetCallerIdentity"],
    "iam/2010-05-08": ["GetRole"],
}

# What constrains a value; everything else in the model (documentation, wire locations, deprecations) is left out.
KEPT = ["type", "required", "min", "max", "pattern", "enum", "sensitive"]


def fetch_wheel(folder):
    """Downloads the pinned wheel; pip refuses it when its hash differs."""
    requirements = pathlib.Path(folder) / "requirements.txt"
    requirements.write_text(f"botocore=={BOTOCORE_VERSION} --hash=sha256:{WHEEL_SHA256}\n")
    subprocess.run(
        [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:",
         "--require-hashes", "--dest", folder, "--requirement", str(requirements)],
        check=True,
    )
    return next(pathlib.Path(folder).glob("botocore-*.whl"))


def cut_shape(shape):
    kept = {name: shape[name] for name in KEPT if name in shape}
    if "members" in shape:
        kept["members"] = {name: member["shape"] for name, member in shape["members"].items()}
    for reference in ("member", "key", "value"):
        if reference in shape:
            kept[reference] = shape[reference]["shape"]
    return kept


def shapes_behind(shapes, names):
    """All shapes that can be reached from the named ones."""
    reached, waiting = {}, list(names)
    while waiting:
        name = waiting.pop()
        if name in reached:
            continue
        reached[name] = cut_shape(shapes[name])
        waiting.extend(reached[name].get("members", {}).values())
        waiting.extend(reached[name][reference] for reference in ("member", "key", "value") if reference in reached[name])
    return dict(sorted(reached.items()))


def cut_service(model, wanted):
    operations = {}
    for name in wanted:
        operation = model["operations"][name]
        operations[name] = {
            direction: operation[direction]["shape"] for direction in ("input", "output") if direction in operation
        }
    references = {shape for operation in operations.values() for shape in operation.values()}
    return {"operations": operations, "shapes": shapes_behind(model["shapes"], references)}


def cut_regions(partitions):
    """All regions of all partitions; `aws-global` and its like are none."""
    names = {name for partition in partitions["partitions"] for name in partition["regions"]}
    return sorted(name for name in names if not name.endswith("-global"))


def write_one_entry_per_line(cut):
    """JSON whose diffs show which shape changed when the version is raised."""
    lines = ["{", f'"botocore": {json.dumps(cut["botocore"])},', f'"regions": {json.dumps(cut["regions"])},', '"services": {']
    services = list(cut["services"].items())
    for service_at, (service, parts) in enumerate(services):
        lines.append(f"{json.dumps(service)}: {{")
        for part_at, (part, entries) in enumerate(parts.items()):
            lines.append(f"{json.dumps(part)}: {{")
            rows = [f"{json.dumps(name)}: {json.dumps(entry, separators=(',', ':'))}" for name, entry in entries.items()]
            lines.append(",\n".join(rows))
            lines.append("}" if part_at == len(parts) - 1 else "},")
        lines.append("}" if service_at == len(services) - 1 else "},")
    lines += ["}", "}", ""]
    TARGET.write_text("\n".join(lines), encoding="utf-8")


def main():
    names = [name for wanted in OPERATIONS.values() for name in wanted]
    if len(names) != len(set(names)):
        sys.exit("Two services have an operation of the same name; src/service-model/index.ts finds them by name alone.")
    cut = {"botocore": BOTOCORE_VERSION, "regions": [], "services": {}}
    with tempfile.TemporaryDirectory() as folder, zipfile.ZipFile(fetch_wheel(folder)) as wheel:
        for path, wanted in OPERATIONS.items():
            model = json.loads(gzip.decompress(wheel.read(f"botocore/data/{path}/service-2.json.gz")))
            cut["services"][path.split("/")[0]] = cut_service(model, wanted)
        cut["regions"] = cut_regions(json.loads(wheel.read("botocore/data/partitions.json")))
    write_one_entry_per_line(cut)
    print(f"{TARGET}: {sum(len(parts['shapes']) for parts in cut['services'].values())} shapes")


if __name__ == "__main__":
    main()
