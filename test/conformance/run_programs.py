"""Runs programs beside each other that use the SageMaker Python SDK, which takes longer to import than most of them take.

It is imported once; then each program gets a process of its own, forked from this one. Prints one line of JSON for each
that has ended: its path, its exit code, and what it printed.

The SDK names what it makes by base name and millisecond, so two programs that reach fit() in one millisecond would ask
for one training job. Each program's clock therefore shows only milliseconds of its own.

Usage: run_programs.py PROGRAM...
"""

import json
import os
import sys
import tempfile
import time
import traceback

import sagemaker
import sagemaker.deserializers
import sagemaker.estimator
import sagemaker.model
import sagemaker.predictor
import sagemaker.serializers

assert sagemaker.__version__.startswith("2.")


def only_milliseconds_of(slot, slots, clock=time.time):
    """The clock, set to the latest millisecond that leaves this slot when divided by the number of slots."""

    def now():
        millisecond = int(clock() * 1000)
        return (millisecond - (millisecond - slot) % slots) / 1000 + 0.0004

    return now


programs = sys.argv[1:]
running = {}
for index, path in enumerate(programs):
    output = tempfile.TemporaryFile("w+")
    sys.stdout.flush()
    pid = os.fork()
    if pid == 0:
        os.dup2(output.fileno(), 1)
        os.dup2(output.fileno(), 2)
        time.time = only_milliseconds_of(index, len(programs))
        code = 0
        try:
            with open(path, encoding="utf-8") as file:
                exec(compile(file.read(), path, "exec"), {"__name__": "__main__"})
        except BaseException:
            traceback.print_exc()
            code = 1
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
    running[pid] = (path, output)

while running:
    pid, status = os.wait()
    path, output = running.pop(pid)
    output.seek(0)
    line = {"path": path, "code": os.waitstatus_to_exitcode(status), "output": output.read()}
    print(json.dumps(line), flush=True)
