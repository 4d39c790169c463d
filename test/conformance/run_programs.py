"""Runs programs beside each other that use the SageMaker Python SDK, which takes longer to import than most of them take.

It is imported once; then each program gets a process of its own, forked from this one. Prints one line of JSON for each
that has ended: its path, its exit code, and what it printed.

Usage: run_programs.py PROGRAM...
"""

import json
import os
import sys
import tempfile
import traceback

import sagemaker
import sagemaker.deserializers
import sagemaker.estimator
import sagemaker.model
import sagemaker.predictor
import sagemaker.serializers

assert sagemaker.__version__.startswith("2.")

running = {}
for path in sys.argv[1:]:
    output = tempfile.TemporaryFile("w+")
    sys.stdout.flush()
    pid = os.fork()
    if pid == 0:
        os.dup2(output.fileno(), 1)
        os.dup2(output.fileno(), 2)
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
