#!/usr/bin/env python3
"""A run by Temporal's Python SDK. Needs the package temporalio, and nothing of temporal-sagemaker.

run.py start ID SPEC [TYPE]   starts what the JSON file SPEC says; TYPE is fitThenDeploy unless given
run.py progress ID            prints where the run stands
run.py cancel ID              asks it to stop and take down what it made
run.py result ID              waits for its end and prints the result, or the failure's code and details

Where Temporal is, the SDK reads from TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE and so on.
"""

import asyncio
import json
import os
import sys
from pathlib import Path

from temporalio.client import Client, WorkflowFailureError
from temporalio.common import WorkflowIDReusePolicy
from temporalio.envconfig import ClientConfig
from temporalio.exceptions import ApplicationError, CancelledError


async def start(client, workflow_id, spec, workflow_type="fitThenDeploy"):
    handle = await client.start_workflow(
        workflow_type,
        json.loads(Path(spec).read_text()),
        id=workflow_id,
        task_queue=os.environ.get("TEMPORAL_SAGEMAKER_TASK_QUEUE", "sagemaker"),
        # An id is used once, as the name of a training job is.
        id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
    )
    return {"workflowId": handle.id, "runId": handle.first_execution_run_id}


async def progress(client, workflow_id):
    return await client.get_workflow_handle(workflow_id).query("progress")


async def cancel(client, workflow_id):
    await client.get_workflow_handle(workflow_id).cancel()


async def result(client, workflow_id):
    try:
        return {"status": "COMPLETED", "result": await client.get_workflow_handle(workflow_id).result()}
    except WorkflowFailureError as error:
        failure = error.cause
        if isinstance(failure, CancelledError):
            return {"status": "CANCELED"}
        if not isinstance(failure, ApplicationError):
            raise
        return {"status": "FAILED", "code": failure.type, "message": failure.message, "details": failure.details[0]}


async def main(command, *arguments):
    commands = {"start": start, "progress": progress, "cancel": cancel, "result": result}
    config = {"target_host": "localhost:7233", **ClientConfig.load_client_connect_config()}
    told = await commands[command](await Client.connect(**config), *arguments)
    if told is not None:
        print(json.dumps(told, indent=2))
    return 1 if command == "result" and told["status"] != "COMPLETED" else 0


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    exit_code = asyncio.run(main(*sys.argv[1:]))
    sys.stdout.flush()
    # The SDK's native threads outlive its client; where they meet an interpreter that is being taken down, it crashes.
    os._exit(exit_code)
