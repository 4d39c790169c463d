#!/usr/bin/env bash
# A run by Temporal's own command line. Needs temporal and jq.
#
#   run.sh start ID SPEC [TYPE]   starts what the JSON file SPEC says; TYPE is fitThenDeploy unless given
#   run.sh progress ID            prints where the run stands
#   run.sh cancel ID              asks it to stop and take down what it made
#   run.sh result ID              waits for its end and prints the result, or the failure's code and details
#
# Where Temporal is, temporal itself reads from TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE and so on.
set -euo pipefail

command=${1:?start, progress, cancel or result} id=${2:?a Workflow Id}

# Payloads as they are: in their short form, which is the default, an empty list reads null.
exact=(--output json --no-json-shorthand-payloads)
decode='def decode: .payloads[0]? // . | .data | @base64d | fromjson;'

case $command in
start)
  # An id is used once, as the name of a training job is; where it is there, this starts nothing and names its run.
  temporal workflow start --workflow-id "$id" --id-reuse-policy RejectDuplicate \
    --type "${4:-fitThenDeploy}" --task-queue "${TEMPORAL_SAGEMAKER_TASK_QUEUE:-sagemaker}" \
    --input-file "${3:?a JSON file}" --output json
  ;;
progress)
  temporal workflow query --workflow-id "$id" --type progress "${exact[@]}" | jq "$decode .queryResult | decode"
  ;;
cancel)
  temporal workflow cancel --workflow-id "$id"
  ;;
result)
  # It fails where the run did, and has told how all the same.
  told=$(temporal workflow result --workflow-id "$id" "${exact[@]}") || [[ -n $told ]]
  jq "$decode"'
    .status as $status
    | if $status == "COMPLETED" then { $status, result: .result | decode }
      elif $status == "FAILED" then
        .closeEvent.workflowExecutionFailedEventAttributes.failure
        | { $status, code: .applicationFailureInfo.type, message, details: .applicationFailureInfo.details | decode }
      else { $status } end' <<<"$told"
  [[ $(jq -r .status <<<"$told") == COMPLETED ]]
  ;;
*)
  echo "unknown command: $command" >&2
  exit 2
  ;;
esac
