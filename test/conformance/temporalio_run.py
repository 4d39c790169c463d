"""A run started by Temporal's Python SDK, which knows of it no more than names and plain JSON.

Reads from stdin {"address", "taskQueue", "workflowId", "input"} and, where the run is to be cancelled, "cancelAt": the
stage of its progress at which to do so. Prints how it went as one line of JSON.
"""

import asyncio
import json
import os
import sys

from temporalio.client import Client, WorkflowFailureError
from temporalio.exceptions import ApplicationError, CancelledError

QUERY_LIMIT_SECONDS = 60


async def wait_for_stage(handle, stage):
    while (await handle.query("progress"))["stage"] != stage:
        await asyncio.sleep(0.1)


async def run(request):
    client = await Client.connect(request["address"])
    handle = await client.start_workflow(
        "fitThenDeploy", request["input"], id=request["workflowId"], task_queue=request["taskQueue"]
    )
    if "cancelAt" in request:
        await asyncio.wait_for(wait_for_stage(handle, request["cancelAt"]), QUERY_LIMIT_SECONDS)
        await handle.cancel()
    told = {}
    try:
        told["result"] = await handle.result()
    except WorkflowFailureError as error:
        told["failure"] = {"class": type(error.cause).__name__, "message": str(error.cause)}
        if isinstance(error.cause, ApplicationError):
            told["failure"] |= {"type": error.cause.type, "details": list(error.cause.details)}
        assert isinstance(error.cause, ApplicationError | CancelledError)
    description = await handle.describe()
    told |= {"status": description.status.name, "memo": await description.memo()}
    told["progress"] = await handle.query("progress")
    return told


print(json.dumps(asyncio.run(run(json.load(sys.stdin)))), flush=True)
# The SDK's native threads outlive its client; where they meet an interpreter that is being taken down, it crashes.
os._exit(0)
